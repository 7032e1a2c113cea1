import { ConfigError, dataPoint, TransformationTask, Type, type TaskSpec } from '@dgt/core';
import { AnswerReader } from '../answers/answer-reader.js';
import type { AnswerSpec } from '../answers/answer-fields.js';
import { Request } from '../prompts/request.js';
import { TaskFiles } from '../prompts/task-files.js';
import { bestOfNFields, type BestOfNSpec } from './best-of-n-fields.js';
import { Judge } from './judge.js';

/** A row as it is: its columns travel beside it, whatever they are called. */
class AnyRow extends dataPoint({}) {}

/** The row with all candidates, what the judge thought of each, and the best and the worst of them. */
export class Judged extends dataPoint({
  candidates: Type.Array(Type.Unknown()),
  scores: Type.Array(Type.Number()),
  verdicts: Type.Array(Type.Unknown()),
  /** The place of the best candidate in the list. */
  choice: Type.Integer({ minimum: 0 }),
  best: Type.Unknown(),
  worst: Type.Unknown(),
}) {}

/** A task that asks for several answers and has a model choose. */
export class BestOfNTask extends TransformationTask.of({ input: AnyRow, output: Judged, fields: bestOfNFields }) {
  readonly spec: BestOfNSpec;
  readonly request: Request;
  readonly reader: AnswerReader;
  readonly judge: Judge;

  /** @throws {@link ConfigError} for prompts, schemas or extractors that cannot be used. */
  constructor(task: TaskSpec<typeof bestOfNFields>) {
    const spec = task.fields as unknown as BestOfNSpec;
    const folder = task.folder ?? process.cwd();
    const files = new TaskFiles(folder);
    const options = { syntax: spec.template_syntax, legacyRepr: spec.legacy_repr, files };
    const request = new Request(spec, { path: [], where: 'the prompt' }, options);
    const reader = new AnswerReader(toAnswer(spec), { folder, files, path: [], where: 'the candidates' });
    const judge = new Judge(spec.judge, options);
    super({ ...task, fields: { ...task.fields, files: files.digests } as typeof task.fields });
    this.spec = spec;
    this.request = request;
    this.reader = reader;
    this.judge = judge;
  }

  override checkColumns(columns: Readonly<Record<string, unknown>>, row: number): void {
    this.request.check(columns, { row: `row ${row}`, later: [] });
    this.judge.check(columns, `row ${row}`);
  }

  override prepare(): Promise<void> {
    return this.reader.open();
  }
}

function toAnswer({ type, schema, extract, choices }: BestOfNSpec): AnswerSpec {
  if (choices !== undefined) {
    if ((schema ?? extract) !== undefined || type === 'json') {
      const problems = 'choices say all of an answer: leave out type, schema and extract';
      throw new ConfigError('DGT_CONFIG_INVALID', { problems, path: ['choices'] });
    }
    const properties = { choice: { type: 'string', enum: choices } };
    const shape = { type: 'object', properties, required: ['choice'], additionalProperties: false };
    return { type: 'json', schema: shape, if_unreadable: 'reject' };
  }
  return {
    type,
    if_unreadable: 'reject',
    ...(schema !== undefined && { schema }),
    ...(extract !== undefined && { extract }),
  };
}
