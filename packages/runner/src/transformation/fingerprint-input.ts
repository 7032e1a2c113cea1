import type { Json } from '@dgt/core';
import type { InputSource } from './input-source.js';
import type { UnitOptions } from './input-unit.js';

/** What an input says of itself, from which it is known that it is the same as before; null where it cannot tell. */
export async function fingerprintInput(input: InputSource, { size }: Pick<UnitOptions, 'size'>): Promise<Json> {
  const content = await input.fingerprint();
  // Attempts count rows or batches of a size, so another size is another input.
  return content === undefined ? null : { content, size };
}
