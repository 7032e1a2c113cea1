import { ConfigError, type Json } from '@dgt/core';
import { describeChanges } from '../ledger/definition.js';
import type { Ledger } from '../ledger/ledger.js';
import { chooseSizes, defineTask, type Sizes } from './task-definition.js';
import type { ChangeMode, TaskPlan } from './task-plan.js';

/** Recorded answers up to which an edited builder is replayed without asking: so few cost little to make again. */
const replayWithoutAskingBelow = 100;

/** The state in which the dataset of a task was found. */
export interface OpenedTask {
  readonly sizes: Sizes;
  /** The builder will be run again on recorded answers. */
  readonly replays: boolean;
  /** The last attempt that was made under an earlier definition: it says nothing of how this one fares. */
  readonly changedAfter: number;
}

/**
 * Compares what defines the rows with what the dataset was begun with, and decides how to go on.
 *
 * @throws {@link ConfigError} DGT_DEFINITION_CHANGED when the user has to choose.
 */
export async function openTask(
  plan: TaskPlan,
  ledger: Ledger,
  mode: ChangeMode,
  announce: (message: string) => void,
): Promise<OpenedTask> {
  const sizes = chooseSizes(plan, ledger.getMeta<Sizes>('sizes'));
  const definition = defineTask(plan, sizes);
  const earlier = ledger.getMeta<Json>('definition');
  const changes = earlier === undefined ? [] : describeChanges(earlier, definition);
  const { calls } = ledger.totals();
  const replays = mode === 'replay' || (changes.length > 0 && mode === undefined && calls < replayWithoutAskingBelow);
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
    await ledger.setMeta('sizes', sizes);
    await ledger.setMeta('changed_after', ledger.lastAttempt);
    await ledger.setMeta('definition', definition as Json);
  }
  return { sizes, replays, changedAfter: ledger.getMeta<number>('changed_after') ?? 0 };
}

/** The definition that a block had when the dataset was begun, to which a choice of providers keeps. */
export function pinnedDefinition(ledger: Ledger, block: string): Json | undefined {
  const definition = ledger.getMeta<{ blocks: { [name: string]: Json } }>('definition');
  return definition?.blocks[block];
}
