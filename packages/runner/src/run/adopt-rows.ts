import { ConfigError, type Json, type Row } from '@dgt/core';
import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { stampRow } from '../engine/attempt.js';
import type { Ledger } from '../ledger/ledger.js';
import type { OutputFiles } from '../output/output-files.js';
import { hashUniqueKey } from '../transformation/input-unit.js';
import type { GenerationPlan, TaskPlan, TransformationPlan } from './task-plan.js';

/** Rows that are adopted as one attempt. */
const rowsPerAttempt = 1000;

/** Rows of an output folder that no ledger knows. */
export interface ForeignRows {
  readonly file: string;
  readonly rows: readonly Row[];
}

/**
 * Finds the rows of a folder that no ledger knows, for {@link adoptRows}.
 *
 * @throws {@link ConfigError} DGT_FOLDER_FOREIGN when there are some and nobody asked to adopt them.
 */
export async function checkForeignRows(files: OutputFiles, adopt: boolean): Promise<ForeignRows | undefined> {
  const foreign = await findForeignRows(files);
  if (foreign === undefined || adopt) return foreign;
  throw new ConfigError('DGT_FOLDER_FOREIGN', { file: foreign.file, rows: foreign.rows.length });
}

/** Looks for rows in a folder without a ledger; to be asked before one is made there. */
async function findForeignRows(files: OutputFiles): Promise<ForeignRows | undefined> {
  if (existsSync(files.ledger)) return undefined;
  for (const file of [files.finalData, files.data]) {
    const rows = existsSync(file) ? await readRows(file) : [];
    if (rows.length > 0) return { file, rows };
  }
  return undefined;
}

/**
 * Counts rows that were made elsewhere as if this dataset had made them.
 *
 * @throws {@link ConfigError} DGT_ADOPT_KEY; DGT_CONFIG_INVALID for a row that is not what the task makes.
 */
export async function adoptRows(plan: TaskPlan, ledger: Ledger, foreign: ForeignRows): Promise<void> {
  return plan.kind === 'generation' ? adoptGenerated(plan, ledger, foreign) : adoptTransformed(plan, ledger, foreign);
}

async function adoptGenerated({ task }: GenerationPlan, ledger: Ledger, { file, rows }: ForeignRows): Promise<void> {
  const checked = rows.map((row, index) => {
    try {
      return stampRow(task.name, task.instantiateOutputExample(row)) as Json;
    } catch (error) {
      const problems = `${file}:${index + 1}: ${(error as Error).message}`;
      throw new ConfigError('DGT_CONFIG_INVALID', { problems }, { cause: error });
    }
  });
  let attempt = 0;
  for (let at = 0; at < checked.length; at += rowsPerAttempt) {
    const number = ++attempt;
    const outcomes = checked
      .slice(at, at + rowsPerAttempt)
      .map((row, position) => ({ attempt: number, position, kind: 'accepted' as const, row, detail: {} }));
    await ledger.commitAttempts([{ number, outcomes }]);
  }
  await ledger.setMeta('adopted', attempt);
}

async function adoptTransformed(
  { task, units }: TransformationPlan,
  ledger: Ledger,
  { file, rows }: ForeignRows,
): Promise<void> {
  const { uniqueKey, size } = units;
  const refuse = (problem: string) => new ConfigError('DGT_ADOPT_KEY', { file, task: task.name, problem });
  if (uniqueKey === undefined) throw refuse('it has no unique_key');
  if (size > 1) throw refuse('its builder works on batches of rows');
  const byKey = new Map<string, { key: Buffer; rows: Json[] }>();
  for (const [index, row] of rows.entries()) {
    const value = row[uniqueKey] as Json | undefined;
    if (value === undefined || value === null) throw refuse(`line ${index + 1} has no "${uniqueKey}"`);
    const key = hashUniqueKey([value]);
    const name = key.toString('hex');
    const known = byKey.get(name) ?? { key, rows: [] };
    known.rows.push(row as Json);
    byKey.set(name, known);
  }
  await Promise.all([...byKey.values()].map((adopted) => ledger.inputs.adopt(adopted.key, adopted.rows)));
}

/** A last line that a crash has torn is no row. */
async function readRows(file: string): Promise<Row[]> {
  const rows: Row[] = [];
  await using handle = await open(file);
  for await (const line of handle.readLines()) {
    if (line.trim() === '') continue;
    try {
      rows.push(JSON.parse(line) as Row);
    } catch {
      break;
    }
  }
  return rows;
}
