import { describe, expect, it } from 'vitest';
import { block, code, plain } from './markdown.js';
import { sizeCategory } from './front-matter.js';

describe('text of a card', () => {
  it('means what it says, whatever it holds', () => {
    expect(plain('a | b\n*c* <d> snake_case _e_')).toBe('a \\| b \\*c\\* &#60;d> snake_case \\_e\\_');
    expect(code('a|b `c`')).toBe('`` a\\|b `c` ``');
    expect(block('yaml', 'x: ```')).toBe('````yaml\nx: ```\n````');
  });

  it('names sizes as hubs do', () => {
    expect([0, 999, 1000, 99_999, 100_000, 2e6, 5e8, 1e12].map(sizeCategory)).toEqual([
      'n<1K',
      'n<1K',
      '1K<n<10K',
      '10K<n<100K',
      '100K<n<1M',
      '1M<n<10M',
      '100M<n<1B',
      'n>1T',
    ]);
  });
});
