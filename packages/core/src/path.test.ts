import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigError } from './errors/dgt-error.js';
import { missing, parsePath, readPath, writePath } from './path.js';

const read = (row: unknown, path: string) => readPath(row, parsePath(path));
const write = <T>(row: T, path: string, value: unknown) => writePath(row, parsePath(path), value);

describe('reading a field path', () => {
  const row = { key_1: { key_2: { key_3: [{ x: { y: 'first' } }, { x: { y: 'second' } }] } } };

  it('walks keys, indexes and slices', () => {
    expect(read(row, 'key_1.key_2.key_3[1:]')).toEqual([{ x: { y: 'second' } }]);
    expect(read(row, 'key_1.key_2.key_3[:1]')).toEqual([{ x: { y: 'first' } }]);
    expect(read(row, 'key_1.key_2.key_3[1].x.y')).toBe('second');
    expect(read({ list: [0, 1, 2, 3] }, 'list[1:3]')).toEqual([1, 2]);
    expect(read({ list: [[0], [1, 2]] }, 'list[1][0]')).toBe(1);
  });

  it('tells an absent last step from a stored null', () => {
    expect(read(row, 'key_1.nothing')).toBe(missing);
    expect(read(row, 'key_1.key_2.key_3[7]')).toBe(missing);
    expect(read({ a: undefined }, 'a')).toBe(missing);
    expect(read({ a: null }, 'a')).toBeNull();
    expect(read({ a: { b: null } }, 'a.b')).toBeNull();
  });

  it('fails at an absent place on the way and names the key that was meant', () => {
    expect(() => read(row, 'key_1.key2.key_3')).toThrow('nothing at "key_1.key2" (did you mean "key_2"?)');
    expect(() => read({ a: [] }, 'a[0].b')).toThrow('nothing at "a[0]"');
    expect(() => read({ a: undefined }, 'a.b')).toThrow('nothing at "a"');
    expect(() => read({}, 'a[1:]')).toThrow('nothing at "a"');
  });

  it.each([
    ['a.b', { a: null }, '"a" is null, not an object'],
    ['a.b', { a: 'text' }, '"a" is a value of type string, not an object'],
    ['a.b', { a: [1] }, '"a" is a list, not an object'],
    ['a[0]', { a: { b: 1 } }, '"a" is a value of type object, not a list'],
    ['a[1:]', { a: 'text' }, '"a" is a value of type string, not a list'],
    ['a', null, 'the row is null, not an object'],
  ])('fails at %s of %j', (path, row, problem) => {
    expect(() => read(row, path)).toThrow(problem);
  });

  it('refuses [+], which only writes', () => {
    expect(() => read({ a: [] }, 'a[+]')).toThrow('[+] can only be written to');
  });

  it('sees the own keys of a row and nothing that every object has', () => {
    expect(read({}, 'constructor')).toBe(missing);
    expect(read({}, '__proto__')).toBe(missing);
    expect(() => read({}, '__proto__.polluted')).toThrow(ConfigError);
    expect(read(JSON.parse('{"__proto__": {"x": 1}}'), '__proto__.x')).toBe(1);
  });
});

describe('writing a field path', () => {
  it('makes the objects and lists on the way', () => {
    expect(write({}, 'key_1.key_2[0]', 'v')).toEqual({ key_1: { key_2: ['v'] } });
    expect(write({}, 'a[0].b[0][0]', 1)).toEqual({ a: [{ b: [[1]] }] });
  });

  it('appends with [+], each time anew', () => {
    const once = write({}, 'items[+]', 'first');
    expect(write(once, 'items[+]', 'second')).toEqual({ items: ['first', 'second'] });

    const scored = write({}, 'annotations[+].magpie.score', 1);
    expect(write(scored, 'annotations[+].magpie.score', 2)).toEqual({
      annotations: [{ magpie: { score: 1 } }, { magpie: { score: 2 } }],
    });
  });

  it('replaces what is there and keeps what lies beside it', () => {
    expect(write({ a: { b: 1, c: 2 }, d: 3 }, 'a.b', 9)).toEqual({ a: { b: 9, c: 2 }, d: 3 });
    expect(write({ a: [1, 2, 3] }, 'a[1]', 9)).toEqual({ a: [1, 9, 3] });
  });

  it('takes null on the way as absent', () => {
    expect(write({ a: null }, 'a.b', 1)).toEqual({ a: { b: 1 } });
    expect(write({ a: { b: null } }, 'a.b[+]', 1)).toEqual({ a: { b: [1] } });
  });

  it.each([
    ['a[1:]', { a: [1] }, 'a slice can only be read'],
    ['a[+]', { a: 'text' }, '"a" is a value of type string, not a list'],
    ['a[0]', { a: {} }, '"a" is a value of type object, not a list'],
    ['a.b', { a: 'text' }, '"a" is a value of type string, not an object'],
    ['a.b', { a: [] }, '"a" is a list, not an object'],
    ['a[2]', { a: [1] }, 'index 2 is past the end of a list of 1; [+] appends'],
  ])('fails at %s of %j', (path, row, problem) => {
    expect(() => write(row, path, 1)).toThrow(problem);
  });

  it('keeps the class of an object on the way', () => {
    class Label {
      text = 'old';
    }
    const written = write({ label: new Label() }, 'label.text', 'new');
    expect(written.label).toBeInstanceOf(Label);
    expect(written.label.text).toBe('new');
  });

  it('never reaches a prototype', () => {
    const written = write({}, '__proto__.polluted', true);
    expect(Object.hasOwn(written, '__proto__')).toBe(true);
    expect(Object.getPrototypeOf(written)).toBe(Object.prototype);
    expect(written).not.toHaveProperty('polluted');
    expect(JSON.stringify(write({}, 'constructor.prototype.polluted', true))).toBe(
      '{"constructor":{"prototype":{"polluted":true}}}',
    );
    expect({}).not.toHaveProperty('polluted');
  });

  it('keeps a __proto__ key that a JSON row has of its own', () => {
    const row = JSON.parse('{"a": {"__proto__": 1}}') as { a: object };
    expect(JSON.stringify(write(row, 'a.b', 2))).toBe('{"a":{"__proto__":1,"b":2}}');
  });
});

describe('the syntax of a field path', () => {
  it.each([
    '',
    '.a',
    'a.',
    'a..b',
    '[0]',
    '[0].a',
    'a[0]b',
    'a]',
    'a[',
    'a[x]',
    'a[-1]',
    'a[:]',
    'a[]',
    'a[1:].b',
    'a[++]',
  ])('refuses "%s"', (text) => {
    expect(() => parsePath(text)).toThrow(expect.objectContaining({ code: 'DGT_PATH_SYNTAX' }));
  });

  it('takes any other character as part of a key', () => {
    expect(read({ 'naïve key-1': { 日本: 1 } }, 'naïve key-1.日本')).toBe(1);
  });
});

const key = fc.oneof(
  fc.stringMatching(/^[a-z_]{1,6}$/),
  fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty'),
);
const step = fc.oneof(
  key.map((name) => `.${name}`),
  fc.constantFrom('[0]', '[+]'),
);
const writablePath = fc.tuple(key, fc.array(step, { maxLength: 5 })).map(([first, rest]) => first + rest.join(''));

describe('any field path', () => {
  it('reads back what was written, from a row that had nothing there', () => {
    fc.assert(
      fc.property(writablePath, fc.jsonValue(), (path, value) => {
        const written = write({}, path, value);
        expect(read(written, path.replaceAll('[+]', '[0]'))).toEqual(value);
      }),
    );
  });

  it('leaves the row that it is written to as it was', () => {
    fc.assert(
      fc.property(fc.dictionary(key, fc.jsonValue()), writablePath, (row, path) => {
        const before = JSON.stringify(row);
        try {
          write(row, path, 'written');
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigError);
        }
        expect(JSON.stringify(row)).toBe(before);
      }),
    );
  });

  it('writes into a frozen row', () => {
    expect(write(Object.freeze({ a: Object.freeze([1]) }), 'a[+]', 2)).toEqual({ a: [1, 2] });
  });

  it('is read, written or refused with a ConfigError, whatever text and row are given', () => {
    const garbage = fc.oneof(fc.string({ unit: fc.constantFrom('a', '.', '[', ']', '+', ':', '0', ' ') }), fc.string());
    fc.assert(
      fc.property(garbage, fc.jsonValue(), (text, row) => {
        for (const use of [() => read(row, text), () => write(row, text, 1)]) {
          try {
            use();
          } catch (error) {
            expect(error).toBeInstanceOf(ConfigError);
            expect((error as ConfigError).message).toContain(`path "${text}"`);
          }
        }
      }),
      { numRuns: 1000 },
    );
    expect({}).not.toHaveProperty('written');
  });
});
