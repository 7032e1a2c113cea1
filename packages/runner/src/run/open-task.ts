import { ConfigError, type Json } from '@dgt/core';
import { describeChanges } from '../ledger/definition.js';
import type { Ledger } from '../ledger/ledger.js';
import { keepFingerprint } from '../shards/shard-units.js';
import { compareInput, describeComparison } from '../transformation/compare-input.js';
import { fingerprintInput } from '../transformation/fingerprint-input.js';
import { chooseSizes, defineTask, type Sizes } from './task-definition.js';
import type { ChangeMode, TaskPlan, TransformationPlan } from './task-plan.js';

/** Recorded answers up to which an edited builder is replayed without asking: so few cost little to make again. */
const replayWithoutAskingBelow = 100;

/** How a dataset that exists is gone on with. */
export interface OpenOptions {
  readonly mode: ChangeMode;
  /** Makes the calls and rows again that ended as errors. */
  readonly retryErrors: boolean;
  readonly announce: (message: string) => void;
  readonly signal: AbortSignal;
}

/** The state in which the dataset of a task was found. */
export interface OpenedTask {
  /** Of a generation task. */
  readonly sizes: Sizes | undefined;
  /** The builder will be run again on recorded answers. */
  readonly replays: boolean;
  /** The last attempt that was made under an earlier definition: it says nothing of how this one fares. */
  readonly changedAfter: number;
}

/**
 * Compares what defines the rows, and the input that they are made of, with what the dataset was begun with, and decides how
 * to go on.
 *
 * @throws {@link ConfigError} DGT_DEFINITION_CHANGED when the user has to choose.
 */
export async function openTask(plan: TaskPlan, ledger: Ledger, options: OpenOptions): Promise<OpenedTask> {
  const { mode, retryErrors, announce } = options;
  const sizes = plan.kind === 'generation' ? chooseSizes(plan, ledger.getMeta<Sizes>('sizes')) : undefined;
  const definition = defineTask(plan, sizes);
  const earlier = ledger.getMeta<Json>('definition');
  const changes = earlier === undefined ? [] : describeChanges(earlier, definition);
  const { calls } = ledger.totals();
  let replays = mode === 'replay' || (changes.length > 0 && mode === undefined && calls < replayWithoutAskingBelow);
  const { name } = plan.task;
  if (changes.length > 0) {
    if (mode === undefined && !replays)
      throw new ConfigError('DGT_DEFINITION_CHANGED', { task: name, calls, changes: changes.join('; ') });
    announce(`${name}: changed since the last run: ${changes.join('; ')}`);
  }
  if (replays && earlier !== undefined) {
    announce(`${name}: running the builder again on ${calls} recorded answers`);
    await ledger.forgetAttempts();
  }
  if (replays || changes.length > 0 || earlier === undefined) {
    if (sizes !== undefined) await ledger.setMeta('sizes', sizes);
    await ledger.setMeta('changed_after', ledger.lastAttempt);
    await ledger.setMeta('definition', definition as Json);
  }
  if (plan.kind === 'transformation') replays = (await followInput(plan, ledger, options)) || replays;
  if (retryErrors) replays = (await reopenErrors(ledger, name, announce)) || replays;
  return { sizes, replays, changedAfter: ledger.getMeta<number>('changed_after') ?? 0 };
}

/** Takes back what was made from the first error on; what follows is made again of its recorded answers. */
async function reopenErrors(ledger: Ledger, task: string, announce: (message: string) => void): Promise<boolean> {
  const first = ledger.firstFailedAttempt;
  if (first === undefined) return false;
  announce(`${task}: trying again what ended as an error`);
  await ledger.forgetAttempts({ after: first - 1, withFailures: true });
  return true;
}

/**
 * Takes back what was made from the first place on at which the input is another: what follows is made again, of recorded
 * answers where there are any.
 *
 * @returns whether something was taken back.
 */
async function followInput(
  { task, input, units, inBatches }: TransformationPlan,
  ledger: Ledger,
  { announce, signal }: OpenOptions,
): Promise<boolean> {
  const fingerprint = await fingerprintInput(input, units);
  const known = ledger.getMeta<Json>('input');
  const committed = ledger.lastAttempt;
  const unchanged = fingerprint !== null && JSON.stringify(fingerprint) === JSON.stringify(known);
  if (committed === 0 || unchanged) {
    if (!unchanged) await ledger.setMeta('input', fingerprint);
    return false;
  }
  const comparison = await compareInput(input, ledger, units, signal);
  const { same } = comparison;
  const what = inBatches ? 'batch' : 'row';
  const described = describeComparison(comparison, what);
  if (described !== undefined) announce(`${task.name}: input: ${described}`);
  if (same < committed) {
    announce(`${task.name}: working again from ${what} ${same + 1} on, with recorded answers where there are any`);
    await ledger.forgetAttempts({ after: same });
  }
  // Last, so that a run that is killed on the way compares again.
  await ledger.setMeta('input', fingerprint);
  if (units.shard !== undefined) await keepFingerprint(ledger, fingerprint);
  return same < committed;
}

/** The definition that a block had when the dataset was begun, to which a choice of providers keeps. */
export function pinnedDefinition(ledger: Ledger, block: string): Json | undefined {
  const definition = ledger.getMeta<{ blocks: { [name: string]: Json } }>('definition');
  return definition?.blocks[block];
}
