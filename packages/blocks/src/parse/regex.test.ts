import { describe, expect, it } from 'vitest';
import { runWithRejections } from './__fixtures__/run-with-rejections.js';
import { parseRegex, RegexParser } from './regex.js';

type Config = ConstructorParameters<typeof RegexParser>[0];

async function parse(config: Config, input: string): Promise<unknown> {
  const [row] = await new RegexParser(config).run([{ input }]).toArray();
  return row?.parsed;
}

describe('parse_regex', () => {
  const text = 'Q: Capital of Peru?\nA: Lima\nQ: Capital of Chile?\nA: Santiago';

  it('gives the named groups, or the first group, or all of the match', async () => {
    expect(await parse({ pattern: '^Q: (?<q>.*)\\nA: (?<a>.*)$', flags: 'mu' }, text)).toEqual({
      q: 'Capital of Peru?',
      a: 'Lima',
    });
    expect(await parse({ pattern: 'A: (\\w+)' }, text)).toBe('Lima');
    expect(await parse({ pattern: '[A-Z]\\w{5,}' }, text)).toBe('Capital');
  });

  it('gives a list of all matches when asked to', async () => {
    expect(await parse({ pattern: 'A: (\\w+)', all: true }, text)).toEqual(['Lima', 'Santiago']);
    expect(parseRegex(text, 'A: (?<a>\\w+)')).toEqual([{ a: 'Lima' }, { a: 'Santiago' }]);
  });

  it('leaves out groups that took no part', async () => {
    expect(await parse({ pattern: '(?<a>x)|(?<b>y)' }, 'y')).toEqual({ b: 'y' });
    expect(await parse({ pattern: '(x)|y' }, 'y')).toBe('');
  });

  it('finds the same with and without the guard', async () => {
    for (const input of ['a-b c-d', 'a', '']) {
      for (const all of [false, true]) {
        expect(await parse({ pattern: '[a-z]{1}-([a-z]+)', all }, input)).toEqual(
          await parse({ pattern: '[a-z]-([a-z]+)', all }, input),
        );
      }
    }
    expect(await parse({ pattern: '([a-z]+)-(?<to>[a-z]+)', all: true }, 'a-b c-d')).toEqual([
      { to: 'b' },
      { to: 'd' },
    ]);
  });

  it('rejects a row that nothing is found in', async () => {
    const rows = [{ input: 'none' }];
    const { results, rejections } = await runWithRejections(new RegexParser({ name: 'score', pattern: '\\d' }), rows);
    expect(results).toEqual([]);
    expect(rejections).toEqual([{ block: 'score', reason: 'no match of /\\d/', sample: rows[0] }]);
  });

  it('ends with an error, instead of hanging, on a pattern that takes for ever', async () => {
    await expect(parse({ pattern: '^(a+)+$' }, `${'a'.repeat(50)}!`)).rejects.toThrow('took more than a second');
    expect(() => new RegexParser({ pattern: '(' })).toThrow('pattern: Invalid regular expression');
  });
});
