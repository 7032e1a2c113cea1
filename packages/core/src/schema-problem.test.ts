import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeProblems, formatPlace } from './schema-problem.js';
import { compileSchema, Type, type TSchema } from './schema.js';

const problemsOf = (schema: TSchema, value: unknown) => compileSchema(schema).check(value);
const describeAll = (schema: TSchema, value: unknown) => describeProblems(problemsOf(schema, value));

describe('the problems of a value', () => {
  it.each<[string, TSchema, unknown]>([
    ['expected an integer, got "fifty"', Type.Integer(), 'fifty'],
    ['expected an integer, got 1.5', Type.Integer(), 1.5],
    ['expected a string, got 7', Type.String(), 7],
    ['expected a string, got null', Type.String(), null],
    ['expected a string, got a list of 2', Type.String(), ['a', 'b']],
    ['expected an array, got an object', Type.Array(Type.String()), { a: 1 }],
    ['expected a number >= 1, got 0', Type.Integer({ minimum: 1 }), 0],
    ['expected a number < 2, got 2', Type.Number({ exclusiveMaximum: 2 }), 2],
    ['expected text that is not empty, got ""', Type.String({ minLength: 1 }), ''],
    ['expected text of 2 characters or fewer, got "abc"', Type.String({ maxLength: 2 }), 'abc'],
    ['expected text that matches /^a/, got "b"', Type.String({ pattern: '^a' }), 'b'],
    ['expected a list that is not empty, got a list of 0', Type.Array(Type.Any(), { minItems: 1 }), []],
    ['expected "on", got "off"', Type.Literal('on'), 'off'],
    ['expected one of "f1", "recall", got "f2"', Type.Unsafe({ enum: ['f1', 'recall'] }), 'f2'],
    ['expected a string or null, got 1', Type.Unsafe({ type: ['string', 'null'] }), 1],
    ['expected a value that must be multiple of 5, got 7', Type.Integer({ multipleOf: 5 }), 7],
  ])('say: %s', (problem, schema, value) => {
    expect(describeAll(schema, value)).toBe(problem);
  });

  it('are all listed, each with its place', () => {
    const schema = Type.Object({
      model: Type.Object({ tries: Type.Integer(), stop: Type.Array(Type.String()) }),
      a: Type.Union([Type.Literal('x'), Type.Literal('y')]),
      ab: Type.Integer(),
    });
    expect(describeAll(schema, { model: { tries: 'two', stop: ['a', 1] }, a: 'z', ab: 'w' })).toBe(
      'model.tries: expected an integer, got "two"; model.stop[1]: expected a string, got 1; ' +
        'a: expected "x" or "y", got "z"; ab: expected an integer, got "w"',
    );
  });

  it('name the missing key, and the unknown key with the one that was meant', () => {
    const schema = Type.Object({ threshold: Type.Number() }, { additionalProperties: false });
    const problems = problemsOf(schema, { treshold: 1 });
    expect(problems).toEqual([
      { path: [], problem: 'missing "threshold"', missingKey: 'threshold', knownKeys: ['threshold'] },
      { path: [], problem: 'unknown key "treshold"', unknownKey: 'treshold', knownKeys: ['threshold'] },
    ]);
    expect(describeProblems(problems)).toBe('missing "threshold"; unknown key "treshold" (did you mean "threshold"?)');
  });

  it('cut a long value short', () => {
    expect(describeAll(Type.Integer(), 'x'.repeat(500)).length).toBeLessThan(100);
  });

  it('can show what JSON cannot hold', () => {
    expect(describeAll(Type.String(), undefined)).toBe('expected a string, got nothing');
    expect(describeAll(Type.String(), 10n)).toBe('expected a string, got 10');
    expect(describeAll(Type.String(), Number.NaN)).toBe('expected a string, got NaN');
    expect(describeAll(Type.String(), Symbol('s'))).toBe('expected a string, got Symbol(s)');
  });
});

describe('a union that nothing of fits', () => {
  it('lists what would fit', () => {
    const schema = Type.Union([Type.Integer(), Type.Null(), Type.Literal('auto')]);
    expect(describeAll(schema, 'fifty')).toBe('expected an integer or null or "auto", got "fifty"');
  });

  it('tells the problem of the branch that the value was meant as, by its type', () => {
    const schema = Type.Union([Type.Integer({ minimum: 1 }), Type.Literal('auto')]);
    expect(describeAll(schema, 0)).toBe('expected a number >= 1, got 0');
    const list = Type.Object({ stop: Type.Union([Type.String(), Type.Array(Type.String())]) });
    expect(describeAll(list, { stop: ['a', 1, true] })).toBe(
      'stop[1]: expected a string, got 1; stop[2]: expected a string, got true',
    );
  });

  it('tells the problems of the branch that the value was meant as, by its tag', () => {
    const store = Type.Union([
      Type.Object({ type: Type.Literal('file'), path: Type.String() }),
      Type.Object({ type: Type.Literal('inline'), rows: Type.Array(Type.Any()) }),
    ]);
    expect(describeAll(store, { type: 'file' })).toBe('missing "path"');
    expect(describeAll(store, { type: 'memory' })).toBe(
      'expected an object with "file" at "type" or an object with "inline" at "type", got an object',
    );
    expect(describeAll(store, {})).toBe('expected an object with "type", got an object');
    expect(describeAll(store, 5)).toBe('expected an object, got 5');
  });

  it('is described to its depth when unions are nested', () => {
    const schema = Type.Object({
      a: Type.Union([Type.String(), Type.Array(Type.Union([Type.Integer(), Type.Literal('all')]))]),
    });
    expect(describeAll(schema, { a: [1, 'none'] })).toBe('a[1]: expected an integer or "all", got "none"');
  });
});

describe('a place', () => {
  it('reads as the path language has it, with odd keys quoted', () => {
    expect(formatPlace(['a', 'b', 0])).toBe('a.b[0]');
    expect(formatPlace([0, 'a'])).toBe('[0].a');
    expect(formatPlace(['input_map', 'meta.score'])).toBe('input_map["meta.score"]');
    expect(formatPlace([])).toBe('');
  });

  it('tells the index of a list from a key made of digits', () => {
    const schema = Type.Record(Type.String(), Type.Array(Type.String()));
    expect(problemsOf(schema, { '0': ['a', 1] })[0]?.path).toEqual(['0', 1]);
    expect(problemsOf(schema, { 'a/b~c': [1] })[0]?.path).toEqual(['a/b~c', 0]);
  });
});

describe('checking', () => {
  it('fills in defaults, also deep inside', () => {
    const schema = Type.Object({
      size: Type.Integer({ default: 5 }),
      nested: Type.Object({ flag: Type.Boolean({ default: true }) }),
    });
    const value = { nested: {} };
    expect(problemsOf(schema, value)).toEqual([]);
    expect(value).toEqual({ size: 5, nested: { flag: true } });
  });

  it('never turns one type into another', () => {
    expect(problemsOf(Type.Object({ n: Type.Integer() }), { n: '1' })).toHaveLength(1);
    expect(problemsOf(Type.Object({ b: Type.Boolean() }), { b: 'true' })).toHaveLength(1);
  });

  it('never throws, and each problem names a place that exists, whatever JSON is given', () => {
    const leaf = Type.Union([Type.Integer({ minimum: 0 }), Type.Literal('auto'), Type.Array(Type.Boolean())]);
    const tagged = Type.Union([
      Type.Object({ kind: Type.Literal('a'), n: leaf }),
      Type.Object(
        { kind: Type.Literal('b'), list: Type.Array(leaf, { maxItems: 2 }) },
        { additionalProperties: false },
      ),
    ]);
    const schema = Type.Object(
      { a: Type.Optional(leaf), b: Type.Optional(tagged), c: Type.Record(Type.String(), tagged) },
      { additionalProperties: false },
    );
    const any = fc.jsonValue({ maxDepth: 3 });
    const near = fc.record(
      {
        kind: fc.constantFrom('a', 'b', 'c'),
        n: any,
        list: fc.array(any),
      },
      { requiredKeys: [] },
    );
    const value = fc.oneof(
      any,
      fc.record(
        { a: any, b: fc.oneof(any, near), c: fc.oneof(any, fc.dictionary(fc.string(), near)) },
        { requiredKeys: [] },
      ),
    );
    fc.assert(
      fc.property(value, (value) => {
        for (const { path, problem } of problemsOf(schema, value)) {
          expect(problem).not.toBe('');
          expect(follow(value, path)).not.toBe(absent);
        }
      }),
      { numRuns: 500 },
    );
  });
});

const absent = Symbol('absent');

function follow(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((place, key) => {
    if (typeof place !== 'object' || place === null || !Object.hasOwn(place, key)) return absent;
    if (Array.isArray(place) !== (typeof key === 'number')) return absent;
    return (place as Record<string | number, unknown>)[key];
  }, value);
}
