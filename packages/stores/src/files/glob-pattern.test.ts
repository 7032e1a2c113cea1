import { describe, expect, it } from 'vitest';
import { createMatcher } from './glob-pattern.js';

describe('a pattern', () => {
  it.each([
    ['*.csv', ['a.csv', '.csv'], ['a/b.csv', 'a.csv.gz']],
    ['./data/**/*.parquet', ['data/a.parquet', 'data/b/c/a.parquet'], ['a.parquet', 'data/a.parquets']],
    ['data/**', ['data/a', 'data/b/c'], ['dat/a']],
    ['part-?.{csv,tsv}', ['part-1.csv', 'part-2.tsv'], ['part-10.csv', 'part-1.jsv']],
    ['[ab]-[!0-8].txt', ['a-9.txt'], ['c-9.txt', 'a-1.txt']],
    ['a+(b).txt', ['a+(b).txt'], ['aab.txt']],
  ])('%s matches what it should', (pattern, matching, others) => {
    const matches = createMatcher(pattern);
    expect([matching, others].map((paths) => paths.filter(matches))).toEqual([matching, []]);
  });
});
