import { describe, expect, it } from 'vitest';
import { TestDataset } from '../../../runner/src/__fixtures__/dataset.js';
import { PairBuilder, pairSeeds } from '../../../runner/src/__fixtures__/pair-builder.js';
import { ScriptedModel } from '../../../runner/src/__fixtures__/scripted-model.js';
import { ScriptedJudge } from './__fixtures__/scripted-judge.js';
import { LMJudge } from './lm-judge.js';
import { RegexValidator } from './regex.js';

const input_map = { question: 'input' };

/** A model whose every third answer lacks its question mark, and a judge that refuses one in five. */
function makeRun(quota: number) {
  const model = new ScriptedModel((_prompt, key) => `${key}${hash(key) % 3 === 0 ? '' : '?'}`);
  const judge = new ScriptedJudge((prompt) => (hash(prompt) % 5 === 0 ? 'no' : 'yes'));
  const postprocessors = [
    new RegexValidator({ name: 'question', pattern: '\\?$', reason: 'no question', input_map, filter: true }),
    new LMJudge({ name: 'judge', lm: judge, prompt: 'Is "{{question}}" good?', filter: true }),
  ];
  const settings = { num_outputs_to_generate: quota, seed_batch_size: 3, machine_batch_size: 0 };
  return { model, judge, run: { builder: PairBuilder, model, postprocessors, seeds: pairSeeds, settings } };
}

function hash(text: string): number {
  let value = 7;
  for (const character of text) value = (value * 31 + (character.codePointAt(0) as number)) % 1_000_003;
  return value;
}

describe('validators as postprocessors', () => {
  it('fill the quota with rows that pass them all, and keep the others with their reasons', async () => {
    using dataset = new TestDataset();
    const { run, judge } = makeRun(20);
    expect(await dataset.run(run)).toMatchObject({ ending: { reason: 'complete' } });
    const rows = dataset.read('finalData');
    expect(rows).toHaveLength(20);
    expect(rows.every(({ question }) => String(question).endsWith('?'))).toBe(true);
    expect(Object.keys(rows[0] ?? {})).toEqual(['task_name', 'is_seed', 'question', 'answer']);
    const rejected = dataset.read('rejected');
    const reasons = new Set(rejected.map(({ block, reason }) => `${String(block)}: ${String(reason)}`));
    expect([...reasons].sort()).toEqual(['judge: the judge said no', 'question: no question']);
    // Only what passed the first was worth a call.
    const asked = judge.requests.map(({ input }) => String(input));
    expect(asked.every((prompt) => /^Is ".*\?" good\?$/.test(prompt))).toBe(true);
    expect(asked.length).toBeGreaterThanOrEqual(20 + rejected.filter(({ block }) => block === 'judge').length);
  });

  it('pay for no call of a judge twice when the builder is run again', async () => {
    using dataset = new TestDataset();
    const first = makeRun(20);
    await dataset.run(first.run);
    const before = { final: dataset.bytes('finalData'), rejected: dataset.bytes('rejected') };
    const second = makeRun(20);
    await dataset.run({ ...second.run, mode: 'replay', digest: { 'generate.ts': 'edited' } });
    expect(second.judge.requests).toEqual([]);
    expect(second.model.sent).toEqual([]);
    expect({ final: dataset.bytes('finalData'), rejected: dataset.bytes('rejected') }).toEqual(before);
  });
});
