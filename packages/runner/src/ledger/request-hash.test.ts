import type { Json } from '@dgt/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashRequest, writeCanonical } from './request-hash.js';

const json = fc.jsonValue() as fc.Arbitrary<Json>;

/** The same value with the keys of every object in another order, and undefined members strewn in. */
function scramble(value: Json, salt: number): Json {
  if (Array.isArray(value)) return value.map((item: Json) => scramble(item, salt));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value as { [key: string]: Json }).map(([key, member]): [string, Json | undefined] => [
    key,
    scramble(member, salt),
  ]);
  const turned = [...entries.slice(salt % (entries.length + 1)), ...entries.slice(0, salt % (entries.length + 1))];
  let absent = 'absent';
  while (Object.hasOwn(value, absent)) absent += '_';
  return Object.fromEntries([...turned.reverse(), [absent, undefined]]) as Json;
}

describe('the hash of a request', () => {
  it('does not depend on the order of keys, nor on members that are undefined', () => {
    fc.assert(
      fc.property(json, fc.nat(), (value, salt) => {
        expect(hashRequest(scramble(value, salt)).equals(hashRequest(value))).toBe(true);
      }),
    );
  });

  it('does not depend on whether the value has been through JSON', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(hashRequest(JSON.parse(JSON.stringify(value)) as Json)).toEqual(hashRequest(value));
      }),
    );
  });

  it('tells different values apart', () => {
    fc.assert(
      fc.property(json, json, (one, other) => {
        const same =
          JSON.stringify(JSON.parse(writeCanonical(one))) === JSON.stringify(JSON.parse(writeCanonical(other)));
        expect(hashRequest(one).equals(hashRequest(other))).toBe(same);
      }),
    );
    const near: Json[] = [{ a: 1 }, { a: '1' }, [1], { a: [1] }, { a: null }, {}, '', 'a', 1, null, { a: { b: 1 } }];
    expect(new Set(near.map((value) => hashRequest(value).toString('hex'))).size).toBe(near.length);
  });

  it('keeps the order of lists', () => {
    expect(hashRequest([1, 2])).not.toEqual(hashRequest([2, 1]));
  });

  it('is the same in every version of dgt: ledgers hold it', () => {
    expect(hashRequest({ b: [1, { d: null, c: 'é' }], a: undefined }).toString('hex')).toMatchInlineSnapshot(
      `"c29608af105bd1faabf7372a135c2e38"`,
    );
    expect(writeCanonical({ b: [1, { d: null, c: 'é' }], a: undefined })).toBe('{"b":[1,{"c":"é","d":null}]}');
  });
});
