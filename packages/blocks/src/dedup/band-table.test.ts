import { createRandom } from '@dgt/core';
import { describe, expect, it } from 'vitest';
import { BandTable } from './band-table.js';

describe('the table of bands', () => {
  it('visits each entry that shares a key in the same band once, however many entries there are', () => {
    const random = createRandom('bands');
    const bands = 3;
    // Few keys, some with the same low bits, so that many entries and chains meet.
    const drawKeys = () => Uint32Array.from({ length: bands }, () => random.integer(400) * 4096);
    const table = new BandTable(bands);
    const entries = Array.from({ length: 2500 }, drawKeys);
    for (const keys of entries) table.add(keys);
    for (const keys of [...entries.slice(0, 50), ...Array.from({ length: 50 }, drawKeys)]) {
      const visited: number[] = [];
      table.visit(keys, (entry) => visited.push(entry));
      const sharing = entries.flatMap((other, entry) => (other.some((key, band) => key === keys[band]) ? [entry] : []));
      expect(visited.sort((one, other) => one - other)).toEqual(sharing);
    }
  });
});
