import type { Json } from '@dgt/core';
import type { GroupCommit } from './group-commit.js';
import type { AdoptedInput, InputRecord } from './records.js';
import type { prepareStatements } from './statements.js';

/** The inputs of a transformation as its ledger knows them: each has a number for life, by a key that names what it is. */
export class InputBook {
  readonly #statements: ReturnType<typeof prepareStatements>;
  readonly #writes: GroupCommit;
  /** Inputs whose number is not committed yet. */
  readonly #fresh = new Map<string, number>();
  #last = 0;
  #hasAdopted = false;

  constructor(statements: ReturnType<typeof prepareStatements>, writes: GroupCommit) {
    this.#statements = statements;
    this.#writes = writes;
    this.reload();
  }

  /** Looks again at what others have written into the ledger. */
  reload(): void {
    this.#last = (this.#statements.lastInput.get() as { number: number | null }).number ?? 0;
    this.#hasAdopted = this.#statements.anyAdopted.get() !== undefined;
  }

  /** The number of an input, the same for the same key for the life of the dataset. */
  number(key: Buffer): number {
    const found = this.find(key);
    if (found !== undefined) return found;
    const name = key.toString('latin1');
    const waiting = this.#fresh.get(name);
    if (waiting !== undefined) return waiting;
    const number = ++this.#last;
    this.#fresh.set(name, number);
    // Before any call of the input: writes keep their order.
    const added = this.#writes.add(() => this.#statements.addInput.run(number, key));
    added.then(
      () => this.#fresh.delete(name),
      () => {},
    );
    return number;
  }

  /** The number of an input that an earlier run met; undefined for a new one. */
  find(key: Buffer): number | undefined {
    // In a list, since the driver takes a lone object for named parameters, and ends the process over one that is not.
    return (this.#statements.findInput.get([key]) as { number: number } | undefined)?.number;
  }

  /** What a committed attempt worked on. */
  of(attempt: number): InputRecord | undefined {
    const found = this.#statements.inputOf.get(attempt) as { number: number; content: ArrayBuffer } | undefined;
    return found && { number: found.number, content: Buffer.from(found.content) };
  }

  /** The committed attempt that worked on an input; undefined when none did. */
  attemptOn(input: number): number | undefined {
    return (this.#statements.attemptOn.get(input) as { number: number } | undefined)?.number;
  }

  /** Keeps rows that were made elsewhere; to be called within a transaction. */
  adopt(inputs: readonly AdoptedInput[]): void {
    for (const { key, rows } of inputs) this.#statements.addAdopted.run(key, JSON.stringify(rows));
    this.#hasAdopted ||= inputs.length > 0;
  }

  /** Whether there are rows that were made elsewhere. */
  get hasAdopted(): boolean {
    return this.#hasAdopted;
  }

  /** Forgets rows that were made elsewhere of an input that holds something else now. */
  async disown(key: Buffer): Promise<void> {
    if (this.adopted(key) !== undefined) await this.#writes.add(() => this.#statements.removeAdopted.run([key]));
  }

  /** Rows that were made elsewhere of an input; undefined for most. */
  adopted(key: Buffer): Json[] | undefined {
    if (!this.#hasAdopted) return undefined;
    const found = this.#statements.findAdopted.get([key]) as { rows: string } | undefined;
    return found && (JSON.parse(found.rows) as Json[]);
  }

  /** How many committed attempts worked on inputs that hold the same. */
  countContent(content: Buffer, { upToAttempt = Number.MAX_SAFE_INTEGER } = {}): number {
    return (this.#statements.countContent.get(content, upToAttempt) as { count: number }).count;
  }

  /** Counts how often the same content was met since {@link forgetMet}, this time left out; on disk where it is much. */
  meet(content: Buffer): number {
    // All rows of the answer are read, since a statement that is left in the middle stays open.
    const [met] = this.#statements.meet.all([content]) as { count: number }[];
    return (met as { count: number }).count - 1;
  }

  forgetMet(): void {
    this.#statements.forgetMet.run();
  }
}
