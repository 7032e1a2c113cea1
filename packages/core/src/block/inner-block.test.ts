import { expect, it } from 'vitest';
import { Type } from '../schema.js';
import { findInnerBlocks, innerBlock } from './inner-block.js';

it('finds the fields that hold other blocks, optional or of a type of their own', () => {
  const fields = {
    plain: Type.Object({ type: Type.String() }),
    judge: Type.Optional(innerBlock('language model')),
    embedder: Type.Optional(Type.Unsafe<{ type: string }>(innerBlock('embedding model'))),
  };
  expect(findInnerBlocks(fields)).toEqual([
    { field: 'judge', family: 'language model' },
    { field: 'embedder', family: 'embedding model' },
  ]);
});
