import { setOwn, type Random } from '@dgt/core';
import type { JsonSchema } from '../wish.js';
import { makeNumber } from './schema-number.js';
import { makeString } from './schema-string.js';

type Schema = Readonly<Record<string, unknown>>;

/** From here on, what is optional is left out and the shortest alternative is taken, so that recursive schemas end. */
const deepLevel = 4;
/** No schema that can be satisfied goes so deep. */
const deepestLevel = 100;

/**
 * Makes a value that fits a JSON schema, of the part of JSON Schema that structured outputs use.
 *
 * @throws Error for a schema that nothing fits, or that this cannot satisfy.
 */
export function makeValue(schema: JsonSchema, random: Random): unknown {
  return new ValueMaker(schema, random).make(schema, 0);
}

class ValueMaker {
  readonly #root: JsonSchema;
  readonly #random: Random;

  constructor(root: JsonSchema, random: Random) {
    this.#root = root;
    this.#random = random;
  }

  make(given: JsonSchema, level: number): unknown {
    if (level > deepestLevel) throw new Error('the schema has no end');
    const schema = this.#simplify(given, level);
    if ('const' in schema) return schema['const'];
    if (Array.isArray(schema['enum'])) return this.#random.choice(schema['enum'] as unknown[]);
    switch (this.#chooseType(schema)) {
      case 'null':
        return null;
      case 'boolean':
        return this.#random.integer(2) === 1;
      case 'integer':
        return makeNumber(schema, this.#random, { isInteger: true });
      case 'number':
        return makeNumber(schema, this.#random, { isInteger: false });
      case 'array':
        return this.#makeArray(schema, level);
      case 'object':
        return this.#makeObject(schema, level);
      default:
        return makeString(schema, this.#random);
    }
  }

  /** Follows references, and merges `allOf` and one alternative of `anyOf` or `oneOf` into the schema. */
  #simplify(given: JsonSchema, level: number): Schema {
    if (given === false) throw new Error('nothing fits the schema false');
    if (given === true) return {};
    const { $ref, allOf, anyOf, oneOf, ...rest } = given;
    let schema: Schema = rest;
    if (typeof $ref === 'string') schema = merge(this.#simplify(this.#resolve($ref), level + 1), schema);
    for (const part of (allOf as JsonSchema[] | undefined) ?? []) schema = merge(schema, this.#simplify(part, level));
    for (const choices of [anyOf, oneOf] as (JsonSchema[] | undefined)[]) {
      if (choices !== undefined) schema = merge(schema, this.#simplify(this.#chooseSchema(choices, level), level));
    }
    return schema;
  }

  #resolve(reference: string): JsonSchema {
    if (!reference.startsWith('#')) throw new Error(`the reference ${reference} leads out of the schema`);
    let found: unknown = this.#root;
    for (const step of reference.slice(1).split('/').slice(1)) {
      const key = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~');
      found = (found as Schema | undefined)?.[key];
    }
    if (found === undefined) throw new Error(`the schema has no ${reference}`);
    return found as JsonSchema;
  }

  #chooseSchema(choices: readonly JsonSchema[], level: number): JsonSchema {
    if (level < deepLevel) return this.#random.choice(choices);
    return choices.reduce((best, choice) => (weigh(choice) < weigh(best) ? choice : best));
  }

  #chooseType(schema: Schema): string {
    const { type } = schema;
    if (Array.isArray(type)) return this.#random.choice(type as string[]);
    if (typeof type === 'string') return type;
    if ('properties' in schema || 'required' in schema) return 'object';
    if ('items' in schema || 'prefixItems' in schema) return 'array';
    return 'minimum' in schema || 'maximum' in schema || 'multipleOf' in schema ? 'number' : 'string';
  }

  #makeArray(schema: Schema, level: number): unknown[] {
    const {
      prefixItems = [],
      items,
      uniqueItems,
    } = schema as { prefixItems?: JsonSchema[]; items?: JsonSchema; uniqueItems?: boolean };
    const least = (schema['minItems'] as number | undefined) ?? 0;
    const most = (schema['maxItems'] as number | undefined) ?? Math.max(least, prefixItems.length, 3);
    const fewest = Math.min(most, Math.max(least, prefixItems.length, level < deepLevel ? 1 : 0));
    const length = level < deepLevel ? fewest + this.#random.integer(most - fewest + 1) : fewest;
    const values: unknown[] = [];
    const seen = new Set<string>();
    // A handful of tries for each item: what has few values may not have enough that differ.
    for (let tries = 0; values.length < length && tries < length * 20; tries++) {
      const itemSchema = prefixItems[values.length] ?? items ?? true;
      if (itemSchema === false) break;
      const value = this.make(itemSchema, level + 1);
      const text = JSON.stringify(value);
      if (uniqueItems === true && seen.has(text)) continue;
      seen.add(text);
      values.push(value);
    }
    if (values.length < least) throw new Error(`no ${least} different items fit the schema`);
    return values;
  }

  #makeObject(schema: Schema, level: number): Record<string, unknown> {
    const {
      properties = {},
      required = [],
      additionalProperties = true,
    } = schema as {
      properties?: Readonly<Record<string, JsonSchema>>;
      required?: readonly string[];
      additionalProperties?: JsonSchema;
    };
    const value: Record<string, unknown> = {};
    for (const [name, property] of Object.entries(properties)) {
      if (level >= deepLevel && !required.includes(name)) continue;
      if (property !== false) setOwn(value, name, this.make(property, level + 1));
    }
    for (const name of required)
      if (!Object.hasOwn(value, name)) setOwn(value, name, this.make(additionalProperties, level + 1));
    const least = (schema['minProperties'] as number | undefined) ?? 0;
    for (let index = 0; Object.keys(value).length < least; index++) {
      value[`field_${index}`] = this.make(additionalProperties, level + 1);
    }
    return value;
  }
}

/** Both schemas at once: what a value of either must have, and the narrower of their bounds. */
function merge(one: Schema, other: Schema): Schema {
  const merged: Record<string, unknown> = { ...one, ...other };
  const properties = { ...(one['properties'] as object | undefined) } as Record<string, JsonSchema>;
  for (const [name, schema] of Object.entries((other['properties'] as Record<string, JsonSchema> | undefined) ?? {})) {
    // Not what every object has, such as `toString`.
    const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
    setOwn(properties, name, known === undefined ? schema : { allOf: [known, schema] });
  }
  if (Object.keys(properties).length > 0) merged['properties'] = properties;
  const required = [one['required'], other['required']].flatMap((names) => (names as string[] | undefined) ?? []);
  if (required.length > 0) merged['required'] = [...new Set(required)];
  for (const [name, narrower] of bounds) {
    const values = [one[name], other[name]].filter((value) => typeof value === 'number');
    if (values.length > 0) merged[name] = narrower(...values);
  }
  return merged;
}

const bounds = [
  ...['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'].map((name) => [name, Math.max] as const),
  ...['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems'].map((name) => [name, Math.min] as const),
];

/** How far a schema may lead: one with a small weight ends soon. */
function weigh(schema: JsonSchema): number {
  if (typeof schema === 'boolean') return schema ? 0 : Infinity;
  if ('$ref' in schema) return 3;
  if (schema['type'] === 'object' || schema['type'] === 'array') return 2;
  return 'anyOf' in schema || 'oneOf' in schema || 'allOf' in schema ? 2.5 : schema['type'] === 'null' ? 0 : 1;
}
