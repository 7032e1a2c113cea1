import type { Json } from '@dgt/core';

/** A schema in the form that OpenAI calls strict, and Anthropic wants too. */
export interface StrictSchema {
  readonly schema: Json;
  /** Whether limits that strict mode has no words for (`minLength`, `default`) were left out: answers may break them. */
  readonly loosened: boolean;
}

/**
 * Rewrites a schema for OpenAI's strict mode, in which every answer fits: objects without further keys, every key required.
 *
 * @param unknownLimits what the API does not take either, of what OpenAI does.
 * @returns undefined where that would change what an answer may say: a key that is optional, an object of any keys, a
 *   combination (`allOf`, `oneOf`, `not`, `if`) that strict mode does not have.
 */
export function toStrictSchema(schema: Json, unknownLimits: ReadonlySet<string> = none): StrictSchema | undefined {
  const left: Left = { out: false, unknownLimits };
  try {
    const strict = rewrite(schema, left) as Schema;
    // Strict mode takes an object at the top alone.
    return strict['type'] === 'object' ? { schema: strict, loosened: left.out } : undefined;
  } catch (error) {
    if (error instanceof NotStrict) return undefined;
    throw error;
  }
}

type Schema = { readonly [keyword: string]: Json | undefined };

class NotStrict extends Error {}

/** What is left out of a schema. */
interface Left {
  /** Whether anything is. */
  out: boolean;
  readonly unknownLimits: ReadonlySet<string>;
}

const none: ReadonlySet<string> = new Set();

/** What strict mode takes as it stands. */
const kept = listWords(
  'type enum const $ref title description required pattern format multipleOf minItems maxItems',
  'minimum maximum exclusiveMinimum exclusiveMaximum',
);

/** What strict mode does not take, and answers are checked against on our side. */
const limits = listWords(
  'format minLength maxLength uniqueItems minProperties maxProperties contentEncoding contentMediaType',
);

/** What strict mode does not take, and says nothing about answers. */
const annotations = listWords('$schema $id $comment default examples example deprecated readOnly writeOnly');

/** The formats that strict mode knows. */
const formats = listWords('date-time time date duration email hostname ipv4 ipv6 uuid');

function rewrite(schema: Json | undefined, left: Left): Json {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) throw new NotStrict();
  const given = schema as Schema;
  const written: Record<string, Json | undefined> = {};
  for (const [keyword, value] of Object.entries(given)) {
    const isKnown =
      kept.has(keyword) && !left.unknownLimits.has(keyword) && (keyword !== 'format' || formats.has(value as string));
    if (isKnown) written[keyword] = value;
    else if (keyword === 'properties' || keyword === '$defs' || keyword === 'definitions') {
      written[keyword] = rewriteEach(value as Schema, left);
    } else if (keyword === 'anyOf')
      written[keyword] = (value as readonly Json[]).map((branch) => rewrite(branch, left));
    else if (keyword === 'items') written[keyword] = rewrite(value, left);
    else if (limits.has(keyword) || left.unknownLimits.has(keyword)) left.out = true;
    else if (!annotations.has(keyword) && keyword !== 'additionalProperties') throw new NotStrict();
  }
  if ([given['type']].flat().includes('object') || given['properties'] !== undefined) closeObject(given, written);
  else if (!says(given)) throw new NotStrict();
  return written;
}

function rewriteEach(schemas: Schema, left: Left): Json {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, rewrite(schema, left)]));
}

/** A key that the schema does not name says nothing to its reader, so that none is lost by forbidding it. */
function closeObject(given: Schema, written: Record<string, Json | undefined>): void {
  const {
    properties,
    required = [],
    additionalProperties = false,
  } = given as {
    properties?: Schema;
    required?: readonly string[];
    additionalProperties?: Json;
  };
  const keys = Object.keys(properties ?? {});
  const isOpen = additionalProperties !== false || properties === undefined;
  if (isOpen || keys.some((key) => !required.includes(key)) || required.some((key) => !keys.includes(key))) {
    throw new NotStrict();
  }
  written['type'] ??= 'object';
  written['additionalProperties'] = false;
}

function says(schema: Schema): boolean {
  return ['type', 'enum', 'const', 'anyOf', '$ref'].some((keyword) => schema[keyword] !== undefined);
}

function listWords(...lines: readonly string[]): ReadonlySet<string> {
  return new Set(lines.flatMap((line) => line.split(' ')));
}
