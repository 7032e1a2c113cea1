import type Database from 'libsql';
import { describeWriteFailure, startWriting } from './database.js';

/** Writes that wait for the next commit at the most. */
const groupSize = 64;

interface Pending {
  write(): void;
  resolve(): void;
  reject(error: Error): void;
}

/**
 * Commits writes in groups: one transaction a turn of the event loop, or {@link groupSize} writes. A write's promise
 * resolves once its transaction is committed. After a failed commit nothing is written any more, so that what is on disk
 * stays a prefix of what happened.
 */
export class GroupCommit {
  readonly #database: Database.Database;
  readonly #file: string;
  #pending: Pending[] = [];
  #scheduled: NodeJS.Immediate | undefined;
  #failure: Error | undefined;
  #closed = false;
  #writing = false;

  constructor(database: Database.Database, file: string) {
    this.#database = database;
    this.#file = file;
  }

  /** Runs `write` inside of the next transaction. Writes run in the order in which they were given. */
  add(write: () => void): Promise<void> {
    // A call that ends after its run has nobody left to tell.
    if (this.#closed) return new Promise(() => {});
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#pending.push({ write, resolve, reject });
      if (this.#pending.length >= groupSize) this.flush();
      else this.#scheduled ??= setImmediate(() => this.flush());
    });
  }

  /** Whether what was given may not be on disk. */
  get hasFailed(): boolean {
    return this.#failure !== undefined;
  }

  /** Commits what waits and takes no more. */
  close(): void {
    this.flush();
    this.#closed = true;
  }

  /** Commits what waits, now. */
  flush(): void {
    clearImmediate(this.#scheduled);
    this.#scheduled = undefined;
    const group = this.#pending;
    if (group.length === 0) return;
    this.#pending = [];
    try {
      if (!this.#writing) startWriting(this.#database);
      this.#writing = true;
      this.#database.exec('BEGIN');
      for (const { write } of group) write();
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#failure = describeWriteFailure(error, this.#file);
      if (this.#database.inTransaction) this.#database.exec('ROLLBACK');
      for (const { reject } of group) reject(this.#failure);
      return;
    }
    for (const { resolve } of group) resolve();
  }
}
