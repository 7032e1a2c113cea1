import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { packEmbedding, unpackEmbedding } from './embedding-client.js';

it('packs embeddings without loss of what 32-bit floats hold', () => {
  fc.assert(
    fc.property(fc.array(fc.float({ noNaN: true })), (embedding) => {
      expect(unpackEmbedding(packEmbedding(embedding))).toEqual(embedding);
    }),
  );
  expect(packEmbedding([1, -2])).toBe('AACAPwAAAMA=');
});
