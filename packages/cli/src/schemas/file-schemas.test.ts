import { Ajv, type ValidateFunction } from 'ajv';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { announcePlugIns } from '../plug-ins.js';
import { makeBuilderSchema, makeTaskSchema } from './file-schemas.js';

const repository = new URL('../../../../', import.meta.url).pathname;
const published = (name: string) => join(repository, 'packages/cli/schemas', `${name}.schema.json`);
const write = (schema: object) => `${JSON.stringify(schema, undefined, 1)}\n`;

const files = ['bench', 'builders', 'packages', 'tasks'].flatMap((folder) =>
  readdirSync(join(repository, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.yaml') && !/(^|\/)(node_modules|dist|templates)\//.test(file))
    .map((file) => join(folder, file)),
);

/** Every YAML file of the repository that has a key at its top. */
function filesWith(key: string): [file: string, value: Record<string, unknown>][] {
  const read = files.map((file): [string, any] => [file, parse(readFileSync(join(repository, file), 'utf8'))]);
  return read.filter(([, value]) => typeof value === 'object' && value !== null && key in value);
}

let checkTask: ValidateFunction;
let checkBuilder: ValidateFunction;

beforeAll(async () => {
  announcePlugIns(join(repository, 'packages/cli/src/schemas'));
  const ajv = new Ajv({ strict: false, allErrors: true });
  checkTask = ajv.compile(makeTaskSchema());
  checkBuilder = ajv.compile(await makeBuilderSchema());
});

describe('the published schemas', () => {
  // After a change of what files take: npx vitest run packages/cli/src/schemas -u
  it('are those of this version', async () => {
    await expect(write(makeTaskSchema())).toMatchFileSnapshot(published('task'));
    await expect(write(await makeBuilderSchema())).toMatchFileSnapshot(published('builder'));
  });
});

describe('the schema of task files', () => {
  const task = {
    task_name: 'a',
    task_description: 'b',
    data_builder: 'c',
    seed_examples: [{ question: 'q' }],
    runner_config: { max_attempts: 3 },
  };

  it('accepts every task file of the repository', () => {
    const tasks = filesWith('task_name');
    expect(tasks.length).toBeGreaterThan(2);
    for (const [file, value] of tasks) expect([file, checkTask(value), checkTask.errors]).toEqual([file, true, null]);
  });

  it('accepts keys that a task class declares, and files that include the rest', () => {
    for (const value of [task, { ...task, topic: 'maps', taste: 1 }, { include: 'base.yaml', task_name: 'a' }])
      expect([value, checkTask(value)]).toEqual([value, true]);
  });

  it.each([
    { ...task, task_nmae: 'a' },
    { ...task, 'task-name': 'a' },
    { ...task, num_output_to_generate: 3 },
    { ...task, seed_exmaples: [] },
    { ...task, num_outputs_to_generate: 'many' },
    { ...task, seed_batch_size: 0 },
    { ...task, runner_config: { max_attempt: 3 } },
    { ...task, runner_config: { durability: 'full' } },
    { ...task, seed_examples: ['text'] },
    { ...task, dgt: 2 },
    { task_name: 'a' },
  ])('refuses %j', (value) => {
    expect(checkTask(value)).toBe(false);
  });
});

describe('the schema of data builders', () => {
  const model = { name: 'generator', type: 'ollama', model_id_or_path: 'mistral' };
  const builder = { name: 'a', blocks: [model], postprocessors: [{ name: 'dedup', threshold: 0.5 }] };

  it('accepts every data builder of the repository', () => {
    const builders = filesWith('blocks');
    expect(builders.length).toBeGreaterThan(2);
    for (const [file, value] of builders)
      expect([file, checkBuilder(value), checkBuilder.errors]).toEqual([file, true, null]);
  });

  it('accepts options that a class declares, and blocks of which it knows nothing', () => {
    const own = { name: 'own', type: 'team/shorten', words: 3 };
    expect(checkBuilder({ ...builder, shots: 3, blocks: [model, own] })).toBe(true);
  });

  it.each([
    { ...builder, block: [] },
    { ...builder, postprocesors: [] },
    { ...builder, blocks: [{ ...model, model_id: 'mistral' }] },
    { ...builder, blocks: [{ ...model, temprature: 0 }] },
    { ...builder, blocks: [{ ...model, temperature: 'warm' }] },
    { ...builder, blocks: [{ name: 'generator', type: 'ollama' }] },
    { ...builder, blocks: [{ ...model, type: 'olama' }] },
    { ...builder, blocks: [{ name: 'dedup', type: 'rouge_scorer', treshold: 0.7 }] },
    { ...builder, blocks: [{ type: 'ollama', model_id_or_path: 'mistral' }] },
    { ...builder, postprocessors: [{ block: 'dedup' }] },
    { blocks: [] },
  ])('refuses %j', (value) => {
    expect(checkBuilder(value)).toBe(false);
  });
});
