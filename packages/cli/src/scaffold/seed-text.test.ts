import { compileSchema, dataPoint, Type } from '@dgt/core';
import { describe, expect, it } from 'vitest';
import { inventRecord, writeSeeds } from './seed-text.js';

class Everything extends dataPoint({
  text: Type.String(),
  count: Type.Integer({ minimum: 5 }),
  share: Type.Number(),
  is_true: Type.Boolean(),
  kind: Type.Union([Type.Literal('a'), Type.Literal('b')]),
  tags: Type.Array(Type.String()),
  author: Type.Object({ name: Type.String(), age: Type.Optional(Type.Integer()) }),
  optional: Type.Optional(Type.String()),
}) {}

describe('an invented example', () => {
  it('has a value of the right type for each required field', () => {
    for (const number of [1, 2]) {
      const record = inventRecord(Everything, number);
      expect(compileSchema(Everything.schema).check(record)).toEqual([]);
      expect(record).not.toHaveProperty('optional');
    }
    expect(inventRecord(Everything, 2)['text']).toBe('example 2 of text');
  });
});

describe('examples as YAML', () => {
  it('are entries of a list, with text that YAML takes for text', () => {
    const text = writeSeeds([{ question: 'yes: "no" # or\nnot', 'odd key': [1, null] }, { question: 'x' }]);
    expect(text).toBe('  - question: "yes: \\"no\\" # or\\nnot"\n    "odd key": [1,null]\n  - question: "x"');
  });
});
