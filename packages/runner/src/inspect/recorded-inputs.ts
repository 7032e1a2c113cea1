import { existsSync } from 'node:fs';
import { ConfigError } from '@dgt/core';
import type { StoredCall } from '../ledger/answer-columns.js';
import { Ledger } from '../ledger/ledger.js';
import type { Outcome } from '../ledger/outcome.js';
import type { RecordedTry } from '../ledger/tries-by-owner.js';
import { locateOutput } from '../output/output-files.js';

/** What a transformation made of one row, or batch, of its input. */
export interface RecordedInput {
  /** Its place in the input, from 1. */
  readonly number: number;
  /** What became of it, in the order of the dataset. */
  readonly outcomes: readonly Pick<Outcome, 'kind' | 'row' | 'detail'>[];
  /** Every answer, also to earlier versions of a prompt, in the order in which they came. */
  readonly calls: readonly StoredCall[];
  /** Every request that reached a server. */
  readonly tries: readonly RecordedTry[];
}

/**
 * Reads what a transformation that has ended made of each row of its input, in the order of the input.
 *
 * @param folder the output folder of the task.
 * @throws {@link ConfigError} DGT_INSPECT_NO_LEDGER; {@link RunError} DGT_RUN_LOCKED, DGT_LEDGER_UNUSABLE
 */
export function* readRecordedInputs(folder: string): Generator<RecordedInput> {
  const files = locateOutput(folder, '');
  if (!existsSync(files.ledger)) throw new ConfigError('DGT_INSPECT_NO_LEDGER', { folder });
  const ledger = Ledger.open(files.ledger);
  try {
    const triesOf = ledger.indexTries();
    for (const { number, outcomes } of groupByAttempt(ledger)) {
      const owner = ledger.inputs.of(number)?.number ?? number;
      yield { number, outcomes, calls: ledger.callsOf(owner), tries: triesOf(owner) };
    }
  } finally {
    ledger.close();
  }
}

function* groupByAttempt(ledger: Ledger): Generator<{ number: number; outcomes: Outcome[] }> {
  let group: { number: number; outcomes: Outcome[] } | undefined;
  for (const outcome of ledger.outcomes()) {
    if (group?.number === outcome.attempt) group.outcomes.push(outcome);
    else {
      if (group !== undefined) yield group;
      group = { number: outcome.attempt, outcomes: [outcome] };
    }
  }
  if (group !== undefined) yield group;
}
