import * as fc from 'fast-check';
import { blocks, ConfigError, Lane, consoleLog, unrecorded, type Gate, type Rejection, type Verdict } from '@dgt/core';
import { describe, expect, it } from 'vitest';
import { blockManifest } from '../../manifest.js';
import type { Deduplicator } from '../deduplicator.js';
import { adversarialTexts } from './adversarial-texts.js';

/** What the contract must know of one deduplicator. */
export interface DeduplicatorUnderTest {
  /** Its name in the registry. */
  readonly name: string;
  /** Makes one that takes equal texts, and the pair of `close`, for repetitions. */
  readonly create: (config?: Record<string, unknown>) => Deduplicator;
  /** Two texts that repeat one another under {@link create}. */
  readonly close: readonly [string, string];
}

const first = 'the cat sat on the mat today';
const other = 'one two three four five six';

/** What every deduplicator promises, whatever it compares by. */
export function describeDeduplicator(subject: DeduplicatorUnderTest): void {
  describe(subject.name, () => {
    describeBlock(subject);
    describeGate(subject);
    describeSequence(subject);
    describeFields(subject);
  });
}

type Create = DeduplicatorUnderTest['create'];

function openGate(create: Create, config: object = {}): Gate<{ input: string }> {
  return create({ filter: true, ...config }).openGate();
}

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

function describeGate({ create, close }: DeduplicatorUnderTest): void {
  const open = (config?: object) => openGate(create, config);

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

  it('compares with its context first', () => {
    const verdict = open({ context: [other, first] }).judge({ input: first }, 'row');
    expect(verdict).toMatchObject({ valid: false, reason: 'repeats the context', against: first, score: 1 });
  });
}

function describeSequence({ create }: DeduplicatorUnderTest): void {
  const open = (config?: object) => openGate(create, config);

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
