import { startFakeServer } from '@dgt/testkit/fake-server';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { taskFileFields } from '@dgt/runner';
import { TemporaryProject } from '../packages/cli/test/project.js';
import { findExamples, readDocument } from './documents.js';
import { play, readSteps } from './sessions.js';

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

  it('names every key that a task may say of its card', () => {
    const keys = Object.keys(taskFileFields.card.properties);
    expect(keys.filter((key) => !page.includes(`\`${key}\``))).toEqual([]);
  });
});
