import { UserFunction } from '@dgt/blocks/functions';
import {
  ConfigError,
  createScriptLane,
  createScriptServices,
  dataPoint,
  locateFile,
  TransformationTask,
  Type,
  type TaskSpec,
} from '@dgt/core';
import { pathToFileURL } from 'node:url';
import { Request } from '../prompts/request.js';
import { TaskFiles } from '../prompts/task-files.js';
import { createBuiltIn, previousName } from './built-in.js';
import { rolloutFields, type ChunkSpec, type FunctionSpec, type RolloutSpec } from './rollout-fields.js';
import type { Rollout } from './rollout-function.js';
import { WorkerPool } from './worker-pool.js';

/** A document: its columns travel beside it, whatever they are called. */
class AnyDocument extends dataPoint({}) {}

/** The document with what its rollouts gave. */
export class RolledOut extends dataPoint({ rollout_results: Type.Array(Type.Unknown(), { minItems: 1 }) }) {}

/** A task that calls a function for each document. */
export class RolloutTask extends TransformationTask.of({
  input: AnyDocument,
  output: RolledOut,
  fields: rolloutFields,
}) {
  readonly spec: RolloutSpec;
  readonly chunks: ChunkSpec;
  /** The prompt of the task's file; undefined where a function of the user's makes its own. */
  readonly request: Request | undefined;
  /** What the function under `shared` made. */
  shared: unknown;
  workers: WorkerPool | undefined;
  readonly #function: UserFunction | undefined;
  readonly #makeShared: UserFunction | undefined;

  /** @throws {@link ConfigError} for what cannot be a rollout. */
  constructor(task: TaskSpec<typeof rolloutFields>) {
    const spec = task.fields as unknown as RolloutSpec;
    const folder = task.folder ?? process.cwd();
    const files = new TaskFiles(folder);
    const request = createRequest(spec, files);
    const load = (named: FunctionSpec | undefined, key: string) => createFunction(named, { key, folder, files });
    const userFunction = load(typeof spec.rollout === 'string' ? undefined : spec.rollout, 'rollout');
    const makeShared = load(spec.shared, 'shared');
    if (spec.workers !== undefined) files.readText(spec.workers.module, ['workers', 'module']);
    super({ ...task, fields: { ...task.fields, files: files.digests } as typeof task.fields });
    this.spec = spec;
    this.chunks = { size: 4000, tail: 500, join: '\n', continue: 'prompt', ...spec.chunks };
    this.request = request;
    this.#function = userFunction;
    this.#makeShared = makeShared;
  }

  /** The function, and what calls it: a lane is what a function of the user's gets its random numbers from. */
  get rollout(): Rollout {
    const { rollout, prompt_column: column = '' } = this.spec;
    if (typeof rollout === 'string') return createBuiltIn(rollout, column);
    return (document, context) => this.#function?.call(document, context, context);
  }

  override checkColumns(columns: Readonly<Record<string, unknown>>, row: number): void {
    this.request?.check(columns, { row: `row ${row}`, later: [previousName] });
  }

  override async prepare(): Promise<void> {
    await this.#function?.open();
    this.shared = await this.#makeShared?.call(this.spec.shared?.options ?? {}, createScriptLane());
    const { workers } = this.spec;
    if (workers === undefined) return;
    const file = locateFile(workers.module, { baseFolder: this.folder, workingFolder: process.cwd() });
    this.workers = new WorkerPool({
      url: pathToFileURL(file).href,
      exported: workers.export ?? 'default',
      count: workers.count,
    });
  }

  override async close(): Promise<void> {
    await this.workers?.close();
    const shared = this.shared as Partial<AsyncDisposable & Disposable> | null | undefined;
    await shared?.[Symbol.asyncDispose]?.();
    shared?.[Symbol.dispose]?.();
  }
}

function createRequest(spec: RolloutSpec, files: TaskFiles): Request | undefined {
  const { rollout, system, user, prompt_column: column, template_syntax: syntax, legacy_repr: legacyRepr } = spec;
  const isBuiltIn = typeof rollout === 'string';
  if (!isBuiltIn && (system ?? user ?? column) === undefined) return undefined;
  if (isBuiltIn && column === undefined && rollout !== 'single') {
    const problems = `${rollout} needs prompt_column: the column that it works on`;
    throw new ConfigError('DGT_CONFIG_INVALID', { problems, path: ['rollout'] });
  }
  const asked = rollout === 'chunked' && user === undefined ? { ...spec, user: continuing(syntax) } : spec;
  return new Request(asked, { path: [], where: 'the prompt' }, { syntax, legacyRepr, files });
}

/** The prompt of a chunk where the task has none of its own. */
function continuing(syntax: RolloutSpec['template_syntax']): string {
  const [document, previous] = ['DOCUMENT', previousName].map((name) =>
    syntax === 'python' ? `{${name}}` : syntax === 'brackets' ? `[[${name}]]` : `{{ ${name} }}`,
  );
  return `${document}\n\nYour answer so far ends so; go on from there (nothing stands here at the beginning):\n${previous}`;
}

function createFunction(
  spec: FunctionSpec | undefined,
  { key, folder, files }: { key: string; folder: string; files: TaskFiles },
): UserFunction | undefined {
  if (spec === undefined) return undefined;
  const { module, export: exported = 'default', options = {} } = spec;
  const services = { ...createScriptServices(), baseFolder: folder };
  const userFunction = new UserFunction({ module, export: exported, options }, { block: key, services });
  files.noteModule(module, userFunction, [key, 'module']);
  return userFunction;
}
