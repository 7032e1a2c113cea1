import * as fc from 'fast-check';
import { ConfigError, createScriptLane, type Rejection, Lane, consoleLog, unrecorded } from '@dgt/core';
import { describe, expect, it } from 'vitest';
import { adversarialTexts } from './__fixtures__/adversarial-texts.js';
import { RougeScorer, scoreRouge, tokenize } from './index.js';

type Config = ConstructorParameters<typeof RougeScorer>[0];

const store = 'I went to the store';
const storeYesterday = 'I went to the store yesterday';
const context = [storeYesterday, 'blue red yellow green'];

const toRows = (texts: readonly string[]) => texts.map((input) => ({ input }));

async function listFlags(config: Config, texts: readonly string[]): Promise<boolean[]> {
  const rows = await new RougeScorer(config).run(toRows(texts)).toArray();
  return rows.map((row) => row.is_valid as boolean);
}

async function listKept(config: Config, texts: readonly string[]): Promise<string[]> {
  const rows = await new RougeScorer({ ...config, filter: true }).run(toRows(texts)).toArray();
  return rows.map((row) => row.input);
}

describe('the cases of the original', () => {
  it.each<[string, Config, string[], boolean[]]>([
    ['0.91 with context', { threshold: 0.91, context }, [store, storeYesterday], [true, false]],
    ['1.0 finds equal rows', { threshold: 1.0 }, [store, store, storeYesterday], [true, false, true]],
    ['1.0 with context', { threshold: 1.0, context }, [store, store, storeYesterday], [true, false, false]],
    ['null lets every row pass', { threshold: null, context }, [store, store, storeYesterday], [true, true, true]],
    ['so does the default', { context }, [store, store, storeYesterday], [true, true, true]],
    ['0.0 lets none pass that is compared', { threshold: 0, context }, ['one two three'], [false]],
    ['the first row is compared with nothing', { threshold: 0 }, ['one two three', 'four'], [true, false]],
  ])('%s', async (_name, config, texts, flags) => {
    expect(await listFlags(config, texts)).toEqual(flags);
  });

  it('takes fast_rouge and decides the same', async () => {
    const texts = ['x a b c d e', 'a b c d e x', 'a b c'];
    const flags = await listFlags({ threshold: 0.7, fast_rouge: false }, texts);
    expect(await listFlags({ threshold: 0.7, fast_rouge: true }, texts)).toEqual(flags);
  });
});

describe('what the original misses', () => {
  it('finds a rotated sentence', async () => {
    expect(await listKept({ threshold: 0.7 }, ['x a b c d e', 'a b c d e x'])).toEqual(['x a b c d e']);
  });

  it('finds repetitions in any script', async () => {
    const texts = [
      '法国的首都是哪里?',
      '法国的首都是哪里',
      '日本の首都はどこですか?',
      'ما هي عاصمة فرنسا؟',
      'ما هي عاصمة فرنسا',
    ];
    expect(await listKept({ threshold: 0.9 }, texts)).toEqual([texts[0], texts[2], texts[3]]);
    expect(await listKept({ threshold: 0.9, tokenizer: 'ascii' }, texts)).toEqual(texts);
  });
});

/** The definition, word for word: greedy, in order, each row against everything remembered. */
function decidePlainly(texts: readonly string[], config: { threshold: number; filter: boolean; context: string[] }) {
  const remembered = config.context.map((text) => tokenize(text, 'unicode'));
  return texts.map((text) => {
    const tokens = tokenize(text, 'unicode');
    const scores = remembered.map((other) => scoreRouge(tokens, other, { types: ['lcs'], scoreFunction: 'f1' }));
    const valid = scores.every((score) => score < config.threshold);
    if (valid || !config.filter) remembered.push(tokens);
    return valid;
  });
}

describe('its decisions', () => {
  const piece = fc.constantFrom('a', 'b', 'A', 'é', 'e\u0301', '🎉', '👨‍👩‍👧', '法', 'ما', '\u0301', '?', 'the', 'd', 'c');
  const text = fc.oneof(
    fc.array(piece, { maxLength: 9 }).map((pieces) => pieces.join(' ')),
    fc.array(piece, { minLength: 65, maxLength: 100 }).map((pieces) => pieces.join('')),
  );

  it('equal the quadratic definition on any text, filtering or not', async () => {
    const configs = fc.record({
      threshold: fc.constantFrom(0, 0.1, 0.4, 0.5, 0.7, 0.8, 0.9, 1),
      filter: fc.boolean(),
      context: fc.array(text, { maxLength: 2 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(text, { maxLength: 12 }), configs, async (texts, config) => {
        const flags = decidePlainly(texts, config);
        if (config.filter) expect(await listKept(config, texts)).toEqual(texts.filter((_, index) => flags[index]));
        else expect(await listFlags(config, texts)).toEqual(flags);
      }),
      { numRuns: 300 },
    );
  });

  it('at a threshold of 1, where a hash decides, name the row that the definition names', () => {
    fc.assert(
      fc.property(adversarialTexts, (texts) => {
        const gate = new RougeScorer({ threshold: 1, filter: true }).openGate();
        const kept: number[] = [];
        const score = (one: number, other: number) =>
          scoreRouge(tokenize(texts[one] as string, 'unicode'), tokenize(texts[other] as string, 'unicode'), {
            types: ['lcs'],
            scoreFunction: 'f1',
          });
        for (const [row, input] of texts.entries()) {
          const against = kept.find((earlier) => score(row, earlier) === 1);
          const repetition = { valid: false, reason: 'repeats an earlier row', score: 1, against };
          expect(gate.judge({ input }, row)).toEqual(against === undefined ? { valid: true } : repetition);
          if (against === undefined) kept.push(row);
        }
      }),
    );
  });

  it('do not depend on where an earlier run ended', () => {
    const block = new RougeScorer({ threshold: 0.8, filter: true });
    const texts = ['a b c d e', 'a b c d e f', 'v w x y z', 'a b c d e'];
    const whole = block.openGate();
    const verdicts = texts.map((input, row) => whole.judge({ input }, row));
    const resumed = block.openGate();
    for (const row of [0, 2]) resumed.remember({ input: texts[row] as string }, row);
    expect(resumed.judge({ input: texts[3] as string }, 3)).toEqual(verdicts[3]);
  });
});

describe('what it says of a row', () => {
  it('gives reason, score and the row it repeats', () => {
    const gate = new RougeScorer({ threshold: 0.8, filter: true, context: ['p q r'] }).openGate();
    gate.remember({ input: 'a b c d' }, 'seed 1');
    expect(gate.judge({ input: 'k l m n' }, 'row 1')).toEqual({ valid: true });
    expect(gate.judge({ input: 'a b c d e' }, 'row 2')).toEqual({
      valid: false,
      reason: 'repeats an earlier row',
      score: 8 / 9,
      against: 'seed 1',
    });
    expect(gate.judge({ input: 'k l m n' }, 'row 3')).toMatchObject({ against: 'row 1', score: 1 });
    expect(gate.judge({ input: 'p q r' }, 'row 4')).toMatchObject({ reason: 'repeats the context', against: 'p q r' });
  });

  it('remembers a rejected row only when it does not filter', () => {
    const judgeAll = (filter: boolean) => {
      const gate = new RougeScorer({ threshold: 0.5, filter }).openGate();
      return ['a b c', 'b c d e', 'd e f'].map((input, row) => gate.judge({ input }, row).valid);
    };
    expect(judgeAll(true)).toEqual([true, false, true]);
    expect(judgeAll(false)).toEqual([true, false, false]);
  });

  it('marks rows and keeps them, with their exact score, when it does not filter', async () => {
    const rows = [
      { input: 'a b', id: 1 },
      { input: 'a b', id: 2 },
      { input: 'a x y', id: 3 },
      { input: '', id: 4 },
    ];
    expect(await new RougeScorer({ threshold: 1 }).run(rows).toArray()).toEqual([
      { input: 'a b', id: 1, is_valid: true, metadata: {} },
      { input: 'a b', id: 2, is_valid: false, metadata: { score: 1, reason: 'repeats an earlier row' } },
      { input: 'a x y', id: 3, is_valid: true, metadata: { score: 0.4 } },
      { input: '', id: 4, is_valid: true, metadata: { score: 0 } },
    ]);
  });

  it('records what it drops, with the row that was repeated', async () => {
    const rejections: Rejection[] = [];
    const recorder = { ...unrecorded, reject: (_lane: unknown, rejection: Rejection) => rejections.push(rejection) };
    const { signal } = new AbortController();
    const lane = new Lane('a', { recorder: recorder as never, randomName: '0', signal, log: consoleLog });
    const rows = [{ input: 'a b' }, { input: 'A, b!' }];
    await new RougeScorer({ name: 'dedup', threshold: 1, filter: true }).run(rows, { lane }).toArray();
    expect(rejections).toMatchObject([{ block: 'dedup', score: 1, against: rows[0], sample: rows[1] }]);
  });
});

describe('as a block', () => {
  it('works alone, with its configuration typed', async () => {
    expect(await listKept({ threshold: 0.8 }, ['a b c d e', 'a b c d e f', 'x'])).toEqual(['a b c d e', 'x']);
    // @ts-expect-error a threshold is a number or null
    expect(() => new RougeScorer({ threshold: 'high' })).toThrow(ConfigError);
    expect(() => new RougeScorer({ rouge_types: [] })).toThrow(ConfigError);
  });

  it('starts with an empty memory at each run', async () => {
    const block = new RougeScorer({ threshold: 1, filter: true });
    for (let run = 0; run < 2; run++) {
      expect(await block.run([{ input: 'a' }], { lane: createScriptLane() }).toArray()).toHaveLength(1);
    }
  });

  it('reads the field that the input map names, and leaves the others alone', async () => {
    const block = new RougeScorer({ threshold: 1, filter: true, input_map: { question: 'input' } });
    const rows = [
      { question: 'Where?', answer: 'Here' },
      { question: 'where', answer: 'There' },
    ];
    expect(await block.run(rows).toArray()).toMatchObject([{ question: 'Where?', answer: 'Here' }]);
  });

  it('names the field that a row lacks, and refuses what is not text', async () => {
    const block = new RougeScorer({ threshold: 1 });
    await expect(block.run([{ question: 'a' }]).toArray()).rejects.toMatchObject({ code: 'DGT_BLOCK_FIELD_MISSING' });
    await expect(block.run([{ input: null }]).toArray()).rejects.toThrow('needs text in the field "input", got null');
  });

  it('does not count fast_rouge as a change of what it makes', () => {
    const define = (config: Config) => new RougeScorer(config).definition;
    expect(define({ threshold: 0.8, fast_rouge: true })).toEqual(define({ threshold: 0.8 }));
    expect(define({ threshold: 0.8 })).not.toEqual(define({ threshold: 0.7 }));
  });

  it('refuses a percentage as its threshold, which would compare nothing', () => {
    expect(() => new RougeScorer({ threshold: 80 })).toThrow(/threshold: expected .*got 80/);
  });
});
