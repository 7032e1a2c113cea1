import { createHash } from 'node:crypto';
import type { Json } from '@dgt/core';
import type { Ledger } from '../ledger/ledger.js';
import type { InputSource } from '../transformation/input-source.js';
import { readUnits, type InputUnit, type UnitOptions } from '../transformation/input-unit.js';
import type { Shard } from './shard.js';

/** What a shard has seen of the whole input, once it has read it to its end. */
export type ScannedInput = {
  /** Units of the whole input. */
  readonly units: number;
  /** The hash of all that they hold, in their order. */
  readonly digest: string;
  /** What the source said of itself then; null where it cannot tell. */
  readonly fingerprint: Json;
};

/** The key under which a ledger keeps the {@link ScannedInput}. */
export const scannedKey = 'shard_input';

/**
 * Gives the units of one part of an input, in their order. It reads all of the input: how often the same content stood before
 * a row is part of the row's name, wherever in the input that was.
 */
export async function* readShardUnits(
  source: InputSource,
  ledger: Ledger,
  options: UnitOptions & { readonly shard: Shard },
  signal: AbortSignal,
): AsyncGenerator<InputUnit> {
  const { shard, uniqueKey } = options;
  const digest = createHash('sha256');
  let units = 0;
  let attempt = 0;
  ledger.inputs.forgetMet();
  for await (const unit of readUnits(source.read({ signal }), options)) {
    units++;
    digest.update(unit.content);
    const earlier = uniqueKey === undefined ? ledger.inputs.meet(unit.content) : 0;
    if (shard.has(unit.position)) yield { ...unit, attempt: ++attempt, earlier };
  }
  ledger.inputs.forgetMet();
  const fingerprint = ledger.getMeta<Json>('input') ?? null;
  await ledger.setMeta(scannedKey, { units, digest: digest.digest('hex').slice(0, 32), fingerprint });
}

/** Keeps what the input says of itself now, once all of it was read and compared: it need not be read again. */
export async function keepFingerprint(ledger: Ledger, fingerprint: Json): Promise<void> {
  const scanned = ledger.getMeta<ScannedInput>(scannedKey);
  if (scanned !== undefined) await ledger.setMeta(scannedKey, { ...scanned, fingerprint });
}

/** Whether a ledger holds all units of its part, which can be told without reading an input that says that it is the same. */
export function isFinished(ledger: Ledger, shard: Shard): boolean {
  const scanned = ledger.getMeta<ScannedInput>(scannedKey);
  const fingerprint = ledger.getMeta<Json>('input') ?? null;
  if (scanned === undefined || fingerprint === null) return false;
  const isSame = JSON.stringify(scanned.fingerprint) === JSON.stringify(fingerprint);
  return isSame && ledger.lastAttempt === shard.count(scanned.units);
}
