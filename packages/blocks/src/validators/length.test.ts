import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countText } from './count-text.js';
import { LengthValidator } from './length.js';

type Config = ConstructorParameters<typeof LengthValidator>[0];

async function judge(config: Config, input: unknown) {
  const [row] = await new LengthValidator(config).run([{ input }]).toArray();
  return { valid: row?.is_valid, ...row?.metadata };
}

const chat = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Hello there' },
  { role: 'assistant', content: 'Hi' },
  { role: 'user', content: 'Bye' },
  { role: 'assistant', content: null, tool_calls: [] },
];

describe('counting a text', () => {
  it.each([
    ['', 0, 0, 0],
    ['What is the capital of Australia?', 33, 6, 9],
    ["don't re-do it - now", 20, 4, 5],
    ['3.14 and C++', 12, 4, 3],
    ['法国的首都是什么？', 9, 8, 7],
    ['フランスは3つ', 7, 7, 5],
    ['ما هي عاصمة فرنسا؟', 18, 4, 9],
    ['é', 1, 1, 1],
    ['e\u0301te\u0301', 5, 1, 2],
    ['👨‍👩‍👧 🎉', 7, 0, 6],
    [' \n\t ', 4, 0, 1],
  ])('of %j gives %i characters, %i words and %i tokens', (text, characters, words, tokens) => {
    expect(countText(text, 'characters')).toBe(characters);
    expect(countText(text, 'words')).toBe(words);
    expect(countText(text, 'tokens')).toBe(tokens);
  });

  it('adds up over lines', () => {
    const line = fc.string({ unit: 'grapheme' }).filter((text) => !/^\p{M}|\n/u.test(text));
    fc.assert(
      fc.property(line, line, (first, second) => {
        for (const unit of ['characters', 'words'] as const) {
          const both = countText(first, unit) + countText(second, unit);
          expect(countText(`${first}\n${second}`, unit)).toBe(both + (unit === 'characters' ? 1 : 0));
        }
      }),
    );
  });
});

describe('length', () => {
  it('finds a text valid from the least to the most, both included', async () => {
    const config = { words: { min: 2, max: 3 } };
    expect(await judge(config, 'one')).toEqual({ valid: false, words: 1, score: 1, reason: 'fewer than 2 words' });
    expect(await judge(config, 'one two')).toEqual({ valid: true, words: 2 });
    expect(await judge(config, 'one two three')).toEqual({ valid: true, words: 3 });
    expect(await judge(config, 'one two three four')).toMatchObject({ reason: 'more than 3 words', score: 4 });
  });

  it('checks every unit that has a range', async () => {
    const config = { characters: { max: 10 }, words: { min: 2 } };
    expect(await judge(config, 'one two')).toEqual({ valid: true, characters: 7, words: 2 });
    expect(await judge(config, 'one')).toMatchObject({ reason: 'fewer than 2 words' });
    expect(await judge(config, 'one two three')).toMatchObject({ reason: 'more than 10 characters' });
  });

  it('counts the turns and the messages of a conversation, and what is said in it', async () => {
    expect(await judge({ turns: { min: 2, max: 2 } }, chat)).toEqual({ valid: true, turns: 2 });
    expect(await judge({ messages: { max: 4 } }, chat)).toMatchObject({ reason: 'more than 4 messages', messages: 5 });
    expect(await judge({ words: { max: 6 } }, chat)).toEqual({ valid: true, words: 6 });
    expect(await judge({ turns: { min: 1 } }, [])).toMatchObject({ reason: 'fewer than 1 turns' });
  });

  it('refuses values that have no such length', async () => {
    await expect(judge({ words: { min: 1 } }, 7)).rejects.toThrow(
      'needs text or a list of messages in the field "input"',
    );
    await expect(judge({ turns: { min: 1 } }, 'hello')).rejects.toThrow('needs a list of messages');
    await expect(judge({ turns: { min: 1 } }, ['hello'])).rejects.toMatchObject({ code: 'DGT_BLOCK_FIELD_TYPE' });
  });

  it.each([
    [{}, 'expected at least one of characters, words, tokens, messages, turns'],
    [{ words: {} }, 'words'],
    [{ words: { min: -1 } }, 'words.min: expected a number >= 0'],
    [{ words: { min: 5, max: 4 } }, 'words: min 5 is more than max 4'],
    [{ word: { min: 1 } }, 'unknown key "word" (did you mean "words"?)'],
  ])('refuses the configuration %j', (config, problem) => {
    expect(() => new LengthValidator(config as Config)).toThrow(problem);
  });
});
