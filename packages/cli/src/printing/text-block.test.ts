import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayWidth } from './display-width.js';
import { formatTextBlock } from './text-block.js';

const limits = { width: 20, full: false };

describe('a text block', () => {
  it('is the text where that is short', () => {
    expect(formatTextBlock('one\n\ttwo\r\nthree\n', limits)).toEqual(['one', '\ttwo', 'three']);
  });

  it('breaks long lines at spaces, and words that are longer than a line', () => {
    expect(formatTextBlock('the quick brown fox jumps over', limits)).toEqual(['the quick brown fox', 'jumps over']);
    expect(formatTextBlock('x'.repeat(45), limits).map(({ length }) => length)).toEqual([20, 20, 5]);
  });

  it('counts characters that take two columns as two', () => {
    expect(formatTextBlock('漢'.repeat(25), limits)).toEqual(['漢'.repeat(10), '漢'.repeat(10), '漢'.repeat(5)]);
  });

  it('leaves the middle of a long text out, unless all of it is wanted', () => {
    const lines = Array.from({ length: 100 }, (_, index) => `line ${index}`);
    const shown = formatTextBlock(lines.join('\n'), { width: 80, full: false });
    expect(shown).toHaveLength(19);
    expect(shown[12]).toBe('… 82 more lines, --full shows them …');
    expect(shown.at(-1)).toBe('line 99');
    expect(formatTextBlock(lines.join('\n'), { width: 80, full: true })).toEqual(lines);
  });

  it('takes away what would move the cursor', () => {
    expect(formatTextBlock('a\u001b[2Jb', limits)).toEqual(['a\ufffd[2Jb']);
  });

  it('never makes a line wider than it may be, and loses nothing but spaces', () => {
    const texts = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '漢', 'é', '-') });
    fc.assert(
      fc.property(texts, fc.integer({ min: 2, max: 30 }), (text, width) => {
        const lines = formatTextBlock(text, { width, full: true });
        expect(lines.every((line) => displayWidth(line) <= width)).toBe(true);
        expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
      }),
    );
  });
});
