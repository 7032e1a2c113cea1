import * as fc from 'fast-check';
import {
  blocks,
  ConfigError,
  createScriptLane,
  Lane,
  consoleLog,
  unrecorded,
  type Gate,
  type Rejection,
  type Verdict,
} from '@dgt/core';
import { describe, expect, it } from 'vitest';
import { blockManifest } from '../../manifest.js';
import type { Deduplicator } from '../deduplicator.js';
import { adversarialTexts, hardTexts } from './adversarial-texts.js';

/** What the contract must know of one deduplicator. */
export interface DeduplicatorUnderTest {
  /** Its name in the registry. */
  readonly name: string;
  /** Makes one that takes equal texts, and the pair of `close`, for repetitions. */
  readonly create: (config?: Record<string, unknown>) => Deduplicator;
  /** Two texts that repeat one another under {@link create}. */
  readonly close: readonly [string, string];
  /** How much a text repeats another one, straight from the definition. */
  readonly score: (text: string, other: string) => number;
  /** The threshold of {@link create}. */
  readonly threshold: number;
  /** Whether it may leave out pairs that reach the threshold, unless they are equal. */
  readonly mayMiss?: boolean;
  /** What its gate is given of a text, when that is not the text itself. */
  readonly prepare?: (text: string) => string;
}

const first = 'the cat sat on the mat today';
const other = 'one two three four five six';

/** What every deduplicator promises, whatever it compares by. */
export function describeDeduplicator(subject: DeduplicatorUnderTest): void {
  describe(subject.name, () => {
    describeBlock(subject);
    describeGate(subject);
    describeSequence(subject);
    describeDecisions(subject);
    describeFields(subject);
  });
}

type Create = DeduplicatorUnderTest['create'];

function openGate({ create, prepare = asIs }: DeduplicatorUnderTest, config: object = {}): Gate<{ input: string }> {
  return prepareRows(create({ filter: true, ...config }).openGate() as Gate<{ input: string }>, prepare);
}

/** A gate whose rows are prepared, with everything that the configuration says to compare with. */
async function prepareGate({ create, prepare = asIs }: DeduplicatorUnderTest, config: object) {
  const gate = await create({ filter: true, ...config }).prepareGate({ lane: createScriptLane() });
  return prepareRows(gate as Gate<{ input: string }>, prepare);
}

function prepareRows(gate: Gate<{ input: string }>, prepare: (text: string) => string): Gate<{ input: string }> {
  return {
    judge: ({ input }, label) => gate.judge({ input: prepare(input) }, label),
    remember: ({ input }, label) => gate.remember({ input: prepare(input) }, label),
  };
}

const asIs = (text: string) => text;

function judgeAll(gate: Gate<{ input: string }>, texts: readonly string[], from = 0): Verdict[] {
  return texts.map((input, index) => gate.judge({ input }, from + index));
}

async function listKept(create: Create, rows: readonly object[], config: object = {}): Promise<object[]> {
  return create({ filter: true, ...config })
    .run(rows)
    .toArray();
}

function describeBlock({ name, create }: DeduplicatorUnderTest): void {
  it('is registered under its name by the manifest', async () => {
    blocks.announce(blockManifest);
    expect(await blocks.load(name)).toBe(create().constructor);
  });

  it('drops repetitions with filter, and marks every row without', async () => {
    const rows = [first, other, first].map((input, id) => ({ input, id }));
    expect(await listKept(create, rows)).toMatchObject([{ id: 0, is_valid: true }, { id: 1 }]);
    const marked = await listKept(create, rows, { filter: false });
    expect(marked.map((row) => (row as { is_valid?: boolean }).is_valid)).toEqual([true, true, false]);
    expect(marked[2]).toMatchObject({ id: 2, metadata: { score: 1, reason: 'repeats an earlier row' } });
  });

  it('works alone, with an empty memory for each run, and records what it drops', async () => {
    const rejections: Rejection[] = [];
    const recorder = { ...unrecorded, reject: (_lane: string, rejection: Rejection) => rejections.push(rejection) };
    const { signal } = new AbortController();
    const block = create({ filter: true, name: 'dedup' });
    const rows = [{ input: first }, { input: first }];
    for (let run = 1; run <= 2; run++) {
      const lane = new Lane('a', { recorder: recorder as never, randomName: '0', signal, log: consoleLog });
      expect(await block.run(rows, { lane }).toArray()).toHaveLength(1);
      expect(rejections).toHaveLength(run);
    }
    expect(rejections[0]).toMatchObject({ block: 'dedup', score: 1, against: rows[0], sample: rows[1] });
  });

  it('compares with seeds unless told not to', () => {
    expect(create().config.against).toBe('seeds');
    expect(create({ against: 'none' }).config.against).toBe('none');
    expect(() => create({ against: 'files' })).toThrow(ConfigError);
  });
}

function describeGate(subject: DeduplicatorUnderTest): void {
  const { close } = subject;
  const open = (config?: object) => openGate(subject, config);

  it('takes the first row, whatever it is', () => {
    for (const input of ['', '?', first]) expect(open().judge({ input }, 1)).toEqual({ valid: true });
  });

  it('rejects an equal and a close row, and says how close it is and to which label', () => {
    const gate = open();
    judgeAll(gate, [other, first]);
    expect(gate.judge({ input: first }, 2)).toEqual({
      valid: false,
      reason: 'repeats an earlier row',
      score: 1,
      against: 1,
    });
    const label = { row: 3 };
    gate.judge({ input: close[0] }, label);
    const verdict = gate.judge({ input: close[1] }, 4);
    expect(verdict.valid).toBe(false);
    expect(verdict.against).toBe(label);
  });

  it('names the first of several equal rows', () => {
    const gate = open();
    for (const label of ['a', 'b', 'c']) gate.remember({ input: first }, label);
    expect(gate.judge({ input: first }, 'd').against).toBe('a');
  });

  it('remembers without judging', () => {
    const gate = open();
    gate.remember({ input: first }, 'seed 1');
    gate.remember({ input: first }, 'seed 2');
    expect(gate.judge({ input: first }, 'row').against).toBe('seed 1');
    expect(gate.judge({ input: other }, 'row').valid).toBe(true);
  });

  it('compares with its context first', async () => {
    const gate = await prepareGate(subject, { context: [other, first] });
    const verdict = gate.judge({ input: first }, 'row');
    expect(verdict).toMatchObject({ valid: false, reason: 'repeats the context', against: first, score: 1 });
  });
}

function describeSequence(subject: DeduplicatorUnderTest): void {
  const open = (config?: object) => openGate(subject, config);

  it('gives the same verdicts each time, filtering or not', () => {
    fc.assert(
      fc.property(adversarialTexts, fc.boolean(), (texts, filter) => {
        expect(judgeAll(open({ filter }), texts)).toEqual(judgeAll(open({ filter }), texts));
      }),
    );
  });

  it('goes on as it was after being made again from what it accepted', () => {
    fc.assert(
      fc.property(adversarialTexts, fc.nat(16), fc.boolean(), (texts, cut, filter) => {
        const verdicts = judgeAll(open({ filter }), texts);
        const again = open({ filter });
        for (const [index, input] of texts.slice(0, cut).entries()) {
          if (!filter || isValid(verdicts[index])) again.remember({ input }, index);
        }
        expect(judgeAll(again, texts.slice(cut), cut)).toEqual(verdicts.slice(cut));
      }),
    );
  });

  it('lets no two rows pass that are equal', () => {
    fc.assert(
      fc.property(adversarialTexts, (texts) => {
        const words = texts.filter((text) => /[\p{L}\p{N}]/u.test(text));
        const gate = open();
        const kept = words.filter((input) => gate.judge({ input }, input).valid);
        expect(new Set(kept).size).toBe(kept.length);
      }),
    );
  });
}

function describeDecisions(subject: DeduplicatorUnderTest): void {
  it.each(Object.entries(hardTexts))('decides of %s as comparing every pair does', (_name, texts) => {
    for (const filter of [true, false]) expectPlainDecisions(subject, texts, filter);
  });

  it('decides of all of them together, and of any texts, as comparing every pair does', () => {
    const short = Object.values(hardTexts)
      .flat()
      .filter((text) => text.length < 200);
    expectPlainDecisions(subject, [...short, ...short.toReversed()], true);
    fc.assert(
      fc.property(adversarialTexts, fc.boolean(), (texts, filter) => expectPlainDecisions(subject, texts, filter)),
      { numRuns: 200 },
    );
  });
}

/** Holds each decision against the best of all that the gate remembers, by the definition. */
function expectPlainDecisions(subject: DeduplicatorUnderTest, texts: readonly string[], filter: boolean): void {
  const { score, threshold, mayMiss = false } = subject;
  const gate = openGate(subject, { filter });
  const remembered: number[] = [];
  for (const [row, input] of texts.entries()) {
    const verdict = gate.judge({ input }, row);
    let best: { score: number; row: number } | undefined;
    for (const other of remembered) {
      const found = score(input, texts[other] as string);
      if (best === undefined || found > best.score) best = { score: found, row: other };
    }
    const isRepetition = best !== undefined && best.score >= threshold;
    if (!mayMiss || !verdict.valid || best?.score === 1) {
      expect({ input, valid: verdict.valid }).toEqual({ input, valid: !isRepetition });
    }
    if (!verdict.valid) {
      const against = mayMiss ? (verdict.against as number) : best?.row;
      expect(verdict).toMatchObject({ against, score: score(input, texts[against as number] as string) });
    }
    if (verdict.valid || !filter) remembered.push(row);
  }
}

function describeFields({ create }: DeduplicatorUnderTest): void {
  const keep = (rows: readonly object[], config?: object) => listKept(create, rows, config);
  const rows = [
    { question: first, about: { topic: other } },
    { question: first, about: { topic: first } },
    { question: other, about: { topic: other } },
    { question: first, about: { topic: other }, id: 3 },
  ];

  it('compares one field that the input map names', async () => {
    expect(await keep(rows, { input_map: { 'about.topic': 'input' } })).toHaveLength(2);
  });

  it('compares several fields jointly', async () => {
    expect(await keep(rows, { fields: ['question', 'about.topic'] })).toEqual(
      rows.slice(0, 3).map((row) => expect.objectContaining(row) as unknown),
    );
    expect(await keep(rows, { fields: ['about.topic'] })).toHaveLength(2);
  });

  it('compares a list and a record of texts jointly, whatever the order of the record', async () => {
    const lists = rows.map(({ question, about }) => ({ input: [question, about.topic] }));
    const records = rows.map(({ question, about }, index) => ({
      input: index === 3 ? { topic: about.topic, question } : { question, topic: about.topic },
    }));
    expect(await keep(lists)).toHaveLength(3);
    expect(await keep(records)).toHaveLength(3);
  });

  it('names the place that a row lacks, and refuses fields beside an input map', async () => {
    await expect(keep([{ question: first }])).rejects.toMatchObject({ code: 'DGT_BLOCK_FIELD_MISSING' });
    await expect(keep([{ question: first }], { fields: ['answer'] })).rejects.toThrow(
      'fields: there is nothing at "answer"; the row has: question',
    );
    expect(() => create({ fields: ['a'], input_map: { b: 'input' } })).toThrow('keep one of them');
    expect(() => create({ fields: ['a..b'] })).toThrow(ConfigError);
  });

  it('refuses what is not text, and says what it saw', async () => {
    const wrong: [unknown, string][] = [
      [null, 'in the field "input", got null'],
      [7, 'in the field "input", got number'],
      [['a', ['b']], 'in the field "input[1]", got a list'],
      [{ q: 'a', r: {} }, 'in the field "input.r", got an object'],
    ];
    for (const [input, message] of wrong) {
      await expect(keep([{ input }])).rejects.toThrow(`needs text ${message}`);
    }
  });
}

function isValid(verdict: Verdict | undefined): boolean {
  return verdict?.valid === true;
}
