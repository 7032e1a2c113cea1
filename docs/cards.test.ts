import { statSync } from 'node:fs';
import { join } from 'node:path';
import { startFakeServer } from '@dgt/testkit/fake-server';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { taskFileFields, version } from '@dgt/runner';
import { photographPage } from '../packages/cli/src/__fixtures__/chromium.js';
import { showCard } from '../packages/cli/src/__fixtures__/card-page.js';
import type { CardFacts } from '../packages/cli/src/cards/card-facts.js';
import { makeCard } from '../packages/cli/src/cards/write-card.js';
import { TemporaryProject } from '../packages/cli/test/project.js';
import { findExamples, readDocument, repository } from './documents.js';
import { play, readSteps } from './sessions.js';

const picture = join(repository, 'docs/pictures/card.png');

const usage = { failed_tries: 3, uncounted_tries: 0, cached_tokens: 0, reasoning_tokens: 0 };
const asked = { ...usage, tries: 4103, prompt_tokens: 123_090, completion_tokens: 512_875 };

/** A dataset whose card is worth a picture, while a run makes it. */
const pictured: CardFacts = {
  status: {
    task_name: 'team/colours',
    folder: '/made/colours',
    status: 'running',
    message: '',
    rows: 4000,
    num_outputs_to_generate: 10_000,
    last_activity: undefined,
  },
  results: undefined,
  place: '',
  files: [
    {
      name: 'final_data',
      split: 'train',
      format: 'parquet',
      paths: ['final_data-00000.parquet', 'final_data-00001.parquet'],
    },
  ],
  card: {
    data_builder: 'core/prompt_chain',
    dgt_version: version,
    task: {
      task_description: 'Why things have the colours that they have.',
      created_by: 'Ada',
      card: { license: 'cc-by-4.0', pretty_name: 'Why so colourful?' },
    },
    definition: {
      random_seed: 7,
      task_fields: { steps: [{ out: 'answer', user: 'Answer in one sentence: {question}' }] },
      blocks: {
        writer: { type: 'openai', model: 'Qwen/Qwen3-4B', parameters: { temperature: 0.7, max_tokens: 256 } },
      },
    },
  },
  live: {
    rows: 4000,
    lost: 100,
    attempts: 4100,
    inputs: undefined,
    bill: {
      lines: [{ ...asked, block: 'writer', provider: 'openai', model: 'Qwen/Qwen3-4B', cost: 0.27 }],
      total: asked,
      cost: 0.27,
      known_cost: 0.27,
    },
    run: { startedAt: Date.parse('2026-01-02T02:35:00Z'), made: { rows: 3000, lost: 80, attempts: 3080 } },
  },
};

const page = readDocument('docs/cards.md');
const examples = findExamples(page);

describe('the page on cards', () => {
  it('shows sessions that go as it says', { timeout: 120_000 }, async () => {
    await using server = await startFakeServer({ answer: () => 'It is so because of the light.' });
    using project = new TemporaryProject();
    for (const { title = '', text } of examples)
      if (title.includes('.')) project.write(title, text.replace('http://127.0.0.1:8900', server.url));
    for (const title of ['card', 'several']) {
      const steps = readSteps(examples.find((example) => example.title === title) as (typeof examples)[number]);
      for (const step of steps) {
        const { command, code } = step;
        expect(await play(step, project)).toEqual({ command, code, missing: [] });
      }
    }
    const card = project.read('output/team/colours/README.md');
    // A hub refuses front matter that is no YAML.
    expect(parse(card.split('---\n')[1] ?? '')).toMatchObject({ license: 'cc-by-4.0' });
    expect(card).not.toContain(server.url);
  });

  it('shows a picture of a card', async () => {
    if (process.env['DGT_WRITE_PICTURES'] !== undefined) {
      const card = makeCard({ folder: '/made/colours', datasets: [pictured] }, Date.parse('2026-01-02T03:05:00Z'));
      await photographPage({ page: showCard(card) }, { file: picture, width: 708, height: 1105 });
    }
    expect(statSync(picture).size).toBeLessThan(100_000);
  });

  it('names every key that a task may say of its card', () => {
    const keys = Object.keys(taskFileFields.card.properties);
    expect(keys.filter((key) => !page.includes(`\`${key}\``))).toEqual([]);
  });
});
