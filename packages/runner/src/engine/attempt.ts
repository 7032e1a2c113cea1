import { Lane, RunError, bindBlocks, createLaneContext, type AnyBlock, type DataBuilderClass } from '@dgt/core';
import type { Json, LaneContext, LaneScope, Log, Row, Task } from '@dgt/core';
import type { InputRecord } from '../ledger/records.js';
import type { Outcome, OutcomeDetail } from '../ledger/outcome.js';
import { AttemptRecorder, type RecorderHost } from './attempt-recorder.js';
import { describeDrop, describePassage, type Candidate, type MadeRow } from './candidate.js';
import { afterStages, readLabel, type Stages } from './stages.js';

/** What all attempts of one run of a task share. */
export interface AttemptEnvironment {
  readonly task: Task;
  readonly builder: {
    readonly class: DataBuilderClass;
    readonly blocks: ReadonlyMap<string, AnyBlock>;
    readonly options: Row;
    readonly shared: unknown;
  };
  readonly stages: Stages;
  readonly seeds: readonly object[];
  readonly randomName: string;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly recorderHost: RecorderHost;
}

/** What one attempt is to do: call the builder on its examples, or on its input. */
export interface Work {
  /** Whose calls they are in the ledger: the number of the attempt, or of the input. */
  readonly owner: number;
  /** Names the lanes of the attempt, and with them its random streams and its calls. */
  readonly laneName: string;
  /** The place in the input of what it works on, to be named in messages; the number of the attempt when left out. */
  readonly place?: number;
  /** What it works on, where that is an input; kept with the attempt. */
  readonly input?: InputRecord;
  /** Calls the builder. */
  make(builder: object, context: LaneContext, lane: Lane): Promise<readonly MadeRow[]>;
  /** The row of the input, for the record of its error. Present where an exception costs the row and not the run. */
  readonly inputRow?: Json;
}

/** What one attempt made, before it is committed. */
export interface AttemptResult {
  readonly work: Work;
  readonly candidates: readonly Candidate[];
  readonly recorder: AttemptRecorder;
  /** Why the builder made nothing of an input, when its code threw. */
  readonly failure: OutcomeDetail | undefined;
  /** Says what became of a row at which code threw; undefined where an exception ends the run. */
  readonly describeFailure: ((error: unknown) => OutcomeDetail) | undefined;
}

/** Looks up a row of an earlier attempt by its position there. */
export type FindRow = (attempt: number, position: number) => Json;

/** Runs a builder once and takes what it makes through the postprocessors. */
export async function runAttempt(
  number: number,
  work: Work,
  environment: AttemptEnvironment,
  describeException: (error: unknown) => OutcomeDetail,
): Promise<AttemptResult> {
  const { task, builder, stages, randomName, log, signal } = environment;
  const recorder = new AttemptRecorder({ owner: work.owner, age: number }, environment.recorderHost);
  const scope: LaneScope = { recorder, randomName, signal, log };
  const lane = new Lane(work.laneName, scope);
  const makeLane = lane.at(0);
  const context = createLaneContext(makeLane, (bound) => bindBlocks(builder.blocks, bound));
  const { class: builderClass, options: config, shared } = builder;
  const describeFailure = work.inputRow === undefined ? undefined : describeException;
  let made: readonly MadeRow[] = [];
  let failure: OutcomeDetail | undefined;
  try {
    const object = new builderClass({ task, blocks: context.blocks, config, shared } as never);
    made = await work.make(object, context, makeLane);
  } catch (error) {
    if (describeFailure === undefined || error instanceof RunError) throw error;
    failure = { block: 'builder', ...describeFailure(error) };
  }
  const candidates = await stages.apply(number, made, lane.at(1), scope, describeFailure);
  return { work, candidates, recorder, failure, describeFailure };
}

/**
 * The outcomes of an attempt in the order of the dataset: answers without a row, failed calls, then the rows.
 *
 * @param findRow looks up a row of an earlier attempt, accepted or not.
 */
export function describeOutcomes(
  number: number,
  result: AttemptResult,
  environment: AttemptEnvironment,
  findRow: FindRow,
): Outcome[] {
  const { recorder, candidates, failure, work } = result;
  const withoutRow = recorder.rejections.map(({ block, reason, score, against, sample }): Outcome => {
    const detail = { block, reason, score, against: against as Json | undefined };
    return { attempt: number, kind: 'no_row', row: toJson(sample), detail };
  });
  const failed = recorder.failures.map(({ block, error, row }): Outcome => {
    const detail = { block, reason: error.message, code: error.code };
    return { attempt: number, kind: 'error', row: toJson(row), detail };
  });
  const rows = candidates.map((candidate) => describeRow(number, candidate, result, environment, findRow));
  const outcomes = [...withoutRow, ...failed, ...rows];
  if (work.inputRow === undefined) return outcomes;
  if (failure !== undefined) outcomes.push({ attempt: number, kind: 'error', row: work.inputRow, detail: failure });
  // Every input leaves a trace, so that what went in and what came out add up.
  if (outcomes.length > 0) return outcomes;
  return [{ attempt: number, kind: 'no_row', row: work.inputRow, detail: { reason: 'transform gave no row' } }];
}

function describeRow(
  number: number,
  candidate: Candidate,
  { candidates, describeFailure }: AttemptResult,
  { task, stages, seeds }: AttemptEnvironment,
  findRow: FindRow,
): Outcome {
  const { drop, position } = candidate;
  if (drop === undefined) {
    const row = finishRow(candidate, task, describeFailure);
    if ('failure' in row) {
      const detail = { ...row.failure, ...describePassage(candidate) };
      return { attempt: number, position, kind: 'error', stage: afterStages, row: candidate.row as Json, detail };
    }
    stages.forgetReadableInputs(candidate, row.row);
    return { attempt: number, position, kind: 'accepted', row: row.row as Json, detail: describePassage(candidate) };
  }
  stages.forgetReadableInputs(candidate, candidate.row);
  const outcome = describeDrop(number, candidate, drop);
  if (typeof drop.collidedWith !== 'number') {
    return {
      ...outcome,
      detail: { ...outcome.detail, against: (drop.collidedWith ?? outcome.detail.against) as Json },
    };
  }
  const place = readLabel(drop.collidedWith);
  const against =
    'seed' in place ? (seeds[place.seed] as Json | undefined) : findIn(place, number, candidates, findRow);
  return { ...outcome, detail: { ...outcome.detail, against: against ?? null } };
}

function findIn(
  { attempt, position }: { attempt: number; position: number },
  number: number,
  candidates: readonly Candidate[],
  findRow: FindRow,
): Json | undefined {
  if (attempt !== number) return findRow(attempt, position);
  return candidates.find((candidate) => candidate.position === position)?.row as Json | undefined;
}

/** The row as it is to stand in final_data: the declared fields of the output, and the columns that travel beside. */
function finishRow(
  { row, columns }: Candidate,
  task: Task,
  describeFailure: AttemptResult['describeFailure'],
): { row: Row } | { failure: OutcomeDetail } {
  const kept = Object.fromEntries(columns.map((column) => [column, row[column]]));
  try {
    return { row: stampRow(task.name, { ...kept, ...task.instantiateOutputExample(row) }) };
  } catch (error) {
    if (describeFailure === undefined) throw error;
    return { failure: { block: 'builder', ...describeFailure(error) } };
  }
}

/** The row as it stands in final_data: dgt's stamps first, then its fields. */
export function stampRow(taskName: string, point: object): Row {
  const { task_name: _task, is_seed: _seed, ...fields } = point as Row;
  return { task_name: taskName, is_seed: false, ...fields };
}

/** What an author gave up may be anything; it must not keep the rest from being written. */
function toJson(value: unknown): Json {
  const text = JSON.stringify(value, (_key, member: unknown) => (typeof member === 'bigint' ? String(member) : member));
  return text === undefined ? null : (JSON.parse(text) as Json);
}
