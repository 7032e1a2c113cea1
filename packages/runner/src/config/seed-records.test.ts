import { dataBuilders, GenerationDataBuilder, GenerationTask, dataPoint, Type, type DataBuilderClass } from '@dgt/core';
import { expect, it } from 'vitest';
import { describeProblemsOf, ProjectFolder, validBuilder, validTask } from './__fixtures__/project.js';

class Sum extends dataPoint({ left: Type.Number(), right: Type.Number() }) {}
/** Reads a seed from one line of text. */
class SumTask extends GenerationTask.of({ input: Sum }) {
  override instantiateInputExample(row: Readonly<Record<string, unknown>>) {
    const { text } = row as { text: string };
    const [left, right] = text.split('+').map(Number);
    return super.instantiateInputExample({ left, right });
  }
}
class SumBuilder extends GenerationDataBuilder.of({ task: SumTask, blocks: {} }) {
  generate() {
    return [];
  }
}
dataBuilders.add('sums', SumBuilder as unknown as DataBuilderClass, 'the test');

const sums = (seeds: string) => ({
  task: `task_name: sums\ntask_description: Sums\ndata_builder: sums\nseed_examples:\n${seeds}`,
  files: { 'builders/sums/sums.yaml': 'name: sums\n', 'builders/sums/generate.ts': '' },
});

it('finds seed examples that do not fit the data point, each with its line, before anything runs', async () => {
  const task = `${validTask}  - question: q
  - question: q
    anwser: a
  - question: q
    answer: a
    task_name: of an earlier run
  - question: [q]
    answer: a
    source: me
`;
  expect(await describeProblemsOf({ task })).toMatchInlineSnapshot(`
    "tasks/task.yaml:7:5: seed_examples[1]: missing "answer"
    tasks/task.yaml:9:5: seed_examples[2]: unknown key "anwser" (did you mean "answer"?)
    tasks/task.yaml:13:15: seed_examples[4].question: expected a string, got a list of 1
    tasks/task.yaml:15:5: seed_examples[4]: unknown key "source"; known: question, answer"
  `);
});

it('lists the first ten of many and says how many there are', async () => {
  const task = `${validTask}${'  - question: q\n'.repeat(500)}`;
  const lines = (await describeProblemsOf({ task })).split('\n');
  expect(lines).toHaveLength(11);
  expect(lines[0]).toBe('tasks/task.yaml:4:1: seed_examples: 500 of 501 do not fit; the first 10 are listed');
});

it('asks a task class that reads seeds in its own way, and says where it could not', async () => {
  expect(await describeProblemsOf(sums('  - text: 1+1\n  - text: "1"\n  - txt: 1+1\n'))).toMatchInlineSnapshot(`
    "tasks/task.yaml:6:5: seed_examples[1]: a seed example of task "sums": missing "right"
    tasks/task.yaml:7:5: seed_examples[2]: the task class cannot read it: Cannot read properties of undefined (reading 'split')"
  `);
  await using folder = await ProjectFolder.write({
    'tasks/task.yaml': sums('  - text: 1+1\n').task,
    ...sums('').files,
    'builders/pairs/pairs.yaml': validBuilder,
  });
  expect((await folder.load()).tasks[0]?.seeds).toEqual([{ text: '1+1' }]);
});
