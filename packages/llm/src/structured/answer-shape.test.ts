import { dataPoint, Type } from '@dgt/core';
import { describe, expect, it } from 'vitest';
import { readShape } from './answer-shape.js';

class Capital extends dataPoint({ city: Type.String(), size: Type.Integer({ default: 1 }) }) {}

const schema = { type: 'object', properties: { day: { type: 'string', format: 'date' } }, required: ['day'] };

describe('a response_format', () => {
  it('may be the class of a data point, named after it, whose defaults it fills in', () => {
    const { format, check } = readShape(Capital, 'generator');
    expect(format).toMatchObject({
      type: 'json_schema',
      json_schema: {
        name: 'Capital',
        schema: { type: 'object', additionalProperties: false, required: ['city', 'size'] },
      },
    });
    const value = { city: 'Lima' };
    expect(check?.(value)).toEqual([]);
    expect(new Capital(value as never)).toMatchObject({ city: 'Lima', size: 1 });
    expect(check?.({ city: 'Lima', size: 1, more: 1 })).not.toEqual([]);
  });

  it('may be a schema made by Type, or any JSON Schema, named after its title', () => {
    const made = readShape(Type.Object({ city: Type.String() }, { title: 'A city!' }), 'generator');
    expect(made.format).toMatchObject({ json_schema: { name: 'A_city_' } });
    expect(made.check?.({})).not.toEqual([]);
    const written = readShape(schema, 'generator');
    expect(written.format).toEqual({ type: 'json_schema', json_schema: { name: 'answer', schema } });
    expect(written.check?.({ day: '2024-02-30' })).not.toEqual([]);
    expect(written.check?.({ day: '2024-02-29' })).toEqual([]);
  });

  it('may be what OpenAI takes', () => {
    const format = { type: 'json_schema', json_schema: { name: 'day', strict: false, schema } };
    expect(readShape(format, 'generator').format).toEqual(format);
    const object = readShape({ type: 'json_object' }, 'generator');
    expect(object.format).toEqual({ type: 'json_object' });
    expect(object.check?.({ any: 1 })).toEqual([]);
    expect(object.check?.([1])).not.toEqual([]);
  });

  it('may be any JSON, of which the model is told nothing', () => {
    expect(readShape({ type: 'json' }, 'generator')).toEqual({
      name: 'JSON value',
      format: undefined,
      check: undefined,
    });
  });

  it('is compiled once, also when it is written anew for each row', () => {
    expect(readShape(structuredClone(schema), 'a')).toBe(readShape(structuredClone(schema), 'b'));
    expect(readShape(Capital, 'a')).toBe(readShape(Capital, 'b'));
  });

  it.each([
    [{ type: 'objekt' }, 'response_format: schema is invalid'],
    [{ type: 'json_schema', json_schema: { name: 'x' } }, 'response_format: json_schema: missing "schema"'],
    [{ type: 'object', propertys: {} }, 'strict mode: unknown keyword: "propertys"'],
    ['json', 'response_format: expected a schema, got "json"'],
    [Date, 'response_format: the class Date is no data point'],
  ])('is refused, with the name of the block, when it is %j', (given, problem) => {
    expect(() => readShape(given, 'generator')).toThrow('block "generator": ');
    expect(() => readShape(given, 'generator')).toThrow(problem);
  });
});
