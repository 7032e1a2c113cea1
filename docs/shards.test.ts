import { describe, expect, it } from 'vitest';
import { parseShard } from '@dgt/runner';
import { TemporaryProject } from '../packages/cli/test/project.js';
import { findExamples, readDocument } from './documents.js';
import { play, readSteps } from './sessions.js';

const page = readDocument('docs/shards.md');
const examples = findExamples(page);

function createProject(): TemporaryProject {
  const project = new TemporaryProject();
  for (const { title = '', text } of [...findExamples(readDocument('docs/transformations.md')), ...examples])
    if (/\.\w+$/.test(title)) project.write(title, text);
  return project;
}

describe('the page on large inputs', { timeout: 120_000 }, () => {
  it('shows sessions that go as it says', async () => {
    using project = createProject();
    for (const title of ['chunks', 'stats', 'parts']) {
      const steps = readSteps(examples.find((example) => example.title === title) as (typeof examples)[number]);
      expect(steps.length).toBeGreaterThan(0);
      for (const step of steps) {
        const { command, code } = step;
        expect(await play(step, project)).toEqual({ command, code, missing: [] });
      }
    }
    expect(project.rows('parted/chunks/shards/1-of-2/final_data-00000.jsonl')).toHaveLength(2);
  });

  it('shows a job of which every number of the array is a part', () => {
    const [, first, last] = /--array=(\d+)-(\d+)/.exec(page) ?? [];
    const [, pattern = ''] = /--shard (\S*SLURM\S*)/.exec(page) ?? [];
    const parts = [first, last].map((number) => parseShard(pattern.replace('${SLURM_ARRAY_TASK_ID}', String(number))));
    expect(parts).toEqual([
      { number: 1, of: 8 },
      { number: 8, of: 8 },
    ]);
  });
});
