import { ConfigError, type Json, type Row } from '@dgt/core';
import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { stampRow } from '../engine/attempt.js';
import type { Ledger } from '../ledger/ledger.js';
import { closeDataset, openDataset } from '../ledger/open-dataset.js';
import type { AdoptedInput, Adoption, FinishedAttempt } from '../ledger/records.js';
import type { OutputFiles } from '../output/output-files.js';
import { hashUniqueKey } from '../transformation/input-unit.js';
import type { GenerationPlan, TaskPlan, TransformationPlan } from './task-plan.js';

/** Rows that are adopted as one attempt. */
const rowsPerAttempt = 1000;

/** Rows of an output folder that no ledger knows. */
export interface ForeignRows {
  readonly file: string;
  /** How many there are. */
  readonly count: number;
}

/** How {@link openAdopting} opens a folder. */
export interface AdoptOptions {
  readonly restart: boolean;
  /** Counts rows of the folder that no ledger knows. */
  readonly adopt: boolean;
  /** A file of rows that were made elsewhere, which count where a transformation has not worked on their input yet. */
  readonly adoptFrom?: string | undefined;
}

/** The ledger of a task, and the rows that it has adopted just now. */
export interface OpenedLedger {
  readonly ledger: Ledger;
  readonly adopted: ForeignRows | undefined;
}

/**
 * Opens the output folder of a task. Rows in it that no ledger knows are counted as if this dataset had made them, all or
 * none: what is wrong with one is said before anything is touched.
 *
 * @throws {@link ConfigError} DGT_FOLDER_FOREIGN when nobody asked to adopt them; DGT_ADOPT_KEY; DGT_CONFIG_INVALID for a
 *   row that is not what the task makes.
 */
export async function openAdopting(plan: TaskPlan, { restart, adopt, adoptFrom }: AdoptOptions): Promise<OpenedLedger> {
  const { files, settings } = plan;
  const look = () => (restart ? undefined : lookForRows(plan, adopt));
  let found = existsSync(files.ledger) ? undefined : await look();
  const quota = plan.kind === 'generation' ? { quota: settings.numOutputsToGenerate } : {};
  const ledger = await openDataset(files, { restart, durability: settings.durability, ...quota });
  try {
    // A run that ended before it had adopted them leaves a ledger that knows nothing.
    if (ledger.isBlank) found ??= await look();
    if (found !== undefined) await ledger.adopt(found.adoption);
    if (adoptFrom !== undefined && plan.kind === 'transformation') await adoptOpen(plan, ledger, adoptFrom);
    return { ledger, adopted: found?.foreign };
  } catch (error) {
    await closeDataset(files, ledger);
    throw error;
  }
}

/** Adopts rows of inputs that were not worked on yet, here or elsewhere. */
async function adoptOpen(plan: TransformationPlan, ledger: Ledger, file: string): Promise<void> {
  const { inputs } = adoptTransformed(plan, { file, ...(await readRows(file)) });
  const open = inputs.filter(({ key }) => {
    const number = ledger.inputs.find(key);
    const isMade = number !== undefined && ledger.inputs.attemptOn(number) !== undefined;
    return !isMade && ledger.inputs.adopted(key) === undefined;
  });
  if (open.length > 0) await ledger.adopt({ attempts: [], inputs: open });
}

interface FoundRows {
  readonly foreign: ForeignRows;
  readonly adoption: Adoption;
}

async function lookForRows(plan: TaskPlan, adopt: boolean): Promise<FoundRows | undefined> {
  const lines = await findForeignLines(plan.files);
  if (lines === undefined) return undefined;
  const { file, rows, broken } = lines;
  if (!adopt) throw new ConfigError('DGT_FOLDER_FOREIGN', { file, rows: rows.length + broken.length });
  const problems = broken.map((line) => `${file}:${line}: is no JSON object`).join('\n');
  if (problems !== '') throw new ConfigError('DGT_CONFIG_INVALID', { problems });
  const adoption = plan.kind === 'generation' ? adoptGenerated(plan, lines) : adoptTransformed(plan, lines);
  return { foreign: { file, count: rows.length }, adoption };
}

function adoptGenerated({ task }: GenerationPlan, { file, rows }: ForeignLines): Adoption {
  const checked = rows.map(({ row, line }) => {
    try {
      return stampRow(task.name, task.instantiateOutputExample(row)) as Json;
    } catch (error) {
      const problems = `${file}:${line}: ${(error as Error).message}`;
      throw new ConfigError('DGT_CONFIG_INVALID', { problems }, { cause: error });
    }
  });
  const attempts: FinishedAttempt[] = [];
  for (let at = 0; at < checked.length; at += rowsPerAttempt) {
    const number = attempts.length + 1;
    const outcomes = checked
      .slice(at, at + rowsPerAttempt)
      .map((row, position) => ({ attempt: number, position, kind: 'accepted' as const, row, detail: {} }));
    attempts.push({ number, outcomes });
  }
  return { attempts, inputs: [] };
}

function adoptTransformed({ task, units }: TransformationPlan, { file, rows }: ForeignLines): Adoption {
  const { uniqueKey, size } = units;
  const refuse = (problem: string) => new ConfigError('DGT_ADOPT_KEY', { file, task: task.name, problem });
  if (uniqueKey === undefined) throw refuse('it has no unique_key');
  if (size > 1) throw refuse('its builder works on batches of rows');
  const byKey = new Map<string, AdoptedInput & { readonly rows: Json[] }>();
  for (const { row, line } of rows) {
    const value = row[uniqueKey] as Json | undefined;
    if (value === undefined || value === null) throw refuse(`line ${line} has no "${uniqueKey}"`);
    const key = hashUniqueKey([value]);
    const name = key.toString('hex');
    const known = byKey.get(name) ?? { key, rows: [] };
    known.rows.push(row as Json);
    byKey.set(name, known);
  }
  return { attempts: [], inputs: [...byKey.values()] };
}

interface ForeignLines {
  readonly file: string;
  readonly rows: readonly { readonly row: Row; readonly line: number }[];
  /** Lines that hold no row. */
  readonly broken: readonly number[];
}

async function findForeignLines({ finalData, data }: OutputFiles): Promise<ForeignLines | undefined> {
  for (const file of [finalData, data]) {
    if (!existsSync(file)) continue;
    const { rows, broken } = await readRows(file);
    if (rows.length + broken.length > 0) return { file, rows, broken };
  }
  return undefined;
}

/** A last line that a crash has torn is no row. */
async function readRows(file: string): Promise<Omit<ForeignLines, 'file'>> {
  const rows: { row: Row; line: number }[] = [];
  const broken: number[] = [];
  let line = 0;
  let last = 0;
  await using handle = await open(file);
  for await (const text of handle.readLines()) {
    line++;
    if (text.trim() === '') continue;
    last = line;
    const row = parseRow(text);
    if (row === undefined) broken.push(line);
    else rows.push({ row, line });
  }
  return { rows, broken: broken.filter((number) => number !== last) };
}

function parseRow(text: string): Row | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Row) : undefined;
  } catch {
    return undefined;
  }
}
