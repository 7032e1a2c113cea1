import { GenerationDataBuilder, LMProvider, type Attempt } from '@dgt/core';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { TestDataset, type DatasetRun } from '../__fixtures__/dataset.js';
import { Pair, PairBuilder, PairTask, pairSeeds } from '../__fixtures__/pair-builder.js';
import { ScriptedModel } from '../__fixtures__/scripted-model.js';

function run(quota: number, more: Partial<DatasetRun> = {}): DatasetRun & { model: ScriptedModel } {
  const model = new ScriptedModel((_, key) => key);
  const settings = { num_outputs_to_generate: quota, seed_batch_size: 4, machine_batch_size: 0 };
  return { builder: PairBuilder, seeds: pairSeeds, settings, ...more, model };
}

const edited = { digest: { 'generate.ts': 'aaaaaaaaaaaaaaaaaaaa' } };

describe('a dataset whose definition changed', () => {
  it('is replayed without asking while it is small, and says what changed and how many calls that needs', async () => {
    using dataset = new TestDataset();
    await dataset.run(run(8));
    const again = run(8, edited);
    expect((await dataset.run(again)).ending.reason).toBe('complete');
    expect(again.model.sent).toEqual([]);
    expect(dataset.announcements.join('\n')).toMatch(
      /changed since the last run: files\.generate\.ts is new[\s\S]*8 recorded answers[\s\S]*no calls to make/,
    );
  });

  it('has every file written anew when a replay gives other rows, even as many', async () => {
    using dataset = new TestDataset();
    const answers = (suffix: string) => new ScriptedModel((_, key) => `${key}${suffix}`);
    await dataset.run({ ...run(8), model: answers('') });
    const seeds = pairSeeds.map(({ question }) => ({ question: `${question}?`, answer: 'yes' }));
    await dataset.run({ ...run(8, { seeds }), model: answers(' anew') });
    for (const file of ['finalData', 'data'] as const) {
      expect(dataset.read(file)).toHaveLength(8);
      expect(dataset.read(file).every(({ question }) => String(question).endsWith('anew'))).toBe(true);
    }
  });

  it('is refused once it is large, naming the change and the three ways on', async () => {
    using dataset = new TestDataset();
    await dataset.run(run(120));
    await expect(dataset.run(run(120, edited))).rejects.toMatchObject({
      code: 'DGT_DEFINITION_CHANGED',
      message: expect.stringContaining('files.generate.ts is new'),
      remedy: expect.stringMatching(/--replay[\s\S]*--continue[\s\S]*--restart/),
    });
  });

  it('goes on with the new definition and keeps what is committed on --continue', async () => {
    using dataset = new TestDataset();
    await dataset.run(run(120));
    const before = dataset.bytes('data');
    const seeds = [{ question: 'another seed?', answer: 'yes' }];
    const more = run(130, { seeds, mode: 'continue' });
    expect((await dataset.run(more)).results.rows).toBe(130);
    expect(dataset.bytes('data').startsWith(before)).toBe(true);
    expect(more.model.sent.length).toBeGreaterThan(0);
    expect((await dataset.run(run(130, { seeds }))).untouched).toBe(true);
  });

  it('goes on after --continue also where the definition before had stalled, and stalls again if the new one does', async () => {
    using dataset = new TestDataset();
    const limited = (quota: number) => ({ ...run(quota).settings, max_stalled_attempts: 30 });
    const always = (answer: string) => new ScriptedModel((_, key) => (answer === 'good' ? key : answer));
    const stalling = { ...run(200), model: always('bad'), settings: limited(200) };
    expect((await dataset.run(stalling)).ending.reason).toBe('stalled');
    const better = { ...stalling, ...edited, model: always('good') };
    expect((await dataset.run({ ...better, mode: 'continue' })).ending.reason).toBe('complete');
    const worse = { ...better, model: always('bad'), settings: limited(300) };
    expect((await dataset.run(worse)).ending.reason).toBe('stalled');
    expect((await dataset.run(worse)).untouched).toBe(true);
  });

  it('calls only for what changed on --replay', async () => {
    using dataset = new TestDataset();
    await dataset.run(run(120));
    const seeds = [...pairSeeds.slice(0, 3), { question: 'another seed?', answer: 'yes' }];
    const again = run(120, { seeds, mode: 'replay' });
    expect((await dataset.run(again)).ending.reason).toBe('complete');
    expect(again.model.sent.every((prompt) => prompt.includes('another seed?'))).toBe(true);
    expect(again.model.sent.length).toBeLessThan(120);
    expect(dataset.announcements.at(-1)).toMatch(/\d+ calls to make now/);
  });

  it('says of recorded answers that the new definition does not ask for, but not for each attempt', async () => {
    using dataset = new TestDataset();
    await dataset.run(run(40));
    const { settings, ...fewer } = run(40, edited);
    await dataset.run({ ...fewer, settings: { ...settings, seed_batch_size: 3 } });
    const unused = dataset.announcements.filter((message) => message.includes('unused'));
    expect(unused).toHaveLength(1);
    expect(unused[0]).toMatch(/attempt 1 left 1 recorded answers unused/);
    expect(readFileSync(dataset.files.events, 'utf8').match(/unused/g)?.length).toBeGreaterThan(10);
  });

  it('makes every call again for another random seed, also for prompts that chance has no part in', async () => {
    class FixedBuilder extends GenerationDataBuilder.of({ task: PairTask, blocks: { generator: LMProvider } }) {
      async *generate(seeds: readonly Pair[], ctx: Attempt) {
        const requests = seeds.map(({ question }) => ({ input: `${ctx.number} ${question}` }));
        for await (const { result } of this.blocks.generator.run(requests))
          yield new Pair({ question: result, answer: '' });
      }
    }
    using dataset = new TestDataset();
    const { settings } = run(8);
    await dataset.run(run(8, { builder: FixedBuilder }));
    const again = run(8, { builder: FixedBuilder, settings: { ...settings, random_seed: 7 } });
    await dataset.run(again);
    expect(again.model.sent).toHaveLength(8);
  });

  it('starts anew on --restart, keeping the old folder and the old final_data until the new one is there', async () => {
    using dataset = new TestDataset();
    await dataset.run(run(8));
    const old = dataset.bytes('finalData');
    const stopped = await dataset.run({ ...run(8, edited), restart: true, onStart: ({ run: task }) => task.abort() });
    expect(stopped.ending.reason).toBe('cancelled');
    expect(dataset.bytes('finalData')).toBe(old);
    const anew = run(9, edited);
    expect((await dataset.run(anew)).results.rows).toBe(9);
    expect(anew.model.sent.length).toBeGreaterThan(8);
    expect(dataset.read('finalData')).toHaveLength(9);
  });

  it('may grow its quota, its limits and its budgets without being another dataset', async () => {
    using dataset = new TestDataset();
    await dataset.run(run(8));
    const { settings, ...same } = run(20);
    const grown = await dataset.run({
      ...same,
      settings: { ...settings, max_attempts: 50, max_tokens: 10_000, max_stalled_rows: 5 },
    });
    expect(grown.results.rows).toBe(20);
    expect(dataset.announcements).toEqual([]);
  });
});
