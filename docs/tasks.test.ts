import {
  dataBuilders,
  dataPoint,
  GenerationDataBuilder,
  GenerationTask,
  TransformationDataBuilder,
  TransformationTask,
  Type,
  type DataBuilderClass,
} from '@dgt/core';
import { taskFileFields } from '@dgt/runner';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestTerminal } from '../packages/cli/src/__fixtures__/command-line.js';
import { findExamples, readDocument } from './documents.js';

class Pair extends dataPoint({ question: Type.String(), answer: Type.String() }) {}
class Question extends dataPoint({ question: Type.String() }) {}

class Quiz extends GenerationDataBuilder.of({
  task: GenerationTask.of({ input: Pair }),
  blocks: {},
  config: { style: Type.Optional(Type.String()) },
}) {
  generate(seeds: readonly Pair[]) {
    return seeds.map(
      ({ question, answer }) => new Pair({ question: `${question} (${this.config.style ?? 'long'})`, answer }),
    );
  }
}
class Louder extends TransformationDataBuilder.of({ task: TransformationTask.of({ input: Question }), blocks: {} }) {
  override transform({ question }: Question) {
    return new Question({ question: question.toUpperCase() });
  }
}
dataBuilders.add('team/quiz', Quiz as unknown as DataBuilderClass, 'the test');
dataBuilders.add('team/louder', Louder as unknown as DataBuilderClass, 'the test');

const page = readDocument('docs/tasks.md');
const examples = findExamples(page);

let terminal: TestTerminal;
beforeEach(() => {
  terminal = new TestTerminal();
  for (const name of ['quiz', 'louder']) {
    terminal.write(`builders/${name}/${name}.yaml`, `name: team/${name}\n`);
    terminal.write(`builders/${name}/generate.ts`, '');
  }
  for (const { title = '', text } of examples) if (title.includes('/')) terminal.write(title, text);
});
afterEach(() => terminal[Symbol.dispose]());

function rows(path: string): Record<string, unknown>[] {
  const text = readFileSync(join(terminal.workingFolder, 'output', path), 'utf8');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

async function run(...args: string[]): Promise<void> {
  const { code, stderr } = await terminal.run('run', ...args);
  expect({ code, stderr }).toMatchObject({ code: 0 });
}

/** Names and defaults in the first table after a heading. */
function readTable(heading: string): Map<string, { kind: string; standard: string }> {
  const section = page.slice(page.indexOf(`\n${heading}\n`));
  const table = section.slice(0, section.indexOf('\n\n', section.indexOf('\n|')));
  const lines = [...table.matchAll(/^\| `(\w+)` \| (\w+) \| ?(.*?) ?\| .* \|$/gm)];
  return new Map(lines.map(([, name = '', kind = '', standard = '']) => [name, { kind, standard }]));
}

describe('the page on task files', () => {
  it('shows a generation task that makes its rows', async () => {
    await run('tasks/capitals.yaml');
    expect(rows('team/capitals/final_data.jsonl')).toHaveLength(5);
  });

  it('shows a transformation task that works on each of its rows', async () => {
    await run('tasks/loud.yaml');
    expect(rows('team/loud/final_data.jsonl').map(({ question }) => question)).toEqual([
      'WHAT IS THE CAPITAL OF PERU?',
      'WHAT IS THE CAPITAL OF KENYA?',
    ]);
  });

  it('shows a task with seeds of a file, renamed, and output for training', async () => {
    await run('tasks/stored.yaml');
    const formatted = rows('team/stored/formatted_data.jsonl');
    expect(formatted).toHaveLength(4);
    expect(formatted[0]).toEqual({ prompt: 'What is the capital of Peru? (long)', completion: 'Lima' });
    expect(formatted.map(({ completion }) => completion)).toEqual(expect.arrayContaining(['Santiago', 'Accra']));
  });

  it('shows a task that is put together from files', async () => {
    await run('tasks/included.yaml');
    expect(rows('team/included/final_data.jsonl')).toHaveLength(3);
    expect(rows('team/included/final_data.jsonl')[0]).toMatchObject({ answer: 'Oslo' });
  });

  it('shows a trial that changes a builder and a task, makes a new one and adds one', async () => {
    const [, line = ''] = /^dgt (.*)$/m.exec(examples.find(({ title }) => title === 'trial')?.text ?? '') ?? [];
    const [command, ...args] = line.split(' ');
    expect(command).toBe('run');
    await run(...args);
    expect(rows('team/capitals/final_data.jsonl')).toHaveLength(2);
    expect(rows('team/capitals/final_data.jsonl')[0]).toMatchObject({ question: expect.stringContaining('(short)') });
    expect(rows('team/new/final_data.jsonl')).toHaveLength(1);
    expect(rows('team/included/final_data.jsonl')).toHaveLength(3);
  });

  it('shows only task files that validate', async () => {
    expect(await terminal.run('validate', 'tasks/capitals.yaml', 'tasks/loud.yaml', 'tasks/stored.yaml')).toMatchObject(
      {
        code: 0,
        stderr: '',
      },
    );
  });

  const shared = ['num_outputs_to_generate', 'seed_batch_size', 'machine_batch_size', 'random_seed'];

  it('lists every key of a task file, and no other', () => {
    const own = Object.keys(taskFileFields).filter((key) => !shared.includes(key));
    expect([...readTable('## Keys').keys()].sort()).toEqual([...own, 'include'].sort());
    for (const key of shared) expect(page).toContain(`\`${key}\``);
  });

  it('lists every key of runner_config, with the default that it has', async () => {
    const table = readTable('### `runner_config`');
    const { properties } = taskFileFields.runner_config as unknown as { properties: Record<string, unknown> };
    expect([...table.keys()].sort()).toEqual(Object.keys(properties).sort());
    const { loadProject } = await import('@dgt/runner');
    const { tasks } = await loadProject({
      taskPaths: ['tasks/loud.yaml'],
      workingFolder: terminal.workingFolder,
      environment: {},
    });
    const settings = tasks[0]?.settings as unknown as Record<string, unknown>;
    for (const [key, { standard }] of table) {
      const value = settings[key.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase())];
      const shown = key === 'output_dir' ? String(value).split('/').at(-1) : value;
      expect(`${key}: ${standard}`).toBe(`${key}: ${shown === undefined ? '' : `\`${String(shown)}\``}`);
    }
  });

  it.each([...readTable('## Keys'), ...readTable('### `runner_config`')])(
    'gives the kind of tasks that have %s',
    async (key, { kind }) => {
      const isInner = readTable('### `runner_config`').has(key);
      const accepted: string[] = [];
      for (const [name, file] of [
        ['generation', 'tasks/capitals.yaml'],
        ['transformation', 'tasks/loud.yaml'],
      ] as const) {
        const text = examples.find(({ title }) => title === file)?.text ?? '';
        terminal.write('try.yaml', `${text}${isInner ? `runner_config: { ${key}: [wrong] }` : `${key}: [[wrong]]`}\n`);
        const { stderr } = await terminal.run('validate', 'try.yaml');
        if (!stderr.includes(`"${key}" is for tasks that`)) accepted.push(name);
      }
      expect(accepted).toEqual(kind === 'both' ? ['generation', 'transformation'] : [kind]);
    },
  );
});
