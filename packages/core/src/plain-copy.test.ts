import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copyPlain } from './plain-copy.js';

describe('a plain copy', () => {
  it('equals its original and shares no record or list with it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const copy = copyPlain(value);
        expect(copy).toEqual(value);
        if (typeof value === 'object' && value !== null) expect(copy).not.toBe(value);
        expect(JSON.stringify(copy)).toBe(JSON.stringify(value));
      }),
    );
    const original = { a: { b: [{ c: 1 }] } };
    const copy = copyPlain(original);
    copy.a.b[0]!.c = 2;
    expect(original.a.b[0]!.c).toBe(1);
  });

  it('shares what is no plain record: functions, dates, instances of classes', () => {
    const date = new Date(0);
    const tool = () => {};
    const copy = copyPlain({ date, tool });
    expect(copy.date).toBe(date);
    expect(copy.tool).toBe(tool);
  });

  it('keeps a __proto__ key as a key', () => {
    const copy = copyPlain(JSON.parse('{"__proto__": {"x": 1}}') as object);
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
    expect(Object.keys(copy)).toEqual(['__proto__']);
  });
});
