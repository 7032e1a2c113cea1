import { createRandom, type DataBuilderClass, type Json, type RowFailure } from '@dgt/core';
import { inspect, isDeepStrictEqual } from 'node:util';
import { AnswerScript } from './answer-script.js';
import { AnswerShuffle } from './answer-shuffle.js';
import { prepareBuilder } from './prepare-builder.js';
import { runPrepared, type BuilderReport, type BuilderTrial } from './run-builder.js';
import type { AnswerCall, BuilderCall } from './test-recorder.js';

/** Whether a data builder does the same when answers come in another order. */
export interface BuilderCheck {
  readonly deterministic: boolean;
  /** The first difference, in words; undefined when there is none. */
  readonly difference: string | undefined;
}

/**
 * Runs a data builder several times on the same answers, which arrive in another order each time, and compares rows,
 * rejections, calls and their keys. A builder that differs would pay for calls again when a run is resumed.
 *
 * What `ctx.once` did in the first run is given back in the others, as a resumed run does.
 */
export async function checkBuilder(
  builder: DataBuilderClass,
  trial: BuilderTrial & {
    /** How often it is run with shuffled answers. @defaultValue 8 */
    readonly runs?: number;
  },
): Promise<BuilderCheck> {
  const script = new AnswerScript(trial.answers ?? []);
  const first = await runPrepared(await prepareBuilder(builder, trial, script));
  const known = new Map(first.calls.map((call) => [call.key, call]));
  for (let run = 1; run <= (trial.runs ?? 8); run++) {
    const difference = await findDifference(() => prepareBuilder(builder, trial, script), first, known, run);
    if (difference !== undefined) return { deterministic: false, difference: `shuffled run ${run}: ${difference}` };
  }
  return { deterministic: true, difference: undefined };
}

async function findDifference(
  prepare: () => ReturnType<typeof prepareBuilder>,
  first: BuilderReport,
  known: ReadonlyMap<string, BuilderCall>,
  run: number,
): Promise<string | undefined> {
  const shuffle = new AnswerShuffle(createRandom(`shuffle ${run}`));
  const prepared = await prepare();
  return new Promise((resolve) => {
    const answerCall: AnswerCall = async (call) => {
      const earlier = known.get(call.key);
      if (earlier === undefined || !isDeepStrictEqual(earlier.request, call.request)) {
        resolve(describeStrange(call, earlier));
        // An exception would run into the `catch` of the builder's author.
        return new Promise(() => {});
      }
      await shuffle.wait();
      if (earlier.error !== undefined) throw earlier.error;
      return earlier.answer as Json;
    };
    runPrepared(prepared, answerCall).then(
      (report) => resolve(compare(first, report)),
      (error: unknown) =>
        resolve(`it threw ${error instanceof Error ? `${error.name}: ${error.message}` : show(error)}`),
    );
  });
}

function describeStrange({ key, block, prompt }: BuilderCall, earlier: BuilderCall | undefined): string {
  const asked = `call ${key} of "${block}" asked ${show(prompt)}`;
  return earlier === undefined
    ? `${asked}, a call that the first run did not make`
    : `${asked}, before ${show(earlier.prompt)}`;
}

function compare(first: BuilderReport, later: BuilderReport): string | undefined {
  const made = new Set(later.calls.map(({ key }) => key));
  const gone = first.calls.find(({ key }) => !made.has(key));
  if (gone !== undefined)
    return `call ${gone.key} of "${gone.block}" was not made, which asked ${show(gone.prompt)} in the first run`;
  return (
    compareLists('row', first.rows, later.rows) ??
    compareLists('rejection', first.rejections, later.rejections) ??
    compareLists('failure', first.failures.map(nameFailure), later.failures.map(nameFailure))
  );
}

function nameFailure({ block, error, row }: RowFailure): object {
  return { block, reason: error.message, row };
}

function compareLists(what: string, first: readonly unknown[], later: readonly unknown[]): string | undefined {
  const count = Math.max(first.length, later.length);
  for (let index = 0; index < count; index++) {
    if (isDeepStrictEqual(first[index], later[index])) continue;
    const [before, now] = [first, later].map((list) => (index < list.length ? show(list[index]) : 'nothing'));
    return `${what} ${index + 1} is ${now}, before ${before}`;
  }
  return undefined;
}

function show(value: unknown): string {
  return inspect(value, { breakLength: Infinity, maxStringLength: 300 });
}
