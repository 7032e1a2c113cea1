import { compileSchema, ConfigError, Type } from '@dgt/core';
import type { Json, ResponseFormat, TSchema } from '@dgt/core';
import { compileJsonSchema, type JsonSchemaCheck } from './compile-json-schema.js';

/** The shape that answers must have, however it was given. */
export interface AnswerShape {
  /** As a request says it; undefined where the model is told nothing of it. */
  readonly format: ResponseFormat | undefined;
  /** What it is called in errors: the name of a data point, or of a schema. */
  readonly name: string;
  /** Fills in, in place, the defaults of a data point or of a TypeBox schema; undefined where any value will do. */
  readonly check: JsonSchemaCheck | undefined;
}

/**
 * Reads a `response_format`: the class of a data point, a schema made by `Type`, any other JSON Schema, what OpenAI takes
 * (`{ type: 'json_object' }`, `{ type: 'json_schema', json_schema: { name, schema } }`), or `{ type: 'json' }`: any JSON, of which
 * the model is told nothing, since its prompt asks for it.
 *
 * @throws {@link ConfigError} DGT_BLOCK_CONFIG for what is none of these, or no schema that can be used.
 */
export function readShape(given: unknown, block: string): AnswerShape {
  if ((typeof given !== 'object' && typeof given !== 'function') || given === null || Array.isArray(given)) {
    throw shapeError(block, `expected a schema, got ${JSON.stringify(given) ?? 'nothing'}`);
  }
  let shape = known.get(given);
  if (shape === undefined) {
    shape = typeof given === 'function' ? fromClass(given, block) : fromObject(given, block);
    known.set(given, shape);
  }
  return shape;
}

const known = new WeakMap<object, AnswerShape>();

/** Schemas that are written anew for each row are compiled once. */
const byText = new Map<string, AnswerShape>();
const mostTexts = 256;

function fromClass(given: object, block: string): AnswerShape {
  const { schema, name } = given as { schema?: unknown; name: string };
  if (!isTypeBox(schema)) throw shapeError(block, `the class ${name} is no data point`);
  return fromTypeBox(schema, name);
}

function fromObject(given: object, block: string): AnswerShape {
  if (isTypeBox(given)) return fromTypeBox(given, given.title);
  const text = JSON.stringify(given);
  let shape = byText.get(text);
  if (shape === undefined) {
    shape = fromJson(JSON.parse(text) as Readonly<Record<string, Json>>, block);
    if (byText.size >= mostTexts) byText.clear();
    byText.set(text, shape);
  }
  return shape;
}

function fromTypeBox(schema: TSchema, name: string | undefined): AnswerShape {
  const { check } = bindCheck(schema);
  const plain = JSON.parse(JSON.stringify(schema)) as Json;
  const cleanName = toName(name);
  return { format: { type: 'json_schema', json_schema: { name: cleanName, schema: plain } }, name: cleanName, check };
}

function fromJson(given: Readonly<Record<string, Json>>, block: string): AnswerShape {
  if (given['type'] === 'json') return { format: undefined, name: 'JSON value', check: undefined };
  if (given['type'] === 'json_object') {
    return { format: { type: 'json_object' }, name: 'JSON object', check: bindCheck(anyObject).check };
  }
  if (given['type'] !== 'json_schema') {
    const name = toName(given['title']);
    return {
      format: { type: 'json_schema', json_schema: { name, schema: given } },
      name,
      check: compile(given, block),
    };
  }
  const { name: givenName, schema, ...rest } = (given['json_schema'] ?? {}) as { name?: Json; schema?: Json };
  if (schema === undefined) throw shapeError(block, 'json_schema: missing "schema"');
  const name = toName(givenName);
  return {
    format: { type: 'json_schema', json_schema: { ...rest, name, schema } },
    name,
    check: compile(schema, block),
  };
}

const anyObject = Type.Object({}, { additionalProperties: true });

function bindCheck(schema: TSchema): { check: JsonSchemaCheck } {
  const compiled = compileSchema(schema);
  return { check: (value) => compiled.check(value) };
}

function compile(schema: Json, block: string): JsonSchemaCheck {
  try {
    return compileJsonSchema(schema);
  } catch (error) {
    throw shapeError(block, (error as Error).message, error);
  }
}

function isTypeBox(value: unknown): value is TSchema {
  return typeof value === 'object' && value !== null && Symbol.for('TypeBox.Kind') in value;
}

/** OpenAI takes no other characters. */
function toName(name: unknown): string {
  const clean = typeof name === 'string' ? name.replaceAll(/[^\w-]+/g, '_').slice(0, 64) : '';
  return clean === '' ? 'answer' : clean;
}

function shapeError(block: string, problem: string, cause?: unknown): ConfigError {
  return new ConfigError('DGT_BLOCK_CONFIG', { block, problems: `response_format: ${problem}` }, { cause });
}
