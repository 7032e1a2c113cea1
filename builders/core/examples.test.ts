import { expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { findExamples, readDocument } from '../../docs/documents.js';
import { TaskFolder, type OutputRow } from './__fixtures__/task-folder.js';

/** The rows that the examples read. */
const files = {
  'personas.jsonl': '{"id": 1, "persona": "A sailor"}\n',
  'questions.jsonl': '{"question": "Why?", "topic": "maps"}\n',
};

/** Answers in every shape that the examples ask for. */
function answer({ prompt, body }: { prompt: string; body: OutputRow }): string {
  const shape = JSON.stringify(body);
  if (shape.includes('"risks"') && shape.includes('json_schema')) return '{"risks": ["storm", "sun"]}';
  return prompt.includes('Which answer') ? '{"choice": 1}' : `<${prompt.slice(0, 20)}>`;
}

async function run(readme: string, change: object = {}) {
  await using folder = await TaskFolder.open({ answer: answer as never });
  const examples = findExamples(readDocument(`builders/core/${readme}`));
  for (const [path, text] of Object.entries(files)) folder.write(path, text);
  for (const { title, text } of examples) if (title !== undefined) folder.write(title, text);
  const task = parse(examples.find(({ title }) => title === 'task.yaml')?.text ?? '') as object;
  const finished = await folder.run(stringify({ ...task, ...change }));
  expect(finished.code, finished.stderr).toBe(0);
  return finished.rows[0] as OutputRow;
}

it('shows a chain that runs', async () => {
  expect(await run('prompt_chain/README.md')).toMatchObject({
    language: 'English',
    risks: { risks: ['storm', 'sun'] },
    advice: [expect.any(String), expect.any(String)],
  });
});

it('shows rollouts that run, built in and of the user', async () => {
  expect((await run('rollout/README.md'))['rollout_results']).toHaveLength(2);
  const own = await run('rollout/README.md', {
    rollout: { module: './rollout.mjs' },
    prompt_column: 'topic',
    system: '',
  });
  const made = { better: expect.any(String), shorter: expect.any(String) };
  expect(own['rollout_results']).toEqual([made, made]);
});

it('shows a choice that runs', async () => {
  const row = await run('best_of_n/README.md');
  expect(row['candidates']).toHaveLength(3);
  expect(row['scores']).toEqual(expect.arrayContaining([expect.any(Number)]));
});

it('shows how the models of a builder are chosen', () => {
  const [example] = findExamples(readDocument('builders/core/README.md'));
  expect(parse(example?.text ?? '')).toMatchObject({
    databuilders: { 'core/prompt_chain': { blocks: [{ name: 'generator', call_limit: 64 }] } },
  });
});
