import { describe, expect, it } from 'vitest';
import { TemporaryProject } from '../packages/cli/test/project.js';
import { findExamples, readDocument } from './documents.js';
import { play, readSteps } from './sessions.js';

const examples = findExamples(readDocument('docs/transformations.md'));

function createProject(): TemporaryProject {
  const project = new TemporaryProject();
  for (const { title = '', text } of examples) if (/\.\w+$/.test(title)) project.write(title, text);
  return project;
}

async function playSessions(titles: readonly string[], project: TemporaryProject): Promise<void> {
  for (const title of titles) {
    const steps = readSteps(examples.find((example) => example.title === title) as (typeof examples)[number]);
    expect(steps.length).toBeGreaterThan(0);
    for (const step of steps) {
      const { command, code } = step;
      expect(await play(step, project)).toEqual({ command, code, missing: [] });
    }
  }
}

describe('the page on transformations', { timeout: 120_000 }, () => {
  it('shows a dataset that follows its input, and pays for new and edited rows alone', async () => {
    using project = createProject();
    await playSessions(['rows', 'changes'], project);
    const rows = project.rows('output/level/final_data.jsonl');
    expect(rows.map(({ id, source, level }) => [id, source, typeof level])).toEqual([
      [4, undefined, 'string'],
      [3, 'web', 'string'],
      [2, 'atlas', 'string'],
    ]);
    expect(Object.keys(rows[2] ?? {})).toEqual(['task_name', 'is_seed', 'id', 'source', 'question', 'answer', 'level']);
  });

  it('makes nothing again for a column that no prompt shows, nor for a row that comes back', async () => {
    using project = createProject();
    const pairs = project.read('pairs.jsonl');
    expect(await project.run(['run', 'tasks/level.yaml'])).toMatchObject({ code: 0 });
    project.write('pairs.jsonl', pairs.replace('"web"', '"another"'));
    expect(await project.run(['run', 'tasks/level.yaml'])).toMatchObject({
      stderr: expect.stringContaining('input: 1 row edited'),
      stdout: expect.stringContaining('0 calls made'),
    });
    project.write('pairs.jsonl', pairs.slice(0, pairs.indexOf('\n') + 1));
    expect(await project.run(['run', 'tasks/level.yaml'])).toMatchObject({
      stderr: expect.stringContaining('2 rows gone'),
    });
    project.write('pairs.jsonl', pairs);
    expect(await project.run(['run', 'tasks/level.yaml'])).toMatchObject({
      stdout: expect.stringContaining('0 calls made'),
    });
  });

  it('shows rows that fail alone, and that are made when it is asked for', async () => {
    using project = createProject();
    await playSessions(['errors'], project);
    expect(project.rows('output/lookup/final_data.jsonl').map(({ town }) => town)).toEqual(['Cusco', 'Puno', 'Tacna']);
  });

  it('shows rows that are ranked together', async () => {
    using project = createProject();
    const shown = project.read('output/rank/final_data.jsonl');
    project.write('output/rank/final_data.jsonl', '');
    expect(await project.run(['run', 'tasks/rank.yaml'])).toMatchObject({ code: 0 });
    expect(project.read('output/rank/final_data.jsonl')).toBe(shown);
  });
});
