import { Lane, bindBlocks, createLaneContext, type AnyBlock, type Attempt, type DataBuilderClass } from '@dgt/core';
import type { Generated, GenerationTask, Json, LaneScope, Log, Row } from '@dgt/core';
import { inspect } from 'node:util';
import type { Outcome } from '../ledger/outcome.js';
import type { Ledger } from '../ledger/ledger.js';
import { AttemptRecorder, type RecorderHost } from './attempt-recorder.js';
import { describeDrop, describePassage, type Candidate } from './candidate.js';
import type { AttemptExamples } from './examples.js';
import { readLabel, rowsPerAttempt, type Stages } from './stages.js';

/** What all attempts of one run of a task share. */
export interface AttemptEnvironment {
  readonly task: GenerationTask;
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

/** What one attempt made, before it is committed. */
export interface AttemptResult {
  readonly candidates: readonly Candidate[];
  readonly recorder: AttemptRecorder;
}

interface Generating {
  generate(seeds: readonly object[], ctx: Attempt): Generated<object>;
}

/** Runs a builder once on its examples and takes what it makes through the postprocessors. */
export async function runAttempt(
  number: number,
  examples: AttemptExamples,
  environment: AttemptEnvironment,
): Promise<AttemptResult> {
  const { task, builder, stages, randomName, log, signal } = environment;
  const recorder = new AttemptRecorder(number, environment.recorderHost);
  const scope: LaneScope = { recorder, randomName, signal, log };
  const lane = new Lane(String(number), scope);
  const generateLane = lane.at(0);
  const context = createLaneContext(generateLane, (bound) => bindBlocks(builder.blocks, bound));
  const { class: builderClass, options: config, shared } = builder;
  const object = new builderClass({ task, blocks: context.blocks, config, shared } as never) as Generating;
  const attempt = Object.assign(context, {
    number,
    sampleExamples: (count: number, options: { seedFraction?: number } = {}) =>
      task.sampleExamples({
        seeds: examples.seeds as never,
        synthetic: examples.synthetic as never,
        count,
        seedFraction: options.seedFraction,
        random: generateLane.random,
      }) as never[],
  });
  const rows = await takeRows(object.generate(examples.batch, attempt), task.name);
  const candidates = await stages.apply(number, rows, lane.at(1), scope);
  return { candidates, recorder };
}

/** What a builder gives is checked here, since types do not keep a forgotten `return` or a stray null out of it. */
async function takeRows(generated: Generated<object>, taskName: string): Promise<Row[]> {
  const source = await generated;
  if (!isObject(source) || !(Symbol.asyncIterator in source || Symbol.iterator in source))
    throw new TypeError(`generate gave ${inspect(source)} instead of rows`);
  const rows: Row[] = [];
  for await (const row of source) {
    if (!isObject(row)) throw new TypeError(`generate gave ${inspect(row)} as a row`);
    if (rows.length >= rowsPerAttempt) throw new RangeError(`generate gave more than ${rowsPerAttempt} rows at once`);
    rows.push(toRecord(taskName, row));
  }
  return rows;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/**
 * The outcomes of an attempt in the order of the dataset: answers without a row, failed calls, then the rows. Called when
 * every earlier attempt is committed, so that what a row collided with can be looked up.
 */
export function describeOutcomes(number: number, result: AttemptResult, environment: AttemptEnvironment): Outcome[] {
  const { recorder, candidates } = result;
  const withoutRow = recorder.rejections.map(({ block, reason, score, against, sample }): Outcome => {
    const detail = { block, reason, score, against: against as Json | undefined };
    return { attempt: number, kind: 'no_row', row: (sample ?? null) as Json, detail };
  });
  const failed = recorder.failures.map(({ block, error, row }): Outcome => {
    const detail = { block, reason: error.message, code: error.code };
    return { attempt: number, kind: 'error', row: (row ?? null) as Json, detail };
  });
  const rows = candidates.map((candidate) => describeRow(number, candidate, result, environment));
  return [...withoutRow, ...failed, ...rows];
}

function describeRow(
  number: number,
  candidate: Candidate,
  { candidates }: AttemptResult,
  { task, stages, seeds, recorderHost }: AttemptEnvironment,
): Outcome {
  const { drop, position } = candidate;
  if (drop === undefined) {
    const row = toRecord(task.name, task.instantiateOutputExample(candidate.row));
    stages.forgetReadableInputs(candidate, row);
    return { attempt: number, position, kind: 'accepted', row: row as Json, detail: describePassage(candidate) };
  }
  stages.forgetReadableInputs(candidate, candidate.row);
  const outcome = describeDrop(number, candidate, drop);
  if (typeof drop.collidedWith !== 'number') {
    return {
      ...outcome,
      detail: { ...outcome.detail, against: (drop.collidedWith ?? outcome.detail.against) as Json },
    };
  }
  const against = findRow(drop.collidedWith, number, candidates, seeds, recorderHost.ledger);
  return { ...outcome, detail: { ...outcome.detail, against } };
}

function findRow(
  label: number,
  number: number,
  candidates: readonly Candidate[],
  seeds: readonly object[],
  ledger: Ledger,
): Json {
  const place = readLabel(label);
  if ('seed' in place) return (seeds[place.seed] ?? null) as Json;
  if (place.attempt === number)
    return (candidates.find(({ position }) => position === place.position)?.row ?? null) as Json;
  return ledger.rowAt(place.attempt, place.position);
}

/** The row as it stands in final_data: dgt's stamps first, then the declared fields. */
function toRecord(taskName: string, point: object): Row {
  const { task_name: _task, is_seed: _seed, ...fields } = point as Row;
  return { task_name: taskName, is_seed: false, ...fields };
}
