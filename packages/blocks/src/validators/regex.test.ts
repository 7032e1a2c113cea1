import { describe, expect, it } from 'vitest';
import { RegexValidator } from './regex.js';

type Config = ConstructorParameters<typeof RegexValidator>[0];

async function judge(config: Config, inputs: readonly unknown[]) {
  const rows = await new RegexValidator(config).run(inputs.map((input) => ({ input }))).toArray();
  return rows.map(({ is_valid }) => is_valid);
}

describe('regex', () => {
  it('finds a match anywhere in the text valid', async () => {
    expect(await judge({ pattern: '\\d{4}' }, ['in 1969', 'long ago', ''])).toEqual([true, false, false]);
  });

  it('finds a match invalid when it must not match', async () => {
    const config = { pattern: 'as an ai|i cannot', flags: 'iu', must_match: false };
    expect(await judge(config, ['As an AI, I ...', 'Canberra'])).toEqual([false, true]);
  });

  it('takes an emoji or a rare character for one, unless the Unicode mode is off', async () => {
    expect(await judge({ pattern: '^.$' }, ['🎉', '𠀋', 'ab'])).toEqual([true, true, false]);
    expect(await judge({ pattern: '^.$', flags: '' }, ['🎉'])).toEqual([false]);
  });

  it('judges each text by itself, however many came before', async () => {
    expect(await judge({ pattern: 'a' }, ['ab', 'ab', 'ab'])).toEqual([true, true, true]);
  });

  it('says why, with the pattern or in the words of its user', async () => {
    const reasonOf = async (config: Config) =>
      (await new RegexValidator(config).run([{ input: 'x' }]).toArray())[0]?.metadata;
    expect(await reasonOf({ pattern: '^\\d+$' })).toEqual({ reason: 'does not match /^\\d+$/' });
    expect(await reasonOf({ pattern: 'x', must_match: false })).toEqual({ reason: 'matches /x/' });
    expect(await reasonOf({ pattern: '^\\d+$', reason: 'no number' })).toEqual({ reason: 'no number' });
  });

  it.each([
    ['(', 'u', 'pattern: Invalid regular expression'],
    ['\\-', 'u', 'pattern: Invalid regular expression'],
    ['a', 'g', 'flags: expected text that matches'],
    ['a', 'uv', 'pattern: Invalid flags'],
    ['', 'u', 'pattern: expected text that is not empty'],
  ])('refuses the pattern %j with flags %j', (pattern, flags, problem) => {
    expect(() => new RegexValidator({ pattern, flags })).toThrow(problem);
  });

  it('refuses what is not text', async () => {
    await expect(judge({ pattern: 'a' }, [7])).rejects.toThrow('needs text in the field "input", got a number');
  });

  it.each(['^(a+)+$', '^(a|aa)*$', '^(?:a{1,30}){1,30}$', `^${'a?'.repeat(30)}${'a'.repeat(30)}b$`])(
    'ends with an error, instead of hanging, on %s',
    async (pattern) => {
      const evil = `${'a'.repeat(50)}!`;
      await expect(judge({ pattern }, ['aaa', evil])).rejects.toThrow('took more than a second for a text of 51');
    },
  );

  it('decides alike with and without the guard', async () => {
    const texts = ['a-b', 'aa-bb', 'a', '-', ''];
    const unguarded = await judge({ pattern: '^[a-z]-[a-z]*$' }, texts);
    expect(await judge({ pattern: '^[a-z]{1}-[a-z]*$' }, texts)).toEqual(unguarded);
    expect(unguarded).toEqual([true, false, false, false, false]);
  });
});
