import { createRandom } from '@dgt/core';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as formatsModule from 'ajv-formats';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonSchema } from '../wish.js';
import { makeValue } from './schema-value.js';

const ajv = new Ajv2020({ strict: false });
(formatsModule.default as unknown as (ajv: Ajv2020) => void)(ajv);

const scalar = fc.oneof(
  fc.constant({ type: 'boolean' }),
  fc.constant({ type: 'null' }),
  fc.record({ type: fc.constant('string'), minLength: fc.integer({ min: 0, max: 30 }) }),
  fc.record({ type: fc.constant('string'), maxLength: fc.integer({ min: 0, max: 5 }) }),
  fc
    .constantFrom('date', 'date-time', 'time', 'email', 'uuid', 'ipv4', 'ipv6', 'hostname', 'uri', 'duration')
    .map((format) => ({ type: 'string', format })),
  fc
    .constantFrom('^[A-Z]{2}\\d{3}$', '^(yes|no)$', '[a-f0-9]+', '^\\w+@\\w+\\.com$')
    .map((pattern) => ({ type: 'string', pattern })),
  fc
    .tuple(fc.integer({ min: -50, max: 50 }), fc.nat(40))
    .map(([minimum, width]) => ({ type: 'integer', minimum, maximum: minimum + width })),
  fc
    .tuple(fc.integer({ min: -50, max: 50 }), fc.nat(40))
    .map(([low, width]) => ({ type: 'number', exclusiveMinimum: low, exclusiveMaximum: low + width + 1 })),
  fc.record({
    type: fc.constant('integer'),
    multipleOf: fc.integer({ min: 1, max: 9 }),
    maximum: fc.integer({ min: -20, max: 20 }),
  }),
  fc.record({ enum: fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 4 }) }),
  fc.record({ const: fc.jsonValue() }),
  fc.constant({ type: ['string', 'null'] }),
);

// What the validator leaves out of every schema cannot be compared with it.
const name = fc.string().filter((text) => text !== '__proto__');

const { schema } = fc.letrec<{ schema: Record<string, unknown> }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    scalar as fc.Arbitrary<Record<string, unknown>>,
    fc.record({ type: fc.constant('array'), items: tie('schema'), minItems: fc.nat(3) }),
    fc.record({ anyOf: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }) }),
    fc.tuple(fc.dictionary(name, tie('schema'), { maxKeys: 4 }), fc.boolean()).map(([properties, isClosed]) => ({
      type: 'object',
      properties,
      required: Object.keys(properties),
      additionalProperties: !isClosed,
    })),
  ),
}));

function expectFit(schema: JsonSchema, seed: string): void {
  const value = makeValue(schema, createRandom(seed));
  const fits = ajv.compile(schema as object);
  expect(fits(value), `${JSON.stringify(value)} for ${JSON.stringify(schema)}: ${ajv.errorsText(fits.errors)}`).toBe(
    true,
  );
}

describe('makeValue', () => {
  it('makes values that fit their schema', () => {
    fc.assert(fc.property(schema, fc.string(), expectFit), { numRuns: 300 });
  });

  it('makes properties that are called as something that every object has', () => {
    const properties = JSON.parse('{"__proto__": {"const": 1}, "toString": {"const": 2}}') as Record<string, unknown>;
    const object = { type: 'object', properties, required: ['__proto__', 'toString'], additionalProperties: false };
    const made = makeValue({ anyOf: [object] }, createRandom('names'));
    expect(JSON.stringify(made)).toBe('{"__proto__":1,"toString":2}');
  });

  it.each<[string, JsonSchema]>([
    [
      'a tree',
      {
        $defs: {
          node: {
            type: 'object',
            properties: { name: { type: 'string' }, children: { type: 'array', items: { $ref: '#/$defs/node' } } },
            required: ['name', 'children'],
          },
        },
        $ref: '#/$defs/node',
      },
    ],
    [
      'a list that ends with null',
      {
        type: 'object',
        properties: { value: { type: 'integer' }, next: { anyOf: [{ $ref: '#' }, { type: 'null' }] } },
        required: ['value', 'next'],
      },
    ],
    [
      'several schemas at once',
      {
        allOf: [
          { type: 'object', properties: { a: { type: 'integer', minimum: 3 } }, required: ['a'] },
          { type: 'object', properties: { a: { maximum: 4 }, b: { type: 'boolean' } }, required: ['b'] },
        ],
      },
    ],
    ['items that differ', { type: 'array', items: { enum: ['a', 'b', 'c'] }, minItems: 3, uniqueItems: true }],
    ['a tuple', { type: 'array', prefixItems: [{ type: 'integer' }, { type: 'string' }], items: false, minItems: 2 }],
    ['fields without a schema', { type: 'object', required: ['x'], minProperties: 2 }],
    ['anything', true],
  ])('makes %s', (_name, schema) => {
    for (let seed = 0; seed < 30; seed++) expectFit(schema, String(seed));
  });

  it('makes the same for the same stream', () => {
    const schema = { type: 'array', items: { type: 'string' }, minItems: 5 };
    expect(makeValue(schema, createRandom('a'))).toEqual(makeValue(schema, createRandom('a')));
    expect(makeValue(schema, createRandom('a'))).not.toEqual(makeValue(schema, createRandom('b')));
  });

  it.each<[JsonSchema, string]>([
    [false, 'nothing fits'],
    [{ type: 'integer', minimum: 3, maximum: 2 }, 'no number fits'],
    [{ $ref: '#/$defs/none' }, 'the schema has no #/$defs/none'],
    [{ $ref: 'https://example.com/x' }, 'leads out of the schema'],
    [{ type: 'array', items: { const: 1 }, minItems: 2, uniqueItems: true }, 'no 2 different items'],
    [{ type: 'object', properties: { a: { $ref: '#' } }, required: ['a'] }, 'the schema has no end'],
  ])('says why it cannot: %j', (schema, reason) => {
    expect(() => makeValue(schema, createRandom('a'))).toThrow(reason);
  });
});
