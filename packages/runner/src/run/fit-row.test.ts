import { Type } from '@dgt/core';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { fitRow } from './fit-row.js';

const schema = Type.Object({
  id: Type.String(),
  count: Type.Integer(),
  share: Type.Optional(Type.Number()),
  done: Type.Optional(Type.Boolean()),
});

it('reads the text of a file as what the data point declares', () => {
  expect(fitRow({ id: '007', count: '7', share: '0.5', done: 'true', more: '1' }, schema)).toEqual({
    id: '007',
    count: 7,
    share: 0.5,
    done: true,
    more: '1',
  });
});

it('takes null for the absence of what may be absent, and for nothing else', () => {
  expect(fitRow({ id: null, count: 1, share: null, more: null }, schema)).toEqual({ id: null, count: 1, more: null });
});

it('leaves text that is not exactly such a value', () => {
  const row = { id: 'a', count: '007', share: '12345678901234567890', done: 'yes' };
  expect(fitRow(row, schema)).toEqual(row);
});

it('reads back every number that was written as text', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (share) => {
      expect(fitRow({ share: String(share) }, schema)['share']).toBe(share === 0 ? 0 : share);
    }),
  );
});
