import { DgtError, RunError, type Json, type Row } from '@dgt/core';
import type { Activity } from '../engine/activity.js';
import { describeOutcomes, runAttempt } from '../engine/attempt.js';
import type { AttemptEnvironment, AttemptResult, FindRow, Work } from '../engine/attempt.js';
import type { MadeRow } from '../engine/candidate.js';
import type { StageVerdict } from '../engine/stages.js';
import type { Outcome, OutcomeDetail } from '../ledger/outcome.js';
import type { AttemptTrace, CallTrace, LossTrace, RowTrace, VerdictTrace } from './attempt-trace.js';
import type { CallLog, HeardCall } from './call-log.js';
import { findSources } from './find-sources.js';
import { untilOver } from './until-over.js';

/** What {@link traceAttempt} works with. */
export interface TraceOptions {
  readonly environment: AttemptEnvironment;
  readonly calls: CallLog;
  /** What stages said so far, of this attempt and others. */
  readonly verdicts: readonly StageVerdict[];
  readonly activity: Activity;
  /** Nothing can move: lets something go on, or gives up by giving false. */
  readonly onQuiet: () => boolean;
  readonly findRow: FindRow;
  readonly describeException: (error: unknown) => Error;
}

/** An attempt that was traced, with what its commit takes; without outcomes when it did not come to its end. */
export interface TracedAttempt {
  readonly trace: AttemptTrace;
  readonly outcomes: readonly Outcome[] | undefined;
  readonly error: Error | undefined;
}

/** What was seen of an attempt while it ran. */
interface Sighting {
  made: readonly MadeRow[];
  examples?: readonly object[];
}

/** Runs one attempt and keeps everything that happens in it. */
export async function traceAttempt(number: number, work: Work, options: TraceOptions): Promise<TracedAttempt> {
  const { environment, describeException, findRow } = options;
  const seen: Sighting = { made: [] };
  const describeFailure = (error: unknown): OutcomeDetail => {
    const described = describeException(error);
    return { code: DgtError.isInstance(described) ? described.code : undefined, reason: described.message };
  };
  let result: AttemptResult | undefined;
  let outcomes: readonly Outcome[] | undefined;
  let error: Error | undefined;
  try {
    const running = runAttempt(number, watch(work, seen), environment, describeFailure);
    result = await untilOver(running, { ...options, signal: environment.signal });
    outcomes = result && describeOutcomes(number, result, environment, findRow);
  } catch (thrown) {
    const { signal } = environment;
    if (signal.aborted) throw signal.reason;
    error = thrown instanceof RunError ? thrown : describeException(thrown);
  }
  const trace = describeTrace(number, work, { seen, result, outcomes, error }, options);
  return { trace, outcomes, error };
}

/** The same work, of which is kept what the builder was given and what it gave. */
function watch(work: Work, seen: Sighting): Work {
  return {
    ...work,
    make: async (builder, context, lane) => {
      const { generate } = builder as { generate?: (...given: unknown[]) => unknown };
      const watched =
        generate === undefined
          ? builder
          : {
              generate: (examples: readonly object[], ...rest: unknown[]) => {
                seen.examples = examples;
                return generate.call(builder, examples, ...rest);
              },
            };
      seen.made = await work.make(watched, context, lane);
      return seen.made;
    },
  };
}

function describeTrace(
  number: number,
  work: Work,
  {
    seen,
    result,
    outcomes,
    error,
  }: { seen: Sighting } & Partial<Pick<TracedAttempt, 'error' | 'outcomes'>> & {
      result: AttemptResult | undefined;
    },
  options: TraceOptions,
): AttemptTrace {
  const { names } = options.environment.stages;
  const splitAt = new Map(result?.candidates.map(({ position, splitBy }) => [position, splitBy]));
  const calls = options.calls.of(work.owner).map((call) => placeCall(call, work.laneName, names, splitAt));
  const verdicts = options.verdicts.filter(({ attempt }) => attempt === number);
  const failure = result?.failure;
  return {
    attempt: number,
    ...(work.inputRow !== undefined && { input: work.inputRow }),
    ...(seen.examples !== undefined && { examples: toJson(seen.examples) }),
    calls,
    rows:
      outcomes === undefined
        ? seen.made.map(({ row }, position) => describeUnfinished(row, position, calls, verdicts))
        : outcomes
            .filter(({ position }) => position !== undefined)
            .map((outcome) => describeRow(outcome, seen.made, calls, verdicts)),
    losses: (outcomes ?? [])
      .filter(({ position, detail }) => position === undefined && detail !== failure)
      .map(describeLoss),
    ...describeError(error ?? (failure && { code: failure.code, message: failure.reason ?? '' })),
  };
}

function describeError(error: { readonly message: string; readonly code?: unknown } | undefined) {
  if (error === undefined) return {};
  const { code, message } = error;
  return { failure: { code: typeof code === 'string' ? code : undefined, message } };
}

/** Lanes of stages are `<attempt>.1.<stage>.<row>`; rows that later stages split off are not among those of earlier ones. */
function placeCall(
  call: HeardCall,
  laneName: string,
  stages: readonly string[],
  splitBy: ReadonlyMap<number, string | undefined>,
): CallTrace {
  if (!call.lane.startsWith(`${laneName}.1.`)) return call;
  const [index = 0, place = 0] = call.lane
    .slice(laneName.length + 3)
    .split('.')
    .map(Number);
  const stage = stages[index];
  if (stage === undefined) return call;
  const there = [...splitBy].filter(([, splitter]) => splitter === undefined || stages.indexOf(splitter) < index);
  return { ...call, stage, position: there[place]?.[0] ?? place };
}

function describeRow(
  { position = 0, kind, row, detail }: Outcome,
  made: readonly MadeRow[],
  calls: readonly CallTrace[],
  verdicts: readonly StageVerdict[],
): RowTrace {
  const own = verdicts.filter((verdict) => verdict.position === position);
  const first = toJson(made[position]?.row ?? own[0]?.before ?? row);
  const { gateInputs: _seen, ...told } = detail;
  return {
    position,
    outcome: kind,
    made: first,
    row,
    verdicts: own.map((verdict) => describeVerdict(verdict, detail)),
    calls: chooseCalls(first, calls),
    ...(Object.keys(told).length > 0 && { detail: told }),
  };
}

/** A row of an attempt that did not come to its end. */
function describeUnfinished(
  row: Row,
  position: number,
  calls: readonly CallTrace[],
  verdicts: readonly StageVerdict[],
): RowTrace {
  const detail = { reason: 'the attempt did not come to its end' };
  const outcome = { attempt: 0, position, kind: 'error' as const, row: toJson(row), detail };
  return describeRow(outcome, [], calls, verdicts);
}

function describeVerdict(
  { stage, verdict, reason, score, before, after }: StageVerdict,
  { against }: OutcomeDetail,
): VerdictTrace {
  const written = Object.entries(after).filter(
    ([field, value]) => JSON.stringify(before[field]) !== JSON.stringify(value),
  );
  return {
    stage,
    verdict,
    ...(reason !== undefined && { reason }),
    ...(score !== undefined && { score }),
    ...(verdict === 'rejected' && against !== undefined && against !== null && { against }),
    ...(written.length > 0 && { wrote: toJson(Object.fromEntries(written)) as { [field: string]: Json } }),
  };
}

function describeLoss({ kind, row, detail }: Outcome): LossTrace {
  const { block = 'builder', reason = '', code } = detail;
  return {
    outcome: kind === 'error' ? 'error' : 'no_row',
    block,
    reason,
    ...(code !== undefined && { code }),
    sample: row,
  };
}

/** The calls of the builder from which a row may have been made. */
function chooseCalls(made: Json, calls: readonly CallTrace[]): number[] {
  const ofBuilder = calls.flatMap(({ stage }, index) => (stage === undefined ? [index] : []));
  const { task_name: _task, is_seed: _seed, ...fields } = made as { [field: string]: Json };
  const found = findSources(
    fields,
    ofBuilder.map((index) => calls[index]?.answer ?? null),
  );
  return found.length > 0 ? found.map((place) => ofBuilder[place] as number) : ofBuilder;
}

function toJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value) ?? 'null') as Json;
}
