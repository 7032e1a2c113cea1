import { describe, expect, it } from 'vitest';
import { LanguageValidator } from './language.js';

type Config = ConstructorParameters<typeof LanguageValidator>[0];

const judge = (config: Config, input: unknown) => new LanguageValidator(config).validate({ input });

describe('language', () => {
  it.each([
    ['en', 'What is the capital of France?'],
    ['de', 'Der längste Fluss Afrikas ist der Nil.'],
    ['fr', 'Quelle est la capitale de la France ?'],
    ['es', '¿Cuál es la capital de Francia?'],
    ['zh', '非洲最长的河流是尼罗河。'],
    ['ja', 'アフリカで最も長い川はナイル川です。'],
    ['ar', 'ما هي عاصمة فرنسا؟'],
    ['ru', 'Самая длинная река в Африке — Нил.'],
    ['hi', 'फ्रांस की राजधानी क्या है?'],
  ])('finds %s valid when it is allowed: %s', async (language, text) => {
    expect(await judge({ allow: [language] }, text)).toEqual({ valid: true, metadata: { language } });
    expect(await judge({ allow: ['sv', 'pl'] }, text)).toEqual({
      valid: false,
      reason: `the language is "${language}", not "sv" or "pl"`,
      metadata: { language },
    });
  });

  it.each(['Canberra', 'Hello world', '42', '', '😀😀 😀', '1 2 3 4 5 6'])(
    'takes no decision about %j, which stands in many languages',
    async (text) => {
      expect(await judge({ allow: ['sv'] }, text)).toEqual({ valid: true });
      expect(await judge({ allow: ['sv'], unsure: 'invalid' }, text)).toEqual({
        valid: false,
        reason: 'the language cannot be told',
      });
    },
  );

  it('decides about shorter texts when it is told to', async () => {
    expect(await judge({ allow: ['de'], min_words: 3 }, 'Was ist das?')).toMatchObject({
      metadata: { language: 'de' },
    });
  });

  it('refuses languages that it does not know, before the first row', async () => {
    const block = new LanguageValidator({ name: 'lang', allow: ['en', 'xx'] });
    await expect(block.prepare()).rejects.toThrow('block "lang": allow: "xx" cannot be told; known: am, ar');
    expect(() => new LanguageValidator({ allow: [] })).toThrow('allow: expected a list that is not empty');
    expect(() => new LanguageValidator({ allow: ['English'] })).toThrow('allow[0]: expected text that matches');
  });

  it('refuses what is not text', async () => {
    await expect(judge({ allow: ['en'] }, ['hello'])).rejects.toThrow('needs text in the field "input", got a list');
  });
});
