import type { Json, TryRecord } from '@dgt/core';
import type Database from 'libsql';
import type { CallerUsage } from './caller-usage.js';
import { readMadeSince } from './made-since.js';
import { readCallStatistics, type CallStatistics } from './call-statistics.js';
import { readCall, writeAnswer, type AnswerColumns, type CallColumns, type StoredCall } from './answer-columns.js';
import { closeDatabase, openDatabase, type Durability } from './database.js';
import { forgetFailures } from './forget-failures.js';
import { GroupCommit } from './group-commit.js';
import { InputBook } from './input-book.js';
import { importCalls, type ImportMark } from './import-calls.js';
import { countNotes, type NoteCount } from './note-count.js';
import type { StoredOutcome } from './outcome.js';
import { writeAttempts } from './attempt-columns.js';
import { nameOutcome, readOutcome, type OutcomeColumns } from './outcome-columns.js';
import type { Adoption, AnswerRecord, AttemptRecord, CallTotals } from './records.js';
import type { FinishedAttempt, MadeTry, RecordedAnswer } from './records.js';
import { prepareStatements } from './statements.js';
import { indexTries, type RecordedTry } from './tries-by-owner.js';

/** Keys of {@link Ledger.getMeta} that say how far the output files follow the outcomes. */
const projectionMarks = "'projections', 'final_data', 'formatted_data', 'rounds'";

/**
 * Records that are read at a time. A statement that is left in the middle stays open in this driver, keeps the file from being
 * written, and gives a second reader of it the rows of the first: so each page is read to its end at once.
 */
const pageSize = 200;

/**
 * The durable record of one task: every answered call, every try, every committed attempt and what became of its
 * candidates. Whatever is read back was committed; whatever a promise here resolves for is committed.
 */
export class Ledger {
  readonly file: string;
  /** The inputs of a transformation. */
  readonly inputs: InputBook;
  readonly #database: Database.Database;
  readonly #writes: GroupCommit;
  readonly #statements: ReturnType<typeof prepareStatements>;
  readonly #callers = new Map<string, number>();
  #acceptedCount: number;
  #lastAttempt: number;
  /** The last attempt or input of which there is an answer: later ones have none to look up. */
  #lastOwner: number;
  /** Counted once and then kept up to date. */
  #totals: { -readonly [Name in keyof CallTotals]: CallTotals[Name] } | undefined;

  private constructor(file: string, database: Database.Database) {
    this.file = file;
    this.#database = database;
    this.#writes = new GroupCommit(database, file);
    this.#statements = prepareStatements(database);
    this.#lastAttempt = this.#findLast('lastAttempt');
    this.#acceptedCount = this.#countAccepted();
    this.#lastOwner = this.#findLast('lastOwner');
    this.inputs = new InputBook(this.#statements, this.#writes);
  }

  /**
   * Opens or creates a ledger and locks it against other runs.
   *
   * @param options.holder says who may hold the lock, for the message only.
   * @throws {@link RunError} DGT_RUN_LOCKED, DGT_LEDGER_UNUSABLE, DGT_DISK_FULL
   */
  static open(file: string, options: { durability?: Durability; holder?: () => string } = {}): Ledger {
    const { durability = 'process', holder = () => '' } = options;
    return new Ledger(file, openDatabase(file, durability, holder));
  }

  /** A value kept beside the records, such as what the dataset was defined by. */
  getMeta<T extends Json>(key: string): T | undefined {
    const found = this.#statements.getMeta.get(key) as { value: string } | undefined;
    return found && (JSON.parse(found.value) as T);
  }

  setMeta(key: string, value: Json): Promise<void> {
    return this.#writes.add(() => this.#statements.setMeta.run(key, JSON.stringify(value)));
  }

  /** Whether nothing was ever kept here, not even what the dataset is defined by. */
  get isBlank(): boolean {
    return this.#lastAttempt === 0 && this.#lastOwner === 0 && this.#statements.anyMeta.get() === undefined;
  }

  /** Every recorded answer of one attempt, or of one input. */
  answersOf(owner: number): RecordedAnswer[] {
    if (owner > this.#lastOwner) return [];
    const found = this.#statements.answersOf.all(owner) as AnswerColumns[];
    return found.map(({ lane, call, hash, failed, answer }) => {
      return { lane, call, hash: Buffer.from(hash), failed: failed === 1, answer: JSON.parse(answer) as Json };
    });
  }

  /** Every recorded call of one attempt, or of one input, with its request where those are kept. */
  callsOf(owner: number): StoredCall[] {
    return (this.#statements.callsOf.all(owner) as CallColumns[]).map(readCall);
  }

  /** Resolves once the answer is committed. */
  recordAnswer(record: AnswerRecord): Promise<void> {
    const columns = writeAnswer(record);
    return this.#writes.add(() => {
      this.#statements.addAnswer.run(columns);
      this.#lastOwner = Math.max(this.#lastOwner, record.owner);
      if (this.#totals === undefined) return;
      this.#totals.calls++;
      if (record.failed) this.#totals.failedCalls++;
    });
  }

  recordTry(owner: number, label: string, record: TryRecord): Promise<void> {
    return this.#writes.add(() => this.#addTry({ owner, label, record }));
  }

  #addTry({ owner, label, record }: MadeTry): void {
    const { startedAt, durationMs, outcome, statusCode, promptTokens, completionTokens, reason } = record;
    const { provider = '', model = '', cachedTokens, reasoningTokens } = record;
    this.#statements.addTry.run([
      owner,
      this.#numberCaller(label, provider, model),
      startedAt,
      Math.round(durationMs),
      outcome === 'ok' ? 1 : 0,
      statusCode ?? null,
      promptTokens ?? null,
      completionTokens ?? null,
      cachedTokens ?? null,
      reasoningTokens ?? null,
      reason ?? null,
    ]);
    if (this.#totals === undefined) return;
    this.#totals.tries++;
    if (outcome !== 'ok') this.#totals.failedTries++;
    this.#totals.promptTokens += promptTokens ?? 0;
    this.#totals.completionTokens += completionTokens ?? 0;
  }

  #numberCaller(label: string, provider: string, model: string): number {
    const key = JSON.stringify([label, provider, model]);
    let number = this.#callers.get(key);
    if (number === undefined) {
      number = (this.#statements.addCaller.get(label, provider, model) as { id: number }).id;
      this.#callers.set(key, number);
    }
    return number;
  }

  /** The number of rows accepted so far. */
  get acceptedCount(): number {
    return this.#acceptedCount;
  }

  /** The number of the last committed attempt, 0 before the first. */
  get lastAttempt(): number {
    return this.#lastAttempt;
  }

  /** The last attempt or input of which there is an answer, 0 before the first. */
  get lastOwner(): number {
    return this.#lastOwner;
  }

  #findLast(statement: 'lastAttempt' | 'lastOwner'): number {
    return (this.#statements[statement].get() as { number: number | null }).number ?? 0;
  }

  attempt(number: number): AttemptRecord | undefined {
    return this.#statements.getAttempt.get(number) as AttemptRecord | undefined;
  }

  /** Attempts committed after one of the given number, the newest first. */
  *newestAttempts({ after = 0 } = {}): Generator<AttemptRecord> {
    let before = Number.MAX_SAFE_INTEGER;
    for (;;) {
      const page = this.#statements.newestAttempts.all(after, before, pageSize) as AttemptRecord[];
      yield* page;
      if (page.length < pageSize) return;
      before = page.at(-1)?.number ?? 0;
    }
  }

  /** Commits attempts with everything that became of their candidates, in one transaction. @returns the latter. */
  commitAttempts(attempts: readonly FinishedAttempt[]): Promise<StoredOutcome[]> {
    return this.#commit(attempts, () => {});
  }

  /** Counts rows that were made elsewhere: all or, when the process dies on the way, none. */
  async adopt({ attempts, inputs }: Adoption): Promise<void> {
    await this.#commit(attempts, () => {
      this.inputs.adopt(inputs);
      this.#statements.setMeta.run('adopted', JSON.stringify(attempts.length));
    });
  }

  async #commit(attempts: readonly FinishedAttempt[], alongside: () => void): Promise<StoredOutcome[]> {
    const stored: StoredOutcome[] = [];
    // Before the transaction, which a value that cannot be written would undo for all who share it.
    const { written, accepted } = writeAttempts(attempts, this.#acceptedCount);
    await this.#writes.add(() => {
      for (const { number, attempt, outcomes } of written) {
        this.#statements.addAttempt.run(attempt);
        this.#lastAttempt = number;
        for (const values of outcomes) {
          const { lastInsertRowid: id } = this.#statements.addOutcome.run(values) as { lastInsertRowid: number };
          stored.push(nameOutcome(id, values));
        }
      }
      alongside();
    });
    this.#acceptedCount = accepted;
    return stored;
  }

  /** The accepted row of a given number, counted from 0. */
  acceptedRow(index: number): Json {
    const found = this.#statements.acceptedRow.get(index) as { row: string } | undefined;
    if (found === undefined) throw new RangeError(`there is no accepted row ${index}`);
    return JSON.parse(found.row) as Json;
  }

  /** The row at a place of a committed attempt, accepted or not. */
  rowAt(attempt: number, position: number): Json {
    const found = this.#statements.rowAt.get(attempt, position) as { row: string } | undefined;
    return found === undefined ? null : (JSON.parse(found.row) as Json);
  }

  /** The id of the outcome with which the given number of rows was accepted; undefined before that. */
  outcomeIdOf(acceptedCount: number): number | undefined {
    if (acceptedCount === 0) return 0;
    return (this.#statements.idOfAccepted.get(acceptedCount - 1) as { id: number } | undefined)?.id;
  }

  /** Outcomes after one id up to another, in the order of the dataset. */
  *outcomes({ after: first = 0, upTo = Number.MAX_SAFE_INTEGER } = {}): Generator<StoredOutcome> {
    let after = first;
    for (;;) {
      const page = this.#statements.outcomes.all(after, upTo, pageSize) as OutcomeColumns[];
      for (const found of page) yield readOutcome(found);
      if (page.length < pageSize) return;
      after = page.at(-1)?.id ?? upTo;
    }
  }

  /** Outcomes that are no row of the dataset, in its order. */
  *losses(): Generator<StoredOutcome> {
    let after = 0;
    for (;;) {
      const page = this.#statements.lossyAttempts.all(after, pageSize) as { number: number }[];
      for (const { number } of page) {
        for (const found of this.#statements.lossesOf.all(number) as OutcomeColumns[]) yield readOutcome(found);
      }
      if (page.length < pageSize) return;
      after = page.at(-1)?.number ?? after;
    }
  }

  /** What blocks counted in all committed attempts. */
  noteCounts(): NoteCount[] {
    let counts: NoteCount[] = [];
    let after = 0;
    for (;;) {
      const page = this.#statements.notes.all(after, pageSize) as { number: number; notes: string }[];
      counts = countNotes([...counts, ...page.flatMap(({ notes }) => JSON.parse(notes) as NoteCount[])]);
      if (page.length < pageSize) return counts;
      after = page.at(-1)?.number ?? after;
    }
  }

  /** Rows that postprocessors rejected in attempts up to one, the newest first. */
  rejectedRows(options: { upToAttempt: number; count: number }): Json[] {
    const found = this.#statements.rejectedRows.all(options.upToAttempt, options.count) as { row: string }[];
    return found.map(({ row }) => JSON.parse(row) as Json);
  }

  /** The first attempt with a row that ended as an error. */
  get firstFailedAttempt(): number | undefined {
    return (this.#statements.firstFailed.get() as { attempt: number | null }).attempt ?? undefined;
  }

  /**
   * Forgets the committed attempts after one and keeps every answer: the builder will be run again on them. What was projected
   * is forgotten too, so that every file is written anew.
   *
   * @param options.withFailures also forgets answers that are errors, so that those calls are made again.
   */
  async forgetAttempts(options: { after?: number; withFailures?: boolean } = {}): Promise<void> {
    // Rows that were made elsewhere cannot be made again.
    const after = Math.max(options.after ?? 0, this.getMeta<number>('adopted') ?? 0);
    await this.#writes.add(() => {
      if (options.withFailures === true) this.#database.exec(forgetFailures);
      this.#statements.forgetAttempts.run(after);
      this.#statements.forgetOutcomes.run(after);
      this.#statements.countForgotten.run();
      this.#database.exec(`DELETE FROM meta WHERE key IN (${projectionMarks}) OR key LIKE 'final_data-%'`);
    });
    this.#totals = undefined;
    this.#lastAttempt = this.#findLast('lastAttempt');
    this.#acceptedCount = this.#countAccepted();
  }

  #countAccepted(): number {
    return (this.#statements.countAccepted.get() as { count: number } | undefined)?.count ?? 0;
  }

  /** What was recorded so far, down to the last call. */
  totals(): CallTotals {
    this.#writes.flush();
    if (this.#totals !== undefined && !this.#writes.hasFailed) return { ...this.#totals };
    // One by one, since the database adds a field of its own to each record.
    const { calls, failedCalls } = this.#statements.callTotals.get() as CallTotals;
    const { tries, failedTries, promptTokens, completionTokens } = this.#statements.tryTotals.get() as CallTotals;
    this.#totals = { calls, failedCalls, tries, failedTries, promptTokens, completionTokens };
    return { ...this.#totals };
  }

  /** What each caller took so far, down to the last try. */
  usage(): CallerUsage[] {
    this.#writes.flush();
    return this.#statements.callerUsage.all() as CallerUsage[];
  }

  /** What attempts came to, all or those that were answered since a time; see `readMadeSince`. */
  madeSince(timeMs: number | undefined): ReturnType<typeof readMadeSince> {
    this.#writes.flush();
    return readMadeSince(this.#database, timeMs);
  }

  /** What each input took, down to the last try. */
  callStatistics(): CallStatistics {
    this.#writes.flush();
    return readCallStatistics(this.#database);
  }

  /** Looks up the requests of one attempt, or of one input, that reached a server. */
  indexTries(): (owner: number) => RecordedTry[] {
    this.#writes.flush();
    return indexTries(this.#database);
  }

  /** Takes over what the ledger of a part has recorded after a mark, and keeps under a key how far it is then. */
  async importCalls(
    file: string,
    after: ImportMark,
    keep: (mark: ImportMark) => readonly [string, Json],
  ): Promise<void> {
    // A first write prepares the file for writing, which cannot be done within the transaction.
    await this.setMeta('importing', file);
    this.#writes.flush();
    importCalls(this.#database, file, after, (mark) => {
      const [key, value] = keep(mark);
      this.#statements.setMeta.run(key, JSON.stringify(value));
    });
    this.#totals = undefined;
    this.inputs.reload();
    this.#lastOwner = this.#findLast('lastOwner');
  }

  /** Waves that are not done, with the calls in them. */
  openWaves(label: string): { id: string; handle: string | undefined; calls: Set<string> }[] {
    const waves = this.#statements.openWaves.all(label) as { id: string; handle: string | null }[];
    return waves.map(({ id, handle }) => {
      const calls = this.#statements.waveCalls.all(id) as { call: string }[];
      return { id, handle: handle ?? undefined, calls: new Set(calls.map(({ call }) => call)) };
    });
  }

  /** Records a wave before it is handed in. */
  addWave(id: string, label: string, calls: readonly string[]): Promise<void> {
    return this.#writes.add(() => {
      this.#statements.addWave.run(id, label);
      for (const call of calls) this.#statements.addWaveCall.run(id, call);
    });
  }

  confirmWave(id: string, handle: string): Promise<void> {
    return this.#writes.add(() => this.#statements.confirmWave.run(handle, id));
  }

  /** Records everything that a wave answered, what it took, and that it is done, in one transaction. */
  closeWave(id: string, answers: readonly AnswerRecord[], tries: readonly MadeTry[]): Promise<void> {
    const columns = answers.map(writeAnswer);
    return this.#writes.add(() => {
      for (const values of columns) this.#statements.addAnswer.run(...values);
      // One by one: as arguments, more answers than the stack holds would throw.
      for (const { owner } of answers) this.#lastOwner = Math.max(this.#lastOwner, owner);
      this.#statements.closeWave.run(id);
      for (const made of tries) this.#addTry(made);
      this.#totals = undefined;
    });
  }

  /** Commits what waits and gives the lock back. */
  close(): void {
    if (!this.#database.open) return;
    this.#writes.close();
    closeDatabase(this.#database);
  }
}
