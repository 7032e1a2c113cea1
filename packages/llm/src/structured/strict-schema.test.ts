import { Type, type Json } from '@dgt/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileJsonSchema } from './compile-json-schema.js';
import { toStrictSchema } from './strict-schema.js';

const plain = (schema: unknown) => JSON.parse(JSON.stringify(schema)) as Json;
const text = { type: 'string' };
const object = (properties: object, more: object = {}) =>
  plain({ type: 'object', properties, required: Object.keys(properties), ...more });

describe('the strict form of a schema', () => {
  it('forbids further keys at every depth', () => {
    const schema = object({ river: object({ name: text }), forks: { type: 'array', items: object({ km: text }) } });
    expect(toStrictSchema(schema)).toEqual({
      loosened: false,
      schema: object(
        {
          river: object({ name: text }, { additionalProperties: false }),
          forks: { type: 'array', items: object({ km: text }, { additionalProperties: false }) },
        },
        { additionalProperties: false },
      ),
    });
  });

  it('keeps references, alternatives and constants', () => {
    const schema = object(
      { next: { anyOf: [{ $ref: '#/$defs/step' }, { type: 'null' }] }, kind: { const: 'x' } },
      {
        $defs: { step: object({ kind: { enum: ['a', 'b'] } }) },
        $schema: 'https://json-schema.org/draft/2020-12/schema',
      },
    );
    expect(toStrictSchema(schema)).toEqual({
      loosened: false,
      schema: object(
        { next: { anyOf: [{ $ref: '#/$defs/step' }, { type: 'null' }] }, kind: { const: 'x' } },
        {
          $defs: { step: object({ kind: { enum: ['a', 'b'] } }, { additionalProperties: false }) },
          additionalProperties: false,
        },
      ),
    });
  });

  it('says when it left limits out', () => {
    expect(toStrictSchema(object({ a: { ...text, minLength: 1 } }))).toMatchObject({
      loosened: true,
      schema: { properties: { a: text } },
    });
    expect(toStrictSchema(object({ a: { ...text, format: 'iri' } }))).toMatchObject({ loosened: true });
    expect(toStrictSchema(object({ a: { ...text, format: 'date' } }))).toMatchObject({ loosened: false });
  });

  it('leaves out what another API does not take', () => {
    const schema = object({ a: { type: 'integer', minimum: 2, description: 'a number' } });
    expect(toStrictSchema(schema, new Set(['minimum']))).toMatchObject({
      loosened: true,
      schema: { properties: { a: { type: 'integer', description: 'a number' } } },
    });
    expect(toStrictSchema(schema, new Set(['minimum']))).not.toHaveProperty('schema.properties.a.minimum');
  });

  it('does not touch what was given', () => {
    const schema = object({ a: { ...text, minLength: 1 } });
    const before = plain(schema);
    toStrictSchema(schema);
    expect(schema).toEqual(before);
  });

  it.each([
    ['an optional key', plain(Type.Object({ a: Type.String(), b: Type.Optional(Type.String()) }))],
    ['further keys of any name', object({ a: text }, { additionalProperties: true })],
    ['an object of any keys', object({ a: { type: 'object' } })],
    ['a value of any kind', object({ a: {} })],
    ['a combination', object({ a: { allOf: [text, { minLength: 1 }] } })],
    ['patterns of keys', object({ a: text }, { patternProperties: { '^x': text } })],
    ['a list at the top', plain({ type: 'array', items: text })],
    ['an alternative at the top', plain({ anyOf: [object({ a: text }), object({ b: text })] })],
    ['a tuple', object({ a: { type: 'array', prefixItems: [text] } })],
  ])('is not there for %s', (_name, schema) => {
    expect(toStrictSchema(schema)).toBeUndefined();
  });

  it('allows nothing that the schema forbids, but for limits that it says were left out', () => {
    const leaf = fc.constantFrom<object>(
      text,
      { type: 'integer', minimum: 2 },
      { type: ['number', 'null'] },
      { enum: [1, 'a'] },
    );
    const { schema } = fc.letrec<{ schema: object; object: object }>((tie) => ({
      object: fc
        .dictionary(fc.constantFrom('a', 'b', 'c'), tie('schema'), { maxKeys: 3 })
        .map((keys) => object(keys) as object),
      schema: fc.oneof(
        { maxDepth: 3 },
        leaf,
        tie('object'),
        tie('schema').map((items) => ({ type: 'array', items })),
        fc.array(tie('schema'), { minLength: 1, maxLength: 2 }).map((anyOf) => ({ anyOf })),
      ),
    }));
    const values = fc.jsonValue({ maxDepth: 3 });
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('a', 'b'), schema), values, values, (properties, a, b) => {
        const given = object(properties);
        const strict = toStrictSchema(given);
        expect(strict?.loosened).toBe(false);
        for (const value of [{ a, b }, { a }, a]) {
          if (compileJsonSchema(strict?.schema)(value).length === 0)
            expect(compileJsonSchema(given)(value)).toEqual([]);
        }
      }),
      { numRuns: 40 },
    );
  });
});
