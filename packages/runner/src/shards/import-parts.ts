import { RunError, type Json, type Row } from '@dgt/core';
import { PriceBook, pricesKey, type PriceEntry } from '../budget/price-book.js';
import type { ImportMark } from '../ledger/import-calls.js';
import type { Ledger } from '../ledger/ledger.js';
import type { FinishedAttempt } from '../ledger/records.js';
import { PartLedger, type PartAttempt } from '../ledger/part-ledger.js';
import { defineTask } from '../run/task-definition.js';
import type { TransformationPlan } from '../run/task-plan.js';
import { partsMissing, type Part } from './find-parts.js';
import { leavesStages } from './shard-plan.js';

/** Attempts that are committed in one transaction. */
const batchSize = 256;

/** How far a ledger follows that of a part. */
type Followed = ImportMark & { readonly forgotten: number };

/**
 * Brings what the parts of a task have recorded into its own ledger, so that it is as if one process had made all of it. Where
 * postprocessors are left to run, the answers are brought alone, on which the builder is run again.
 *
 * @throws {@link RunError} DGT_PARTS_MISSING for a part at which somebody works; DGT_UNIQUE_KEY_REPEATED
 */
export async function importParts(plan: TransformationPlan, ledger: Ledger, parts: readonly Part[]): Promise<void> {
  const definition = defineTask(plan, undefined) as Json;
  const isDefined = JSON.stringify(ledger.getMeta('definition')) === JSON.stringify(definition);
  let isFollowing = isDefined;
  for (const part of parts) isFollowing = (await importAnswers(plan, ledger, part)) && isFollowing;
  if (!isFollowing && ledger.lastAttempt > 0) await ledger.forgetAttempts();
  await ledger.setMeta('definition', definition);
  if (!leavesStages(plan)) await copyAttempts(plan, ledger, parts);
  const inputs = new Set(parts.map(({ manifest }) => JSON.stringify(manifest.input)));
  if (ledger.lastAttempt > 0 && inputs.size === 1) await ledger.setMeta('input', parts[0]?.manifest.input ?? null);
}

/** @returns whether what the ledger has of this part still stands. */
async function importAnswers(plan: TransformationPlan, ledger: Ledger, part: Part): Promise<boolean> {
  const { files, shard, manifest } = part;
  const { id, forgotten, prices } = readState(plan, part);
  const book = new PriceBook(ledger);
  for (const { price, ...caller } of prices) book.note(caller, price);
  const key = `part/${id}`;
  const known = ledger.getMeta<Followed>(key);
  await ledger.importCalls(files.ledger, known ?? { call: 0, try: 0 }, (mark) => [key, { ...mark, forgotten }]);
  return known?.forgotten === forgotten && shard.count(manifest.units) === manifest.own_units;
}

interface PartState {
  readonly id: string;
  /** How often attempts were taken back. */
  readonly forgotten: number;
  readonly prices: readonly PriceEntry[];
}

function readState(plan: TransformationPlan, { files, shard, manifest }: Part): PartState {
  using opened = openPart(plan, { files, shard, manifest });
  const id = opened.getMeta<string>('part_id');
  if (id === undefined || opened.lastAttempt !== manifest.own_units) {
    const name = `${shard.number}/${shard.of}`;
    throw partsMissing(plan, `${name} (it was begun again and is not finished)`, name);
  }
  const forgotten = opened.getMeta<number>('forgotten') ?? 0;
  return { id, forgotten, prices: opened.getMeta<PriceEntry[]>(pricesKey) ?? [] };
}

function openPart(plan: TransformationPlan, { files, shard }: Part): PartLedger {
  try {
    return new PartLedger(files.ledger);
  } catch (error) {
    if (!(error instanceof RunError) || error.code !== 'DGT_RUN_LOCKED') throw error;
    const name = `${shard.number}/${shard.of}`;
    throw partsMissing(plan, `${name} (a process is at work on it)`, name);
  }
}

/** Commits what the parts have committed, in the order of the input. */
async function copyAttempts(plan: TransformationPlan, ledger: Ledger, parts: readonly Part[]): Promise<void> {
  const [first] = parts;
  if (first === undefined) return;
  const { units } = first.manifest;
  const opened: PartLedger[] = [];
  try {
    for (const part of parts) opened.push(openPart(plan, part));
    const begun = ledger.lastAttempt;
    const readers = opened.map((part, index) => part.attempts((parts[index] as Part).shard.count(begun)));
    let batch: FinishedAttempt[] = [];
    for (let position = begun + 1; position <= units; position++) {
      const at = parts.findIndex(({ shard }) => shard.has(position));
      const attempt = readers[at]?.next().value as PartAttempt;
      batch.push(toAttempt(plan, ledger, attempt, position, batch));
      if (batch.length < batchSize && position < units) continue;
      await ledger.commitAttempts(batch);
      batch = [];
    }
  } finally {
    for (const part of opened) part[Symbol.dispose]();
  }
}

function toAttempt(
  { units }: TransformationPlan,
  ledger: Ledger,
  { key, content, outcomes, notes }: PartAttempt,
  position: number,
  batch: readonly FinishedAttempt[],
): FinishedAttempt {
  const number = ledger.inputs.number(key);
  const { uniqueKey } = units;
  const findOther = () =>
    ledger.inputs.attemptOn(number) ?? batch.find(({ input }) => input?.number === number)?.number;
  const other = uniqueKey === undefined ? undefined : findOther();
  if (uniqueKey !== undefined && other !== undefined) {
    const rows = units.size === 1 ? `rows ${other} and ${position}` : `batches ${other} and ${position}`;
    const value = JSON.stringify((outcomes[0]?.row as Row | null)?.[uniqueKey]) ?? 'no part has kept it';
    throw new RunError('DGT_UNIQUE_KEY_REPEATED', { key: uniqueKey, value, rows });
  }
  return {
    number: position,
    outcomes: outcomes.map((outcome) => ({ ...outcome, attempt: position })),
    input: { number, content },
    notes,
  };
}
