import { createScriptServices } from '@dgt/core';
import * as fc from 'fast-check';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ContainsSeed } from './contains-seed.js';
import { boundLeakage, combineScores, scoreLeakage } from './leakage-score.js';
import { ReferenceSentences, scoreTextLeakage } from './reference-sentences.js';
import { splitSentences } from './sentences.js';

const folder = mkdtempSync(join(tmpdir(), 'dgt-contains-seed-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const services = { ...createScriptServices(), baseFolder: folder };

const storm =
  'The old lighthouse keeper climbed the narrow stairs and lit the lamp before the storm reached the harbour.';
const train =
  'The night train was cancelled. All passengers with a ticket were sent home by bus. They arrived after midnight.';

const copied = 'The lighthouse keeper climbed the stairs and lit the lamp before the storm reached the harbour';
const pieced = 'A tired keeper climbed the narrow stairs when the storm reached the harbour';
const distant = 'A keeper of bees who once climbed mountains now lights a single lamp whenever some storm is near.';
const twoParts = 'All passengers with a ticket went home by bus. The night train was late.';

async function judge(rows: readonly object[], config: object = {}) {
  const judged = await new ContainsSeed({ threshold: 0.55, ...config }, services).run(rows).toArray();
  return judged.map(({ is_valid }) => is_valid);
}

describe('contains_seed', () => {
  it('finds copied, pieced together and spread repetition, and lets a distant likeness pass', async () => {
    const rows = [
      { input: copied, local_context: [storm] },
      { input: pieced, local_context: storm },
      { input: distant, local_context: [storm] },
      { input: twoParts, local_context: [train] },
      { input: twoParts, local_context: [train, storm] },
    ];
    expect(await judge(rows)).toEqual([false, false, true, false, false]);
  });

  it('compares with texts that all rows share, and keeps the rows that repeat none', async () => {
    const rows = [copied, pieced, distant, twoParts].map((input) => ({ input }));
    expect(await judge(rows, { texts: [storm, train] })).toEqual([false, false, true, false]);
    const block = new ContainsSeed({ threshold: 0.55, texts: [storm, train], filter: true });
    expect(await block.run(rows).toArray()).toMatchObject([{ input: distant }]);
  });

  it('says how much of which sentence is repeated, and in which words', () => {
    const verdict = new ContainsSeed({ texts: [train] }).validate({
      input: 'Were all passengers with a ticket sent home by bus?',
    });
    expect(verdict).toMatchObject({
      valid: false,
      reason: 'repeats a reference text',
      against: 'All passengers with a ticket were sent home by bus.',
      metadata: { copied: ['all', 'passengers', 'with', 'a', 'ticket', 'sent', 'home', 'by', 'bus'] },
    });
    expect(verdict.score).toBeGreaterThan(0.8);
    expect(new ContainsSeed({ texts: [train] }).validate({ input: 'Something else' })).toEqual({
      valid: true,
      score: 0,
    });
  });

  it('finds repetition in a script without spaces', async () => {
    const rows = [{ input: '请问法国的首都是什么城市？' }, { input: '尼罗河有多长？' }];
    expect(await judge(rows, { texts: ['法国的首都是什么？'] })).toEqual([false, true]);
  });

  it('lets everything pass when it is off', async () => {
    for (const threshold of [null, 1.1])
      expect(await judge([{ input: storm }], { threshold, texts: [storm] })).toEqual([true]);
  });

  it('reads texts from files', async () => {
    writeFileSync(
      join(folder, 'test.jsonl'),
      `${JSON.stringify({ task_name: train, question: storm, id: 7 })}\n\n{"q": 1}\n`,
    );
    writeFileSync(join(folder, 'test.json'), JSON.stringify([{ text: { body: train } }, storm]));
    writeFileSync(join(folder, 'test.txt'), `first line\n${train}\n`);
    const rows = [{ input: copied }, { input: twoParts }];
    expect(await judge(rows, { files: ['test.jsonl'] })).toEqual([false, true]);
    expect(await judge(rows, { files: ['test.jsonl'], fields: ['question'] })).toEqual([false, true]);
    expect(await judge(rows, { files: ['test.jsonl'], fields: ['task_name', 'none.such'] })).toEqual([true, false]);
    expect(await judge(rows, { files: ['test.json'], fields: ['text.body'] })).toEqual([false, false]);
    expect(await judge(rows, { files: ['test.txt'] })).toEqual([true, false]);
  });

  it('is another block when its texts are others, wherever they are kept', () => {
    writeFileSync(join(folder, 'same.txt'), storm);
    const define = (config: { readonly [key: string]: unknown }) => new ContainsSeed(config, services).definition;
    expect(define({ files: ['same.txt'] })).toEqual(define({ texts: [storm] }));
    expect(define({ texts: [storm] })).not.toEqual(define({ texts: [train] }));
  });

  it('says what is missing or cannot be used', async () => {
    await expect(judge([{ input: 'a' }])).rejects.toThrow('there is nothing to compare with');
    await expect(judge([{ input: 7 }], { texts: ['a'] })).rejects.toThrow(
      'needs text in the field "input", got a number',
    );
    await expect(judge([{ input: 'a', local_context: [1] }])).rejects.toThrow('text or a list of texts');
    expect(() => new ContainsSeed({ files: ['none.jsonl'] }, services)).toThrow('none.jsonl: cannot be read');
    writeFileSync(join(folder, 'broken.jsonl'), '{"a": 1}\n{"a" 2}\n');
    expect(() => new ContainsSeed({ files: ['broken.jsonl'] }, services)).toThrow(
      'expected ":", found "2" (line 2, column 6)',
    );
  });
});

describe('the score of a sentence', () => {
  const words = (text: string) => text.split(' ');

  it('rises with the words in a row: six are 0.7, many approach 1', () => {
    const score = (count: number) => {
      const run = Array.from({ length: count }, (_, index) => `w${index}`);
      return scoreLeakage(run, run).score;
    };
    expect(score(6)).toBe(0.7);
    expect(score(3)).toBeCloseTo(0.7 * 0.5 ** 1.25, 4);
    expect(score(12)).toBeCloseTo(1 - 0.3 * Math.exp(-1.8), 4);
  });

  it('is lower for words far apart, and lower still when the gaps differ', () => {
    const close = scoreLeakage(words('red green blue'), words('red green blue')).score;
    const even = scoreLeakage(words('red a1 green a2 blue'), words('red b1 green b2 blue')).score;
    const uneven = scoreLeakage(words('red green blue'), words('red b1 green b2 blue')).score;
    expect(close).toBeGreaterThan(even);
    expect(even).toBeGreaterThan(uneven);
  });

  it('gives stop words less weight, and none to one that stands alone', () => {
    expect(scoreLeakage(words('the of and'), words('the of and')).score).toBeLessThan(
      scoreLeakage(words('red green blue'), words('red green blue')).score,
    );
    expect(scoreLeakage(words('the cat'), words('the dog'))).toEqual({ score: 0, runs: [] });
  });

  it('adds up parts that are copied in another order', () => {
    const reference = words('red green blue black white');
    const { score, runs } = scoreLeakage(reference, words('black white red green blue'));
    expect(runs.map(({ sentence }) => sentence)).toEqual([
      [2, 3, 4],
      [0, 1],
    ]);
    expect(score).toBeGreaterThan(scoreLeakage(reference, words('red green blue')).score);
  });

  it('combines scores to at least the highest and at most 1', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1 }), (scores) => {
        const combined = combineScores(scores);
        expect(combined).toBeGreaterThanOrEqual(Math.max(...scores) - 0.0001);
        expect(combined).toBeLessThanOrEqual(1);
      }),
    );
    expect(combineScores([])).toBe(0);
  });
});

describe('finding the closest reference', () => {
  const word = fc.constantFrom('the', 'of', 'red', 'green', 'blue', 'black', 'is', 'a', 'cat', 'dog');
  const sentence = fc.array(word, { minLength: 1, maxLength: 12 });

  it('gives what comparing with every one gives', () => {
    fc.assert(
      fc.property(fc.array(sentence, { minLength: 1, maxLength: 8 }), sentence, (references, judged) => {
        const scores = references.map((reference) => scoreLeakage(reference, judged).score);
        const found = new ReferenceSentences(references.map((words) => words.join(' '))).findClosest(judged);
        expect(found?.score ?? 0).toBe(Math.max(...scores));
        if (found !== undefined && found.score > 0) {
          expect(found.reference.text).toBe(references[scores.indexOf(found.score)]?.join(' '));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('is bounded by the number of words in common', () => {
    fc.assert(
      fc.property(sentence, sentence, (reference, judged) => {
        const left = [...judged];
        const common = reference.filter((word) => left.includes(word) && left.splice(left.indexOf(word), 1)).length;
        expect(scoreLeakage(reference, judged).score).toBeLessThanOrEqual(boundLeakage(common));
      }),
    );
  });

  it('counts two sentences that repeat the same words once', () => {
    const references = [new ReferenceSentences(['red green blue black'])];
    const once = scoreTextLeakage('red green blue black', references).score;
    expect(scoreTextLeakage('red green blue black! Red, green, blue, black.', references).score).toBe(once);
  });
});

describe('cutting text into sentences', () => {
  it.each([
    ['One. Two? Three!', ['One.', 'Two?', 'Three!']],
    ['Dr. Who met J. R. Smith. He left.', ['Dr. Who met J. R. Smith.', 'He left.']],
    ['It costs 3.50 in the U.S. today.', ['It costs 3.50 in the U.S. today.']],
    ['She said "Go." Then she went.', ['She said "Go."', 'Then she went.']],
    ['法国在哪里？在欧洲。', ['法国在哪里？', '在欧洲。']],
    ['a title\n\n  and a line', ['a title', 'and a line']],
    ['', []],
  ])('%j', (text, sentences) => {
    expect(splitSentences(text)).toEqual(sentences);
  });
});

describe('contains_seed against the seeds of a task', () => {
  const seed = { question: 'Which river flows through the capital of Austria?', answer: 'The Danube' };
  const copy = 'Tell me which river flows through the capital of Austria.';
  const { signal } = new AbortController();

  it('finds rows that repeat them, by the field that is judged or by those that are named', async () => {
    for (const fields of [[], ['question', 'gone']]) {
      const block = new ContainsSeed({ seeds: true, fields, input_map: { question: 'input' } });
      await block.prepare({ pinned: undefined, signal, seeds: [seed, { other: 1 }] } as never);
      const rows = await block.run([{ question: copy }, { question: 'The Danube' }]).toArray();
      expect(rows.map(({ is_valid }) => is_valid)).toEqual([false, true]);
      expect(block.definition).toEqual(new ContainsSeed({ seeds: true, input_map: { question: 'input' } }).definition);
    }
  });

  it('says so where no seeds are known, rather than letting every row pass', async () => {
    const block = new ContainsSeed({ seeds: true, texts: ['x'] });
    await expect(block.run([{ input: 'y' }]).toArray()).rejects.toThrow('seeds: the seeds of a task are known to');
  });
});
