import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fieldsOf, TaskFolder, type OutputRow } from '../../builders/core/__fixtures__/task-folder.js';
import { findExamples, readDocument, repository } from '../documents.js';

interface Asked {
  readonly prompt: string;
  readonly body: OutputRow;
}

/** What a model would say in each recipe. */
const answers: Readonly<Record<string, (asked: Asked) => string>> = {
  'instruction-pairs': ({ prompt }) =>
    prompt.includes('support the answer')
      ? 'Surely: <verdict>yes</verdict>'
      : '{"items": [{"question": "Where?", "answer": "There."}, {"question": "How high?", "answer": "High."}]}',
  'tool-conversations': ({ prompt }) => {
    if (prompt.startsWith('List the functions')) return 'Here:\n[{"name": "find_port", "parameters": {}}]';
    if (prompt.startsWith('Write a conversation'))
      return '[{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]';
    return `text on: ${prompt.split('\n')[0]}`;
  },
  'long-documents': ({ prompt }) => `plain: ${prompt.length}`,
  'best-of-three': ({ prompt }) => (prompt.includes('Which answer') ? '{"choice": 2}' : 'Because.'),
  'preference-pairs': ({ prompt }) =>
    prompt.includes('Score it') ? `{"score": ${prompt.includes('draft 0') ? 9 : 2}}` : `draft ${drafts++ % 4}`,
};
let drafts = 0;

const pages = readdirSync(`${repository}docs/recipes`).filter((name) => name.endsWith('.md'));

/** Writes the files of a recipe and runs its task. */
async function follow(name: string, folder: TaskFolder, task = 'task.yaml') {
  const examples = findExamples(readDocument(`docs/recipes/${name}`));
  for (const { title, text } of examples) if (title?.includes('.')) folder.write(title, text);
  const text = examples.find(({ title }) => title === task)?.text ?? '';
  return { examples, run: await folder.run(text), taskName: /task_name: (\S+)/.exec(text)?.[1] };
}

describe('a recipe', () => {
  it.each(pages)('of %s runs as it is written and gives the row that it shows', async (name) => {
    const answer = answers[name.replace('.md', '')];
    await using folder = await TaskFolder.open({ answer: answer as never });
    const { examples, run, taskName } = await follow(name, folder);
    expect(run.code, run.stderr).toBe(0);
    const shown = examples.find(({ title }) => title === 'a row')?.text;
    if (shown !== undefined)
      expect(Object.keys(fieldsOf(run.rows[0] ?? {})).toSorted()).toEqual(
        Object.keys(JSON.parse(shown) as object).toSorted(),
      );
    const formatted = examples.find(({ title }) => title === 'a formatted row')?.text;
    if (formatted === undefined) return;
    const lines = folder.readText(`output/${taskName}/formatted_data.jsonl`).trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    for (const line of lines)
      expect(Object.keys(JSON.parse(line) as object)).toEqual(Object.keys(JSON.parse(formatted) as object));
  });

  it('makes rows of each document, conversations in each language, and keeps every candidate', async () => {
    await using pairs = await TaskFolder.open({ answer: answers['instruction-pairs'] as never });
    expect((await follow('instruction-pairs.md', pairs)).run.rows).toHaveLength(4);
    await using tools = await TaskFolder.open({ answer: answers['tool-conversations'] as never });
    const { rows } = (await follow('tool-conversations.md', tools)).run;
    expect(rows.map(({ language, tools: made }) => [language, made])).toEqual(
      ['English', 'Spanish'].map((language) => [language, [{ name: 'find_port', parameters: {} }]]),
    );
    expect(rows[0]?.['system_prompt']).toContain('Write the system prompt');
    await using best = await TaskFolder.open({ answer: answers['best-of-three'] as never });
    expect((await follow('best-of-three.md', best)).run.rows[0]?.['candidates']).toHaveLength(3);
  });

  it('shows a rollout of one own that runs', async () => {
    await using folder = await TaskFolder.open({ answer: answers['long-documents'] as never });
    const { run } = await follow('long-documents.md', folder, 'own.yaml');
    expect(run.rows[0]?.['rollout_results']).toMatchObject([{ text: expect.stringMatching(/^plain: \d+$/) }]);
    expect(run.prompts).toHaveLength(4);
  });
});
