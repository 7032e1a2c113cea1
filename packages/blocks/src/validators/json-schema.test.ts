import { createScriptServices } from '@dgt/core';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { JsonSchemaValidator } from './json-schema.js';

type Config = ConstructorParameters<typeof JsonSchemaValidator>[0];

const folder = mkdtempSync(join(tmpdir(), 'dgt-json-schema-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const services = { ...createScriptServices(), baseFolder: folder };

const person = {
  type: 'object',
  properties: { name: { type: 'string' }, age: { type: 'integer', minimum: 0, default: 1 } },
  required: ['name'],
  additionalProperties: false,
};

async function reasonOf(input: unknown, config: Config = { schema: person }): Promise<unknown> {
  const { reason, problems } = await detailsOf(input, config);
  return reason === 'not JSON' ? `not JSON: ${String(problems?.[0])}` : problems?.join('; ');
}

async function detailsOf(input: unknown, config: Config = { schema: person }) {
  const [row] = await new JsonSchemaValidator(config, services).run([{ input }]).toArray();
  expect(row?.is_valid).toBe(row?.metadata?.['reason'] === undefined);
  return (row?.metadata ?? {}) as { reason?: string; problems?: string[] };
}

describe('json_schema', () => {
  it('reads text as JSON and checks what it says', async () => {
    expect(await reasonOf('{"name": "Ada", "age": 36}')).toBeUndefined();
    expect(await reasonOf('{"name": "Ada", "age": -1}')).toBe('age: expected a number >= 0, got -1');
    expect(await reasonOf('{"nmae": "Ada"}')).toBe('missing "name"; unknown key "nmae" (did you mean "name"?)');
  });

  it('gives the same reason to rows with the same fault, whatever their values are', async () => {
    const faults: [unknown, string][] = [
      [{ name: 'Ada', age: -1 }, 'age: expected a number >= 0'],
      [{ name: 'Ada', age: -2, got: 1 }, 'a key that is not in the schema'],
      [{ age: 1 }, 'missing "name"'],
      [{ name: 'a, got b' }, 'nothing'],
      ['{"name":', 'not JSON'],
      ['name', 'not JSON'],
    ];
    for (const [input, reason] of faults) expect((await detailsOf(input)).reason ?? 'nothing').toBe(reason);
    const items = { type: 'array', items: { type: 'object', properties: { n: { enum: [1, 2] } } } };
    for (const input of [[{ n: 1 }, { n: 'x, got y' }], [{ n: 3 }]]) {
      expect((await detailsOf(input, { schema: items })).reason).toBe('[].n: expected one of 1, 2');
    }
  });

  it('checks a value that is no text as it is, and leaves it alone', async () => {
    const value = { name: 'Ada' };
    expect(await reasonOf(value)).toBeUndefined();
    expect(value).toEqual({ name: 'Ada' });
    expect(await reasonOf([value])).toBe('expected an object, got a list of 1');
    expect(await reasonOf(null)).toBe('expected an object, got null');
  });

  it('checks text itself when it is told not to parse', async () => {
    expect(await reasonOf('{}', { schema: { type: 'string' }, parse: false })).toBeUndefined();
    expect(await reasonOf('{}', { schema: { type: 'string' } })).toBe('expected a string, got an object');
  });

  it('says at which line and column text stops being JSON', async () => {
    expect(await reasonOf('{"name": "Ada",\n "age": 36,}')).toBe(
      'not JSON: expected a key in double quotes, found "}" (line 2, column 12)',
    );
    expect(await reasonOf('```json\n{}\n```')).toContain('found a Markdown code fence (line 1, column 1)');
  });

  it('names three problems and counts the others', async () => {
    const schema = { type: 'array', items: { type: 'integer' } };
    expect(await reasonOf('["a", "b", "c", "d", 5]', { schema })).toBe(
      '[0]: expected an integer, got "a"; [1]: expected an integer, got "b"; [2]: expected an integer, got "c"; and 1 more',
    );
  });

  it.each([
    [{ type: 'string', format: 'date' }, '2026-02-30', '2026-02-28'],
    [{ type: 'string', format: 'email' }, 'ada', 'ada@example.org'],
    [{ prefixItems: [{ type: 'integer' }], items: false }, [1, 2], [1]],
    [{ $schema: 'http://json-schema.org/draft-07/schema#', items: [{ type: 'integer' }] }, ['a'], [1, 'a']],
    [{ $ref: '#/$defs/n', $defs: { n: { const: 1 } } }, 2, 1],
    [{ $id: 'https://example.org/twice', enum: ['a'] }, 'b', 'a'],
    [
      { type: 'object', 'x-order': 1, example: {}, properties: { a: { type: 'string', nullable: true } } },
      1,
      { a: null },
    ],
  ])('honours %j', async (schema, wrong, right) => {
    expect(await reasonOf(right, { schema, parse: false })).toBeUndefined();
    expect(await reasonOf(wrong, { schema, parse: false })).toEqual(expect.any(String));
  });

  it('reads the schema from a file, which counts as part of what defines the rows', async () => {
    writeFileSync(join(folder, 'person.json'), JSON.stringify(person));
    expect(await reasonOf('{}', { schema_file: 'person.json' })).toBe('missing "name"');
    const fromFile = new JsonSchemaValidator({ schema_file: 'person.json' }, services);
    expect(fromFile.definition).toEqual(new JsonSchemaValidator({ schema: person }).definition);
  });

  it.each([
    [{}, 'expected either schema or schema_file'],
    [{ schema: {}, schema_file: 'a.json' }, 'expected either schema or schema_file'],
    [{ schema: { type: 'strnig' } }, 'schema: schema is invalid'],
    [{ schema: { minimun: 1 } }, 'schema: strict mode: unknown keyword: "minimun"'],
    [{ schema: { format: 'dat' } }, 'unknown format "dat"'],
    [{ schema: { $ref: '#/$defs/none' } }, "can't resolve reference #/$defs/none"],
    [{ schema: { $ref: 'https://example.org/other.json' } }, "can't resolve reference https://example.org/other.json"],
    [{ schema: { $schema: 'http://json-schema.org/draft-04/schema#' } }, 'is none of draft-07, 2019-09, 2020-12'],
    [{ schema_file: 'none.json' }, 'none.json: cannot be read'],
    [{ schema_file: 'broken.json' }, 'broken.json: not JSON: expected ":"'],
  ])('refuses the configuration %j', (config, problem) => {
    writeFileSync(join(folder, 'broken.json'), '{"type"}');
    expect(() => new JsonSchemaValidator(config, services)).toThrow(problem);
  });
});
