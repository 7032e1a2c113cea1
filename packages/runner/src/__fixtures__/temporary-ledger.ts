import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ledger } from '../ledger/ledger.js';
import type { AnswerRecord } from '../ledger/records.js';
import type { Outcome } from '../ledger/outcome.js';
import { locateOutput, type OutputFiles } from '../output/output-files.js';

/** A ledger in a temporary folder of its own, which can be closed and opened again. */
export class TemporaryLedger implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'dgt-ledger-'));
  readonly files: OutputFiles = { ...locateOutput(this.folder, '.'), folder: this.folder };
  #ledger: Ledger | undefined;

  /** The ledger, opened when it is not. */
  get ledger(): Ledger {
    return (this.#ledger ??= Ledger.open(this.files.ledger));
  }

  /** Closes the ledger and opens it again, as the next run would. */
  reopen(): Ledger {
    this.close();
    return this.ledger;
  }

  close(): void {
    this.#ledger?.close();
    this.#ledger = undefined;
  }

  [Symbol.dispose](): void {
    this.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** An answered call; what a test does not say is the same for all. */
export function answerRecord(record: Partial<AnswerRecord> = {}): AnswerRecord {
  return {
    owner: 1,
    lane: '1.0',
    call: 0,
    hash: Buffer.alloc(16, 7),
    label: 'generator',
    failed: false,
    answer: 'yes',
    request: undefined,
    answeredAt: 1000,
    ...record,
  };
}

/** The row of an attempt that passed every stage. */
export function acceptedOutcome(attempt: number, position: number, row: Outcome['row']): Outcome {
  return { attempt, position, kind: 'accepted', row, detail: {} };
}
