import type { Json, Note } from '@dgt/core';
import type Database from 'libsql';
import { closeDatabase, openDatabase } from './database.js';
import { readOutcome, type OutcomeColumns } from './outcome-columns.js';
import type { Outcome } from './outcome.js';

/** A committed attempt as it is taken over into another ledger. */
export interface PartAttempt {
  /** The name of the input that it worked on. */
  readonly key: Buffer;
  /** The hash of all that it holds. */
  readonly content: Buffer;
  readonly outcomes: readonly Outcome[];
  readonly notes: readonly Note[];
}

/** Attempts that are read at a time. */
const pageSize = 200;

/** The ledger of a part of a task, to be read only: the file stays as it is. While it is open nobody else can open it. */
export class PartLedger implements Disposable {
  readonly #database: Database.Database;
  readonly #attempts;
  readonly #outcomes;

  /** @throws {@link RunError} DGT_RUN_LOCKED, DGT_LEDGER_UNUSABLE */
  constructor(file: string) {
    this.#database = openDatabase(file, 'process', () => '');
    this.#attempts = this.#database.prepare<unknown[]>(
      `SELECT a.number, a.content, a.notes, i.key FROM attempts a JOIN inputs i ON i.number = a.input
       WHERE a.number > ? ORDER BY a.number LIMIT ${pageSize}`,
    );
    this.#outcomes = this.#database.prepare<unknown[]>(
      'SELECT * FROM outcomes WHERE attempt > ? AND attempt <= ? ORDER BY id',
    );
  }

  getMeta<T extends Json>(key: string): T | undefined {
    const found = this.#database.prepare<unknown[]>('SELECT value FROM meta WHERE key = ?').get(key);
    return found === undefined ? undefined : (JSON.parse((found as { value: string }).value) as T);
  }

  get lastAttempt(): number {
    const found = this.#database.prepare<unknown[]>('SELECT max(number) AS number FROM attempts').get();
    return (found as { number: number | null }).number ?? 0;
  }

  /** The attempts after one, in their order. */
  *attempts(after: number): Generator<PartAttempt> {
    for (;;) {
      const page = this.#attempts.all(after) as AttemptColumns[];
      const last = page.at(-1)?.number ?? after;
      const outcomes = groupByAttempt(this.#readOutcomes(after, last));
      for (const { number, key, content, notes } of page) {
        yield {
          key: Buffer.from(key),
          content: Buffer.from(content),
          outcomes: outcomes.get(number) ?? [],
          notes: notes === null ? [] : (JSON.parse(notes) as Note[]),
        };
      }
      if (page.length < pageSize) return;
      after = last;
    }
  }

  [Symbol.dispose](): void {
    closeDatabase(this.#database);
  }

  #readOutcomes(after: number, upTo: number): Outcome[] {
    return (this.#outcomes.all(after, upTo) as OutcomeColumns[]).map(readOutcome);
  }
}

interface AttemptColumns {
  number: number;
  key: ArrayBuffer;
  content: ArrayBuffer;
  notes: string | null;
}

function groupByAttempt(outcomes: readonly Outcome[]): Map<number, Outcome[]> {
  const groups = new Map<number, Outcome[]>();
  for (const outcome of outcomes) {
    const group = groups.get(outcome.attempt);
    if (group === undefined) groups.set(outcome.attempt, [outcome]);
    else group.push(outcome);
  }
  return groups;
}
