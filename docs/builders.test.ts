import { describe, expect, it } from 'vitest';
import { TemporaryProject } from '../packages/cli/test/project.js';
import { findExamples, readDocument } from './documents.js';

const examples = findExamples(readDocument('docs/builders.md'));
const commands = (examples.find(({ title }) => title === 'first')?.text ?? '').trim().split('\n');

/** A folder in which the commands of the page were called as far as the first one, and its files written over what came of it. */
async function createQuiz(): Promise<TemporaryProject> {
  const project = new TemporaryProject();
  expect(await project.run((commands[0] ?? '').split(' ').slice(1))).toMatchObject({ code: 0 });
  return project;
}

function writeExamples(project: TemporaryProject): void {
  for (const { title, text } of examples) if (title?.includes('/')) project.write(title, text);
}

describe('docs/builders.md', { timeout: 120_000 }, () => {
  it('begins with commands that do what they say', async () => {
    using project = await createQuiz();
    for (const command of commands.slice(1)) {
      const { code, stderr } = await project.run(command.split(' ').slice(1));
      expect({ command, code, stderr }).toMatchObject({ code: 0 });
    }
    expect(project.rows('output/team/quiz/final_data.jsonl')).toHaveLength(20);
  });

  it('shows a class, its YAML and a block that make rows together', async () => {
    using project = await createQuiz();
    writeExamples(project);
    const { code, stderr } = await project.run(['run', 'tasks/team/quiz']);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const rows = project.rows('output/team/quiz/final_data.jsonl');
    expect(rows).toHaveLength(20);
    expect(rows.every(({ question }) => String(question).split(' ').length <= 12)).toBe(true);
    expect(await project.run(['test'])).toMatchObject({ code: 0 });
  });

  it('shows a flow of several steps that makes rows of what a judge likes', async () => {
    using project = await createQuiz();
    writeExamples(project);
    project.write('builders/team/checked/generate.test.ts', flowTest);
    const { code, stdout } = await project.run(['test', 'builders/team/checked']);
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('pass 1') });
  });
});

const flowTest = `
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkBuilder, runBuilder } from '@dgt/testkit';
import { CheckedBuilder } from './generate.js';

test('the flow', async () => {
  const seeds = [{ question: 'Why?', answer: '' }, { question: 'Who?', answer: '' }];
  const answers = { 'Like "Why?"': 'How?', 'Like "Who?"': 'When?', 'good question? How?': 'yes', 'good question? When?': 'no' };
  const { rows, rejections } = await runBuilder(CheckedBuilder, { seeds, answers });
  assert.deepEqual(rows, [{ question: 'How?', answer: \`asked in \${new Date().getFullYear()}\` }]);
  assert.deepEqual(rejections.map(({ sample }) => sample), ['When?']);
  assert.equal((await checkBuilder(CheckedBuilder, { seeds, answers })).difference, undefined);
});
`;
