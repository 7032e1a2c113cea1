import { ConfigError, DgtError, RunError, type Json } from '@dgt/core';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Ledger } from '../ledger/ledger.js';
import type { Outcome, StoredOutcome } from '../ledger/outcome.js';
import type { OutputFiles } from '../output/output-files.js';
import type { OpenProjectOptions } from '../run/open-project.js';
import type { AttemptTrace, CallTrace } from './attempt-trace.js';
import { filesOf, inspectDatasets, type DatasetOverview } from './dataset-overview.js';
import { findOutcome, listingFiles, refuse, type InspectTarget } from './find-outcome.js';
import { readLines } from './read-lines.js';
import { replayAttempt } from './replay-attempt.js';

/** What `dgt inspect PATH ROW` is asked for. */
export interface InspectRowOptions extends Omit<OpenProjectOptions, 'taskPaths'> {
  /** The output folder of a task, or a file in it. */
  readonly path: string;
  readonly target: InspectTarget;
  /** The task file, where the card does not name it or names another. */
  readonly taskPath?: string | undefined;
}

/** One row and where it comes from. */
export interface RowInspection {
  readonly task_name: string;
  readonly folder: string;
  readonly target: InspectTarget;
  /** Undefined where a running dataset keeps it to itself. */
  readonly attempt: number | undefined;
  /** What became of it, as recorded. */
  readonly outcome: Pick<Outcome, 'kind' | 'row' | 'stage' | 'detail' | 'position'>;
  /** What became of everything that the same attempt made, as recorded. */
  readonly attempt_outcomes: readonly Pick<Outcome, 'kind' | 'row' | 'stage' | 'detail' | 'position'>[];
  /** The attempt, made again of recorded answers; undefined where the builder could not be run. */
  readonly trace: AttemptTrace | undefined;
  /** The recorded calls of the attempt, where there is no trace. */
  readonly calls: readonly CallTrace[];
  /** What to know about all this: that the definition has changed since, that something is missing. */
  readonly notes: readonly string[];
}

/**
 * Shows where one row comes from: its attempt, the calls with their prompts, what was made of the answers and what judged it.
 * The builder is run again on the recorded answers of that attempt; no call is ever made, and nothing is written.
 *
 * @throws {@link ConfigError} DGT_STATUS_MISSING, DGT_INSPECT_SEVERAL, DGT_INSPECT_NO_LEDGER, DGT_INSPECT_ROW_UNKNOWN
 */
export async function inspectRow(options: InspectRowOptions): Promise<RowInspection> {
  const overviews = await inspectDatasets(options.path);
  const [overview, ...others] = overviews as [DatasetOverview, ...DatasetOverview[]];
  if (others.length > 0) {
    const tasks = overviews.map(({ status }) => status.folder).join(', ');
    throw new ConfigError('DGT_INSPECT_SEVERAL', { path: options.path, count: overviews.length, tasks });
  }
  const files = filesOf(overview);
  if (!existsSync(files.ledger)) throw new ConfigError('DGT_INSPECT_NO_LEDGER', { folder: files.folder });
  let ledger: Ledger;
  try {
    ledger = Ledger.open(files.ledger);
  } catch (error) {
    if (!(error instanceof RunError) || error.code !== 'DGT_RUN_LOCKED') throw error;
    return readListedRow(overview, files, options.target);
  }
  try {
    return await inspectRecorded(overview, ledger, files, options);
  } finally {
    ledger.close();
  }
}

async function inspectRecorded(
  { status, card }: DatasetOverview,
  ledger: Ledger,
  files: OutputFiles,
  options: InspectRowOptions,
): Promise<RowInspection> {
  const { target } = options;
  const outcome = await findOutcome(ledger, files, target);
  const { attempt } = outcome;
  const notes: string[] = [];
  const taskPath = options.taskPath ?? card?.task_file;
  let trace: AttemptTrace | undefined;
  if (taskPath === undefined) notes.push('task_card.json names no task file; --task-path shows prompts');
  else {
    try {
      const file = resolve(options.workingFolder, taskPath);
      const replayed = await replayAttempt(attempt, {
        ...options,
        taskPaths: [file],
        ledger,
        taskName: status.task_name,
      });
      trace = replayed.trace;
      notes.push(...replayed.notes);
    } catch (error) {
      // What is recorded can be shown without the builder; a path that was given is another matter.
      if (!DgtError.isInstance(error) || options.taskPath !== undefined) throw error;
      notes.push(`the builder could not be run again, so prompts are not known: ${error.message}`);
    }
  }
  const others = outcomesOf(ledger, attempt);
  if (trace !== undefined) notes.push(...compare(trace, others));
  return {
    task_name: status.task_name,
    folder: status.folder,
    target,
    attempt,
    outcome: pick(outcome),
    attempt_outcomes: others.map(pick),
    trace,
    calls: trace === undefined ? listCalls(ledger, attempt) : [],
    notes,
  };
}

/** While a run holds the ledger, the files that it writes are all there is. */
async function readListedRow(
  { status }: DatasetOverview,
  files: OutputFiles,
  target: InspectTarget,
): Promise<RowInspection> {
  // The final file is of an earlier run until this one ends.
  const file = target.kind === 'row' ? files.data : files[listingFiles[target.kind]];
  const rows = (await readLines(file, target.number)) ?? [];
  const found = rows[target.number - 1];
  if (found === undefined) throw refuse(target, rows.length, files);
  const { attempt, row, answer, task_name: _task, ...detail } = found as { [field: string]: Json };
  const kinds = { row: 'accepted', rejected: answer === undefined ? 'rejected' : 'no_row', error: 'error' } as const;
  const listed = target.kind === 'row' ? { row: found as Json, detail: {} } : { row: row ?? answer ?? null, detail };
  return {
    task_name: status.task_name,
    folder: status.folder,
    target,
    attempt: target.kind === 'row' ? undefined : (attempt as number),
    outcome: { kind: kinds[target.kind], ...listed },
    attempt_outcomes: [],
    trace: undefined,
    calls: [],
    notes: ['a run is at work on this dataset and holds its ledger: calls and prompts can be shown when it has ended'],
  };
}

function outcomesOf(ledger: Ledger, attempt: number): StoredOutcome[] {
  const found: StoredOutcome[] = [];
  for (const outcome of ledger.outcomes()) {
    if (outcome.attempt > attempt) break;
    if (outcome.attempt === attempt) found.push(outcome);
  }
  return found;
}

/** Says where the builder makes something else of the recorded answers now. */
function compare(trace: AttemptTrace, recorded: readonly StoredOutcome[]): string[] {
  const rows = recorded.filter(({ position }) => position !== undefined);
  const differing = rows.filter(({ position, row }) => {
    const now = trace.rows.find((other) => other.position === position);
    return now === undefined || JSON.stringify(now.row) !== JSON.stringify(row);
  });
  if (differing.length === 0) return [];
  return [`of the recorded answers the builder makes other rows today: ${differing.length} of ${rows.length} differ`];
}

function pick({ kind, row, stage, detail, position }: Outcome): RowInspection['outcome'] {
  const { gateInputs: _seen, ...told } = detail;
  return {
    kind,
    row,
    detail: told,
    ...(stage !== undefined && { stage }),
    ...(position !== undefined && { position }),
  };
}

function listCalls(ledger: Ledger, attempt: number): CallTrace[] {
  const owner = ledger.inputs.of(attempt)?.number ?? attempt;
  return ledger.callsOf(owner).map(({ lane, call, label, failed, answer, request }) => ({
    label,
    lane,
    call,
    request: request ?? null,
    answer,
    state: failed ? 'failed' : 'answered',
  }));
}
