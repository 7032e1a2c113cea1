import { describe, expect, it } from 'vitest';
import { Type } from '@dgt/core';
import { JsonGrammars, toGrammarSchema } from './json-grammar.js';
import { loadRuntime } from './runtime.js';

describe('toGrammarSchema', () => {
  it('writes the alternatives of a union as llama.cpp grammars know them', () => {
    const union = Type.Object({ kind: Type.Union([Type.Literal('a'), Type.Array(Type.Integer())]) });
    expect(toGrammarSchema(structuredClone(union))).toEqual({
      type: 'object',
      required: ['kind'],
      properties: {
        kind: {
          oneOf: [
            { const: 'a', type: 'string' },
            { type: 'array', items: { type: 'integer' } },
          ],
        },
      },
    });
  });

  it('takes a schema that says nothing for any value, not for null', () => {
    const { oneOf } = toGrammarSchema({}) as { oneOf: unknown[] };
    expect(oneOf).toHaveLength(3);
    expect(toGrammarSchema({ type: 'object' })).toEqual({ type: 'object', additionalProperties: true });
  });

  it('splits a list of types, of which llama.cpp grammars would only keep the last that is simple', () => {
    const schema = { type: ['object', 'null'], properties: { name: { type: 'string' } } };
    const { oneOf } = toGrammarSchema(schema) as { oneOf: unknown[] };
    expect(oneOf).toEqual([
      { ...schema, type: 'object' },
      { ...schema, type: 'null' },
    ]);
  });

  it('finds shared definitions under their old name', () => {
    const schema = { definitions: { place: { type: 'string' } }, $ref: '#/definitions/place' };
    expect(toGrammarSchema(schema)).toEqual({ $defs: { place: { type: 'string' } }, $ref: '#/$defs/place' });
  });
});

describe('JsonGrammars', () => {
  it('makes a grammar once for each format', async () => {
    const grammars = new JsonGrammars(await loadRuntime(false));
    const schema = { type: 'object', properties: { name: { type: 'string' } } };
    const format = { type: 'json_schema', json_schema: { name: 'named', schema } } as const;
    const grammar = await grammars.get(format);
    expect(grammar.grammar).toContain('name');
    expect(await grammars.get(structuredClone(format))).toBe(grammar);
    expect(await grammars.get({ type: 'json_object' })).not.toBe(grammar);
  });

  it('says which schema cannot be made a grammar of', async () => {
    const grammars = new JsonGrammars(await loadRuntime(false));
    const schema = { enum: [{ nested: 'constants are not written' }] };
    const made = grammars.get({ type: 'json_schema', json_schema: { name: 'odd', schema } });
    await expect(made).rejects.toMatchObject({
      code: 'DGT_BLOCK_CONFIG',
      message: expect.stringContaining('"odd"') as string,
    });
  });
});
