import { existsSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ConfigError, formatPlace, type DataBuilderClass } from '@dgt/core';
import { createModuleLoader, type LoadModule } from '../loader/load-module.js';
import { readInlineRows } from '../transformation/input-source.js';
import { readConfigFile, type ConfigFile } from './config-file.js';
import { overrideBuilders, overrideTasks } from './config-overrides.js';
import { loadEnvironmentFile, type Environment } from './environment.js';
import { checkPostprocessorFields } from './field-maps.js';
import { findBuilders } from './find-builders.js';
import { findTaskFiles } from './find-task-files.js';
import { readLMOverride } from './lm-override.js';
import {
  importKnownBlocks,
  loadBuilders,
  reportUnknownBuilder,
  type BuilderReading,
  type LoadedBuilder,
} from './load-builders.js';
import { checkTask, makeTask } from './make-task.js';
import type { PlannedTask, Project } from './planned.js';
import { Problems } from './problems.js';
import { checkOverrides, resolveRunnerSettings, type RunnerConfig } from './runner-settings.js';
import { checkTaskFile, readTaskFile, type TaskContent, type TaskFile } from './task-file.js';
import { SecretStore } from './secrets.js';
import { readTaskData, type TaskData } from './plug-in-entry.js';
import type { PlainMapping, ReadingContext, YamlDocument } from './yaml-document.js';

/** What the command line says about which files to read and how. */
export interface ProjectOptions {
  /** Files, or folders that are searched for task files. */
  readonly taskPaths: readonly string[];
  /**
   * Folders that are searched for data builders, or their YAML files; earlier names are not hidden by later ones.
   * @defaultValue `builders/` of the working folder
   */
  readonly builderRoots?: readonly string[];
  /** @defaultValue the folder that dgt was called in */
  readonly workingFolder?: string;
  /** Wins over what every task file says. */
  readonly overrides?: RunnerConfig;
  /** A file that changes tasks and builders without editing them, and may name further task files. */
  readonly configPath?: string | undefined;
  /** `TYPE:MODEL`, the model of every model block. */
  readonly lm?: string | undefined;
  /** Learns every value that comes from the environment. */
  readonly secrets?: SecretStore;
  /** Variables of `.env` are added to it. @defaultValue process.env */
  readonly environment?: Environment;
  /** `import.meta.url` of a module that can import every package of dgt: authors' `@dgt/*` are looked for from there. */
  readonly hostUrl?: string | undefined;
  /** Imports the module of a builder; `import` with dgt's hooks when left out. */
  readonly loadModule?: LoadModule;
}

interface Reading extends BuilderReading {
  readonly overrides: RunnerConfig;
}

/**
 * Reads and checks everything that the user wrote, and loads the data builders that the tasks name. Nothing has run yet when
 * it returns, and every problem of every file is in the one error that it throws.
 *
 * @throws {@link ConfigError} DGT_CONFIG_INVALID; {@link PluginError} when a builder's own code is the only problem.
 */
export async function loadProject(options: ProjectOptions): Promise<Project> {
  const { secrets = new SecretStore(), environment = process.env, overrides = {} } = options;
  const workingFolder = realpathSync(options.workingFolder ?? process.cwd());
  const problems = new Problems({ workingFolder, secrets });
  const context = { problems, environment, secrets, workingFolder };
  await loadEnvironmentFile(context);
  checkOverrides(overrides, problems);
  const config = await readConfig(options.configPath, context);
  const taskFiles = await readTaskFiles([...options.taskPaths, ...(config?.taskPaths ?? [])], config, context);
  if (taskFiles.length === 0 && problems.count === 0) throw new ConfigError('DGT_PATHS_MISSING');
  const lm = options.lm === undefined ? undefined : await readLMOverride(options.lm, problems);
  const roots = findRoots(options.builderRoots ?? ['builders'], workingFolder);
  const found = await findBuilders(roots, { workingFolder, context });
  const index = config === undefined ? found : await overrideBuilders(found, config, { context, taskFiles });
  await importKnownBlocks(taskFiles, index);
  const reading: Reading = {
    ...context,
    overrides,
    lm,
    loadModule: options.loadModule ?? (await createModuleLoader({ roots, hostUrl: options.hostUrl })),
    index,
  };
  const builders = await loadBuilders(taskFiles, reading);
  const tasks: PlannedTask[] = [];
  for (const taskFile of taskFiles) {
    const task = await planTask(taskFile, builders, reading);
    if (task !== undefined) tasks.push(task);
  }
  checkTaskNames(taskFiles, problems);
  checkPostprocessors(tasks, problems);
  problems.throwIfAny();
  return { tasks, builders: [...new Set(tasks.map(({ builder }) => builder))] };
}

async function readConfig(path: string | undefined, context: ReadingContext): Promise<ConfigFile | undefined> {
  return path === undefined ? undefined : readConfigFile(resolve(context.workingFolder, path), context);
}

async function readTaskFiles(
  taskPaths: readonly string[],
  config: ConfigFile | undefined,
  context: ReadingContext,
): Promise<TaskFile[]> {
  const taskFiles: TaskFile[] = [];
  for (const file of await findTaskFiles(taskPaths, context)) {
    const taskFile = await readTaskFile(file, context);
    if (taskFile !== undefined) taskFiles.push(taskFile);
  }
  return config === undefined ? taskFiles : overrideTasks(taskFiles, config, context);
}

/** The default folder may be missing; any other that is named must exist. */
function findRoots(roots: readonly string[], workingFolder: string): string[] {
  const standard = join(workingFolder, 'builders');
  return roots.map((root) => resolve(workingFolder, root)).filter((root) => root !== standard || existsSync(root));
}

async function planTask(
  taskFile: TaskFile,
  builders: ReadonlyMap<string, LoadedBuilder>,
  reading: Reading,
): Promise<PlannedTask | undefined> {
  const { problems } = reading;
  const { document, builder: builderName } = taskFile;
  const builder = builderName === undefined ? undefined : builders.get(builderName);
  if (builderName !== undefined && builder === undefined) reportUnknownBuilder(taskFile, builderName, reading);
  const content = checkTaskFile(taskFile, builder?.class, reading);
  const data = await readTaskData({ document, context: reading, isComplete: builder?.class !== undefined });
  if (content === undefined || builder?.class === undefined) return undefined;
  checkTask(builder.class.task, content.spec, { document, problems });
  checkInput(taskFile, builder.class, { ...content, ...data }, problems);
  if (builder.plan === undefined) return undefined;
  return {
    file: document.file,
    name: content.spec.task_name,
    spec: content.spec,
    seeds: content.seeds,
    locate: (path) => document.locate(path),
    input: content.rows && readInlineRows(content.rows),
    uniqueKey: content.uniqueKey,
    ...data,
    settings: resolveRunnerSettings({ ...content.runnerConfig, ...dropUndefined(reading.overrides) }, reading),
    source: document.source,
    builder: builder.plan,
  };
}

/** A task that has nothing to work on would end before it begins. */
function checkInput(
  { document }: TaskFile,
  { kind }: DataBuilderClass,
  { seeds, seedSource, rows, inputSource }: TaskContent & TaskData,
  problems: Problems,
): void {
  const [hasInput, code, key] =
    kind === 'generation'
      ? ([seeds.length > 0 || seedSource !== undefined, 'DGT_SEEDS_MISSING', 'seed_examples'] as const)
      : ([(rows ?? []).length > 0 || inputSource !== undefined, 'DGT_INPUT_MISSING', 'data'] as const);
  if (hasInput) return;
  const task = String(document.value['task_name']);
  const error = new ConfigError(code, { task, file: problems.showFile(document.file) });
  problems.addError(error, document.locate([key], 'key'));
}

/** The first task of a builder speaks for all: its data points are the same in each. */
function checkPostprocessors(tasks: readonly PlannedTask[], problems: Problems): void {
  const firstOf = new Map(tasks.toReversed().map((task) => [task.builder, task]));
  for (const [builder, { spec }] of firstOf) {
    const task = makeTask(builder.class.task, spec);
    if (task !== undefined) checkPostprocessorFields(builder, task, problems);
  }
}

/** Two tasks of one name, also where only the case of letters differs, would write into one folder on some systems. */
function checkTaskNames(taskFiles: readonly TaskFile[], problems: Problems): void {
  const first = new Map<string, TaskFile>();
  for (const taskFile of taskFiles) {
    const { document } = taskFile;
    const path = [['store_name'], ['datastore', 'store_name'], ['task_name']].find(
      (place) => typeof at(document, place) === 'string',
    );
    if (path === undefined) continue;
    const name = at(document, path) as string;
    const key = name.normalize('NFC').toLowerCase();
    const other = first.get(key);
    if (other === undefined) first.set(key, taskFile);
    else {
      const otherFile = problems.showFile(other.document.file);
      problems.add({
        ...document.locate(path),
        path: formatPlace(path),
        problem: `${JSON.stringify(name)} is also the name of the task in ${otherFile}`,
        hint: 'Each task of a run needs a name of its own.',
        code: 'DGT_CONFIG_INVALID',
      });
    }
  }
}

function at({ value }: YamlDocument, path: readonly string[]): unknown {
  return path.reduce<unknown>((place, key) => (place as PlainMapping | null | undefined)?.[key], value);
}

function dropUndefined(overrides: RunnerConfig): RunnerConfig {
  return Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined));
}
