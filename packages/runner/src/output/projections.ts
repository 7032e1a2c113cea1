import { appendFile, stat, truncate, writeFile } from 'node:fs/promises';
import type { Json } from '@dgt/core';
import type { Ledger } from '../ledger/ledger.js';
import type { OutcomeKind, StoredOutcome } from '../ledger/outcome.js';
import type { DatasetDrop } from '../engine/dataset-stages.js';
import type { OutputFiles } from './output-files.js';
import { describeFileFailure } from './write-failure.js';
import { gatherLines, writeJsonLines } from './write-atomically.js';

/** How far the files are: the last outcome in them, and each file as dgt left it. */
type Mark = {
  readonly outcome: number;
  readonly files: { readonly [name: string]: { readonly bytes: number; readonly modifiedMs: number } };
};

type Projected = 'data' | 'rejected' | 'errors';

const fileOfKind: Readonly<Record<OutcomeKind, Projected>> = {
  accepted: 'data',
  rejected: 'rejected',
  no_row: 'rejected',
  error: 'errors',
};

/** Outcomes that are read from the ledger at a time. */
const batchSize = 1000;

/**
 * Keeps data.jsonl, rejected.jsonl and errors.jsonl in step with the ledger, for people to read during the run. They are
 * never read back: after a crash a file that is too long is cut to its mark, and one that is short or changed is written
 * anew.
 */
export class Projections {
  readonly #files: Pick<OutputFiles, Projected>;
  readonly #taskName: string;
  readonly #ledger: Ledger;
  readonly #redact: (text: string) => string;
  #mark: Mark = { outcome: 0, files: {} };

  /** @param options.redact takes secrets out of what is said of rows that were lost: errors of the author's code may hold some. */
  constructor(
    { data, rejected, errors }: OutputFiles,
    ledger: Ledger,
    { taskName, redact }: { taskName: string; redact: (text: string) => string },
  ) {
    this.#files = { data, rejected, errors };
    this.#taskName = taskName;
    this.#ledger = ledger;
    this.#redact = redact;
  }

  /** Brings the files into the state of the ledger up to an outcome; writes nothing that is in order already. */
  async open(upTo: number): Promise<void> {
    const mark = this.#ledger.getMeta<Mark>('projections');
    if (mark === undefined || mark.outcome > upTo || !(await this.#repair(mark))) await this.#empty();
    else this.#mark = mark;
    await this.append(upTo);
  }

  /**
   * Appends what became of candidates after the last append, up to an outcome.
   *
   * @param fresh the last outcomes, where they are at hand: others are read from the ledger.
   */
  async append(upTo: number, fresh: readonly StoredOutcome[] = []): Promise<void> {
    if (fresh[0]?.id === this.#mark.outcome + 1) {
      const outcomes = fresh.filter(({ id }) => id <= upTo);
      const last = outcomes.at(-1);
      if (last !== undefined) await this.#setMark(last.id, await this.#appendBatch(outcomes));
      return;
    }
    for (;;) {
      const outcomes = takeSome(this.#ledger.outcomes({ after: this.#mark.outcome, upTo }), batchSize);
      const last = outcomes.at(-1);
      if (last === undefined) return;
      await this.#setMark(last.id, await this.#appendBatch(outcomes));
    }
  }

  /**
   * Appends what blocks dropped that saw the whole dataset. It is not marked, so that the next run cuts it off: what they drop
   * of a larger dataset may be other rows.
   */
  async appendDatasetDrops(drops: readonly DatasetDrop[]): Promise<void> {
    const rows = drops.map(({ row, detail }) => ({ task_name: this.#taskName, ...detail, row: row as Json }));
    const { rejected } = this.#files;
    for (const chunk of writeJsonLines(rows)) await guard(rejected, () => appendFile(rejected, this.#redact(chunk)));
  }

  /** @returns how many bytes went into each file. */
  async #appendBatch(outcomes: readonly StoredOutcome[]): Promise<ReadonlyMap<string, number>> {
    const written = new Map<string, number>();
    for (const [name, file] of Object.entries(this.#files) as [Projected, string][]) {
      const own = outcomes.filter(({ kind }) => fileOfKind[kind] === name);
      for (const lines of gatherLines(own.map((outcome) => this.#describe(outcome)))) {
        const chunk = name === 'data' ? lines : this.#redact(lines);
        await guard(file, () => appendFile(file, chunk));
        written.set(name, (written.get(name) ?? 0) + Buffer.byteLength(chunk));
      }
    }
    return written;
  }

  #describe(outcome: StoredOutcome): string {
    const { kind, attempt, rowText, detail } = outcome;
    if (kind === 'accepted') return rowText;
    const { gateInputs: _seen, splitBy: _split, ...why } = detail;
    return JSON.stringify({
      task_name: this.#taskName,
      attempt,
      ...why,
      [kind === 'no_row' ? 'answer' : 'row']: outcome.row,
    });
  }

  /** Cuts files that a crash left too long. Tells whether all files are now as the mark says. */
  async #repair(mark: Mark): Promise<boolean> {
    for (const [name, file] of Object.entries(this.#files)) {
      const left = mark.files[name];
      const found = await stat(file).catch(() => undefined);
      if (left === undefined || found === undefined || found.size < left.bytes) return false;
      if (found.size > left.bytes) await guard(file, () => truncate(file, left.bytes));
      else if (found.mtimeMs !== left.modifiedMs) return false;
    }
    return true;
  }

  async #empty(): Promise<void> {
    for (const file of Object.values(this.#files)) await guard(file, () => writeFile(file, ''));
    this.#mark = { outcome: 0, files: {} };
    await this.#setMark(0, new Map());
  }

  /** Marks what the files should be: one that somebody removes or changes during the run is found by the next. */
  async #setMark(outcome: number, written: ReadonlyMap<string, number>): Promise<void> {
    const files: Record<string, { bytes: number; modifiedMs: number }> = {};
    for (const [name, file] of Object.entries(this.#files)) {
      const bytes = (this.#mark.files[name]?.bytes ?? 0) + (written.get(name) ?? 0);
      const found = await stat(file).catch(() => undefined);
      files[name] = { bytes, modifiedMs: found?.mtimeMs ?? 0 };
    }
    this.#mark = { outcome, files };
    await this.#ledger.setMeta('projections', this.#mark);
  }
}

function takeSome<T>(items: Generator<T>, count: number): T[] {
  const taken: T[] = [];
  for (const item of items) {
    taken.push(item);
    if (taken.length >= count) break;
  }
  return taken;
}

async function guard(file: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    throw describeFileFailure(error, file);
  }
}
