import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayWidth, fitEnd } from './display-width.js';
import { toOneLine, toPlainText } from './plain-text.js';
import { formatCount, formatDuration, formatNumberOf, formatShort } from './quantities.js';
import { formatTable } from './table.js';

describe('text from elsewhere', () => {
  it('cannot carry an escape sequence to the terminal', () => {
    expect(toPlainText('a\u001b[2J\u009b1A\tb\nc')).toBe('a\ufffd[2J\ufffd1A\tb\nc');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
        expect(toOneLine(text, 50)).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
      }),
    );
  });

  it('is put on one line and cut between characters', () => {
    expect(toOneLine('  one\r\n\ttwo\u2028three ', 50)).toBe('one two three');
    expect(toOneLine('abcdef', 4)).toBe('abc…');
    expect(toOneLine('🙂🙂🙂🙂', 3)).toBe('🙂🙂…');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 20 }), (text, longest) => {
        expect([...toOneLine(text, longest)].length).toBeLessThanOrEqual(longest);
      }),
    );
  });
});

describe('the width of a text', () => {
  it('counts what a terminal shows', () => {
    expect(['abc', '東京', 'e\u0301', '🙂', '░█'].map(displayWidth)).toEqual([3, 4, 1, 2, 2]);
  });

  it('is kept to by cutting the front away', () => {
    expect(fitEnd('public/test/geography', 10)).toBe('…geography');
    expect(fitEnd('short', 10)).toBe('short');
    expect(fitEnd('地理の質問', 6)).toBe('…質問');
  });
});

describe('quantities', () => {
  it('are written for people', () => {
    expect([0, 999, 1000, 1234567].map(formatCount)).toEqual(['0', '999', '1,000', '1,234,567']);
    expect([0, 999, 1000, 12_345, 999_949, 999_950, 4_500_000, 2e9].map(formatShort)).toEqual([
      '0',
      '999',
      '1.0k',
      '12.3k',
      '999.9k',
      '1.0M',
      '4.5M',
      '2.0G',
    ]);
    expect([1, 2, 0].map((count) => formatNumberOf(count, 'row'))).toEqual(['1 row', '2 rows', '0 rows']);
  });

  it('of time have two units', () => {
    const seconds = [-1, 0.04, 9.94, 9.96, 59.4, 59.6, 185, 3599.6, 8040, 180_000];
    expect(seconds.map(formatDuration)).toEqual([
      '0.0 s',
      '0.0 s',
      '9.9 s',
      '10 s',
      '59 s',
      '1 min 0 s',
      '3 min 5 s',
      '1 h 0 min',
      '2 h 14 min',
      '2 d 2 h',
    ]);
  });
});

describe('a table', () => {
  it('aligns columns by what is seen of them', () => {
    const rows = [
      ['1', '\u001b[32m東京\u001b[39m', 'x'],
      ['-22', 'abc', ''],
    ];
    expect(formatTable(rows, { right: [0] })).toEqual(['  1  \u001b[32m東京\u001b[39m  x', '-22  abc']);
  });
});
