import { describeRows } from '@dgt/stores/statistics';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { photographPage } from '../packages/cli/src/__fixtures__/chromium.js';
import { renderStatisticsPage } from '../packages/cli/src/pages/statistics-page.js';
import { TemporaryProject } from '../packages/cli/test/project.js';
import { findExamples, readDocument, repository } from './documents.js';
import { play, readSteps } from './sessions.js';

const page = readDocument('docs/stats.md');
const examples = findExamples(page);
const picture = join(repository, 'docs/pictures/stats.png');

/** Rows whose statistics are worth a picture. */
function* rows() {
  const topics = ['physics', 'biology', 'history', 'geography', 'law'];
  for (let index = 0; index < 1200; index++) {
    if (index % 97 === 5) yield { input: { topic: 'law' }, error: 'HTTP 503: overloaded' };
    const spread = [3, 7, 11, 13].reduce((sum, prime) => sum + (index % prime) / (prime - 1), 0);
    const topic = topics[Math.floor(((index % 61) / 61) ** 1.8 * topics.length)];
    yield { input: { topic }, response: 'ok', score: Math.round(spread * 250) / 100 };
  }
}

describe('the page on statistics', () => {
  it('shows sessions that go as it says', { timeout: 120_000 }, async () => {
    using project = new TemporaryProject();
    for (const { title = '', text } of examples) if (title.includes('.')) project.write(title, text);
    for (const title of ['overview', 'paths']) {
      const [step] = readSteps(examples.find((example) => example.title === title) as (typeof examples)[number]);
      // What it says on standard error comes before what it prints.
      const printed = [...(step?.printed ?? [])].sort(
        (a, b) => Number(b.startsWith('wrote')) - Number(a.startsWith('wrote')),
      );
      const { command = '', code } = step ?? {};
      expect(await play({ command, code: code ?? 0, printed }, project)).toEqual({ command, code, missing: [] });
    }
  });

  it('shows a picture of a page', async () => {
    if (process.env['DGT_WRITE_PICTURES'] !== undefined) {
      const statistics = await describeRows(rows(), { fields: ['score'], distributions: ['input.topic'] });
      const html = renderStatisticsPage({ path: 'output/answers/result.jsonl', files: [], ...statistics });
      await photographPage({ page: html }, { file: picture, width: 1000, height: 1080 });
    }
    expect(statSync(picture).size).toBeLessThan(100_000);
  });
});
