import type { Ledger } from '../ledger/ledger.js';
import { readShardUnits } from '../shards/shard-units.js';
import type { InputSource } from './input-source.js';
import { nameUnit, readUnits, type InputUnit, type UnitOptions } from './input-unit.js';

/** How an input differs from what the dataset was made of so far. */
export interface InputComparison {
  /** Units from the start that are as they were: what was made of them stands. */
  readonly same: number;
  /** Units that the dataset does not have yet. */
  readonly added: number;
  /** Units of a known unique key that hold something else now. */
  readonly edited: number;
  /** Units that stand elsewhere now. */
  readonly moved: number;
  /** Units that are no longer there. */
  readonly gone: number;
}

/** Reads an input once and compares it with the committed attempts. Holds none of it in memory. */
export async function compareInput(
  source: InputSource,
  ledger: Ledger,
  options: UnitOptions,
  signal: AbortSignal,
): Promise<InputComparison> {
  const committed = ledger.lastAttempt;
  const counts = { added: 0, edited: 0, moved: 0, kept: 0 };
  let same = 0;
  ledger.inputs.forgetMet();
  const { shard } = options;
  const units =
    shard === undefined
      ? readUnits(source.read({ signal }), options)
      : readShardUnits(source, ledger, { ...options, shard }, signal);
  for await (const unit of units) {
    if (same === unit.attempt - 1 && unit.attempt <= committed && isSame(unit, ledger)) same++;
    else counts[await compareUnit(unit, same, ledger)]++;
  }
  ledger.inputs.forgetMet();
  const { added, edited, moved, kept } = counts;
  return { same, added, edited, moved, gone: committed - same - edited - moved - kept };
}

/** In words: `2 rows new, 1 edited`; undefined when nothing that was made is touched and nothing is new. */
export function describeComparison({ added, edited, moved, gone }: InputComparison, what: string): string | undefined {
  const parts = [
    [added, 'new'],
    [edited, 'edited'],
    [moved, 'moved'],
    [gone, 'gone'],
  ].filter(([count]) => (count as number) > 0) as [number, string][];
  const [first, ...rest] = parts.map(([count, how], index) => {
    const unit = index > 0 ? '' : count === 1 ? ` ${what}` : ` ${what === 'batch' ? 'batches' : `${what}s`}`;
    return `${count}${unit} ${how}`;
  });
  return first === undefined ? undefined : [first, ...rest].join(', ');
}

function isSame(unit: InputUnit, ledger: Ledger): boolean {
  const earlier = ledger.inputs.of(unit.attempt);
  return earlier?.content.equals(unit.content) === true;
}

async function compareUnit(
  unit: InputUnit,
  same: number,
  ledger: Ledger,
): Promise<'added' | 'edited' | 'moved' | 'kept'> {
  const countSame = () =>
    ledger.inputs.countContent(unit.content, { upToAttempt: same }) + ledger.inputs.meet(unit.content);
  const key = nameUnit(unit, countSame);
  const number = ledger.inputs.find(key);
  const attempt = number === undefined ? undefined : ledger.inputs.attemptOn(number);
  if (attempt === undefined) return 'added';
  if (ledger.inputs.of(attempt)?.content.equals(unit.content) !== true) {
    // What was made elsewhere was made of what it held before.
    await ledger.inputs.disown(key);
    return 'edited';
  }
  return attempt === unit.attempt ? 'kept' : 'moved';
}
