import { forecastTask, type AttemptSample, type Forecast } from '../budget/forecast.js';
import type { TracedAttempt } from '../inspect/trace-attempt.js';
import { findCallLimit } from '../run/task-definition.js';
import type { TaskPlan } from '../run/task-plan.js';
import type { InputSource } from '../transformation/input-source.js';
import type { SampledTries } from './sampled-tries.js';

/** What a whole task is going to take. */
export interface TaskForecast extends Forecast {
  /** Attempts, or units of input, that it was learnt from. */
  readonly attempts: number;
}

/** Says what a whole task is going to take, from what a preview of it took. */
export async function forecastFrom(
  plan: TaskPlan,
  traced: readonly TracedAttempt[],
  tries: SampledTries,
): Promise<TaskForecast | undefined> {
  const wanted = await measure(plan);
  // Attempts and inputs are numbered from 1, in a preview both.
  const attempts = traced.flatMap((attempt, index) =>
    attempt.outcomes === undefined ? [] : [sample(attempt, tries, index + 1)],
  );
  if (wanted === undefined || attempts.length === 0) return undefined;
  return { attempts: attempts.length, ...forecastTask({ attempts, wanted, callsAtOnce: findCallLimit(plan.builder) }) };
}

async function measure(plan: TaskPlan): Promise<{ rows: number } | { attempts: number } | undefined> {
  if (plan.kind === 'generation') return { rows: plan.settings.numOutputsToGenerate };
  const count = (await plan.input.count()) ?? (await countRows(plan.input));
  return count === undefined ? undefined : { attempts: Math.ceil(count / plan.units.size) };
}

/** Reads an input once more to count it; only one that can tell whether it has changed can be read again for sure. */
async function countRows(input: InputSource): Promise<number | undefined> {
  if ((await input.fingerprint()) === undefined) return undefined;
  let count = 0;
  for await (const _row of input.read()) count++;
  return count;
}

function sample({ trace }: TracedAttempt, tries: SampledTries, owner: number): AttemptSample {
  const own = tries.of(owner);
  const sum = (amounts: readonly (number | undefined)[]) => amounts.reduce<number>((all, one) => all + (one ?? 0), 0);
  return {
    calls: trace.calls.length,
    tries: own.length,
    promptTokens: sum(own.map(({ promptTokens }) => promptTokens)),
    completionTokens: sum(own.map(({ completionTokens }) => completionTokens)),
    cost: own.some(({ cost }) => cost === undefined) ? undefined : sum(own.map(({ cost }) => cost)),
    accepted: trace.rows.filter(({ outcome }) => outcome === 'accepted').length,
    candidates: trace.rows.length + trace.losses.length + (trace.failure === undefined ? 0 : 1),
    callMs: sum(own.map(({ durationMs }) => durationMs)),
  };
}
