import { startFakeServer } from '@dgt/testkit/fake-server';
import { describe, expect, it } from 'vitest';
import { TemporaryProject } from '../packages/cli/test/project.js';
import { priceField } from '../packages/llm/src/prices/find-price.js';
import { findExamples, readDocument } from './documents.js';
import { play, readSteps } from './sessions.js';

const page = readDocument('docs/cost.md');
const examples = findExamples(page);

describe('the page on costs', () => {
  it('shows sessions that go as it says', { timeout: 120_000 }, async () => {
    const answer = () => 'It is so because of the light, and of what it meets on its way to us.';
    await using server = await startFakeServer({ answer });
    using project = new TemporaryProject();
    for (const { title = '', text } of examples)
      if (title.includes('.')) project.write(title, text.replace('http://127.0.0.1:8900', server.url));
    for (const title of ['bill', 'prices']) {
      const steps = readSteps(examples.find((example) => example.title === title) as (typeof examples)[number]);
      expect(steps.length).toBeGreaterThan(0);
      for (const step of steps) {
        const { command, code } = step;
        expect(await play(step, project)).toEqual({ command, code, missing: [] });
      }
    }
  });

  it('names every key of a price', () => {
    const [, table = ''] = page.split('| key of `price` | |\n|---|---|\n');
    const named = [...table.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name);
    expect(named.filter((name) => Object.hasOwn(priceField.properties, name ?? ''))).toEqual(
      Object.keys(priceField.properties),
    );
  });
});
