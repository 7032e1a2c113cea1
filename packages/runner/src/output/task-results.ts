import type { Json } from '@dgt/core';
import type { Bill } from '../budget/bill.js';
import type { RunnerConfig } from '../config/runner-settings.js';
import type { Ending } from '../engine/ending.js';
import type { CallTotals } from '../ledger/records.js';
import type { NoteCount } from '../ledger/note-count.js';
import type { FunnelReport } from './funnel.js';

/** What task_results.json says: exact for the whole life of the dataset, however many runs it took. */
export interface TaskResults {
  readonly task_name: string;
  readonly data_builder: string;
  readonly build_id: string;
  readonly run_id: string;
  /** Why the last run ended, in one word. */
  readonly status: Ending['reason'];
  readonly message: string;
  readonly started_at: string;
  readonly finished_at: string;
  /** The quota of a generation task. */
  readonly num_outputs_to_generate?: number;
  /** Rows or batches of the input that a transformation has worked on. */
  readonly inputs?: number;
  readonly rows: number;
  readonly attempts: number;
  readonly funnel: FunnelReport;
  readonly calls: {
    readonly answered: number;
    /** Answers that are errors and ended their row. */
    readonly failed: number;
    /** Requests that reached a server; the bill counts these. */
    readonly tries: number;
    readonly failed_tries: number;
    /** Answered in the last run; the others were given back from the ledger. */
    readonly answered_in_last_run: number;
  };
  readonly tokens: { readonly prompt: number; readonly completion: number };
  /** What all tries cost, in dollars; null where a part of it is not known. */
  readonly cost: number | null;
  /** The same by block and model. */
  readonly bill: Bill;
  /** What blocks did to answers, such as mending or asking again, by block, counter and cause. */
  readonly notes: readonly NoteCount[];
  /** What the task's `recordTaskResults` gives. */
  readonly metrics: Readonly<Record<string, unknown>>;
}

/** Gathers what task_results.json says. */
export function describeResults(facts: {
  identity: Pick<TaskResults, 'task_name' | 'data_builder' | 'build_id' | 'run_id'>;
  ending: Ending;
  startedAt: number;
  finishedAt: number;
  quota?: number;
  attempts: number;
  rows: number;
  funnel: FunnelReport;
  before: CallTotals;
  totals: CallTotals;
  bill: Bill;
  notes: readonly NoteCount[];
  metrics: Readonly<Record<string, unknown>>;
}): TaskResults {
  const { identity, ending, totals, bill, before, funnel } = facts;
  return {
    ...identity,
    status: ending.reason,
    message: ending.message,
    started_at: new Date(facts.startedAt).toISOString(),
    finished_at: new Date(facts.finishedAt).toISOString(),
    ...(facts.quota === undefined ? { inputs: facts.attempts } : { num_outputs_to_generate: facts.quota }),
    rows: facts.rows,
    attempts: facts.attempts,
    funnel,
    calls: {
      answered: totals.calls,
      failed: totals.failedCalls,
      tries: totals.tries,
      failed_tries: totals.failedTries,
      answered_in_last_run: totals.calls - before.calls,
    },
    tokens: { prompt: totals.promptTokens, completion: totals.completionTokens },
    cost: bill.cost ?? null,
    bill,
    notes: facts.notes,
    metrics: facts.metrics,
  };
}

/** What task_card.json says: what was asked, with secrets as they were written and not as they were resolved. */
export function describeCard(facts: {
  identity: Json;
  taskFile: string;
  settings: RunnerConfig;
  task: Json;
  builder: Json;
  definition: Json;
  version: string;
}): Json {
  const { identity, taskFile, settings, task, builder, definition, version } = facts;
  return {
    ...(identity as object),
    dgt_version: version,
    task_file: taskFile,
    runner_config: settings,
    task,
    data_builder_config: builder,
    definition,
  };
}
