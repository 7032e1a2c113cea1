import { PluginError } from '@dgt/core';
import { expect, it } from 'vitest';
import {
  describeProblemsOf,
  ProjectFolder,
  raterFiles,
  validBuilder,
  validTask,
  validTransformation,
} from './__fixtures__/project.js';
import type { PlannedTask } from './planned.js';

async function plan(task: string): Promise<PlannedTask> {
  await using folder = await ProjectFolder.write({
    'tasks/task.yaml': task,
    'builders/pairs/pairs.yaml': validBuilder,
    'builders/pairs/generate.ts': '',
    ...raterFiles,
  });
  const { tasks } = await folder.load({ environment: { SECRET_PATH: 'hidden.jsonl' } });
  return tasks[0] as PlannedTask;
}

async function readRows({ input }: PlannedTask): Promise<unknown[]> {
  const rows: unknown[] = [];
  for await (const row of input?.read() ?? []) rows.push(row);
  return rows;
}

const describeTask = (task: string) => describeProblemsOf({ task, files: raterFiles });

it('plans where seeds come from and where files go to', async () => {
  const task = await plan(`${validTask}seed_datastore: { type: rows, data_path: "\${env:SECRET_PATH}" }
dataloader: { type: renaming, fields: { text: question } }
datastore: { type: rows, limit: 5, store_name: team/stored }
final_datastore: { type: rows }
formatted_datastore:
  type: rows
  data_path: x.parquet
formatter: { type: upper, template: t }
runner_config: { save_formatted_output: true }
`);
  expect(task).toMatchObject({
    seeds: [{ question: 'q', answer: 'a' }],
    seedSource: { type: 'rows', config: { type: 'rows', data_path: 'hidden.jsonl' }, place: { line: 7, column: 1 } },
    dataloader: { type: 'renaming', config: { fields: { text: 'question' } } },
    sinks: {
      data: { config: { type: 'rows', limit: 5 } },
      final: { config: { type: 'rows' } },
      formatted: { config: { type: 'rows', data_path: 'x.parquet' }, place: { line: 11 } },
    },
    formatter: { type: 'upper' },
    storeName: 'team/stored',
    settings: { saveFormattedOutput: true },
    source: { seed_datastore: { data_path: '${env:SECRET_PATH}' } },
  });
  expect(task.sinks.data?.config).not.toHaveProperty('store_name');
});

it('takes seeds of a datastore alone', async () => {
  const task = await plan(validTask.replace(/seed_examples:[^]*/, 'seed_datastore: { type: rows }\n'));
  expect(task.seeds).toEqual([]);
  expect(task.seedSource?.type).toBe('rows');
});

it('takes the rows of a transformation from its file, other columns and all', async () => {
  const task = await plan(`${validTransformation}    id: 7
unique_key: id
runner_config: { transform_batch_size: 5, max_error_rate: 0.5 }
`);
  expect(await readRows(task)).toEqual([{ question: 'q', answer: 'a', id: 7 }]);
  expect(task).toMatchObject({ uniqueKey: 'id', settings: { transformBatchSize: 5, maxErrorRate: 0.5 } });
  expect(task.inputSource).toBeUndefined();
});

it('takes the rows of a transformation from a datastore', async () => {
  const task = await plan(validTransformation.replace(/data:[^]*/, 'data: { type: rows, data_path: rows.jsonl }\n'));
  expect(task.input).toBeUndefined();
  expect(task.inputSource).toMatchObject({ type: 'rows', config: { data_path: 'rows.jsonl' } });
});

it('names what is there when a type is unknown, and points at what does not fit', async () => {
  const lines = `seed_datastore: { type: row, data_path: x }
datastore: { type: rows, limt: 5 }
final_datastore: { data_path: x }
formatted_datastore: rows
dataloader:
  type: renaming
  fields: [a]
formatter: { type: upper }
store_name: ../up
`;
  expect(await describeTask(`${validTask}${lines}`)).toMatchInlineSnapshot(`
    "tasks/task.yaml:7:25: seed_datastore.type: unknown datastore "row" (did you mean "rows"?); known: rows. Correct the name, or add the folder that declares it with --include-builders.
    tasks/task.yaml:8:26: datastore: unknown key "limt" (did you mean "limit"?)
    tasks/task.yaml:9:1: final_datastore: missing "type"
    tasks/task.yaml:10:22: formatted_datastore: expected an object, got "rows"
    tasks/task.yaml:13:11: dataloader.fields: expected an object, got a list of 1
    tasks/task.yaml:14:1: formatter: missing "template"
    tasks/task.yaml:15:13: store_name: "../up" cannot be the path of an output folder: it leaves the folder with "..". Use a relative name such as team/topic."
  `);
});

it('says of a key for the other kind of task what to write', async () => {
  expect(await describeTask(`${validTask}data: []\nunique_key: id\nrunner_config: { max_error_rate: 1 }\n`))
    .toMatchInlineSnapshot(`
    "tasks/task.yaml:7:1: "data" is for tasks that transform rows, and the data builder of this one generates them. Its examples stand under seed_examples or seed_datastore.
    tasks/task.yaml:8:1: "unique_key" is for tasks that transform rows, and the data builder of this one generates them. Remove it.
    tasks/task.yaml:9:18: runner_config: "max_error_rate" is for tasks that transform rows, and the data builder of this one generates them. Remove it."
  `);
  expect(
    await describeTask(
      `${validTransformation}seed_examples: []\nseed_datastore: { type: rows }\nnum_outputs_to_generate: 5\nrunner_config: { min_yield: 0.1 }\n`,
    ),
  ).toMatchInlineSnapshot(`
    "tasks/task.yaml:7:1: "seed_examples" is for tasks that generate rows, and the data builder of this one transforms them. The rows that it works on stand under data.
    tasks/task.yaml:8:1: "seed_datastore" is for tasks that generate rows, and the data builder of this one transforms them. The rows that it works on stand under data.
    tasks/task.yaml:9:1: "num_outputs_to_generate" is for tasks that generate rows, and the data builder of this one transforms them. It makes what comes of each row of data; to work on fewer, give fewer.
    tasks/task.yaml:10:18: runner_config: "min_yield" is for tasks that generate rows, and the data builder of this one transforms them. Remove it."
  `);
});

it('refuses a transformation without rows, and rows that do not fit', async () => {
  expect(await describeTask(validTransformation.replace(/data:[^]*/, ''))).toMatchInlineSnapshot(
    `"tasks/task.yaml:1:1: task "team/pairs" has no data to transform. Say under data in tasks/task.yaml which rows: a list, or a datastore with its \`type\` and \`data_path\`."`,
  );
  expect(await describeTask(validTransformation.replace(/data:[^]*/, 'data: []\n'))).toMatchInlineSnapshot(
    `"tasks/task.yaml:4:1: task "team/pairs" has no data to transform. Say under data in tasks/task.yaml which rows: a list, or a datastore with its \`type\` and \`data_path\`."`,
  );
  expect(await describeTask(validTransformation.replace(/data:[^]*/, 'data: some\n'))).toMatchInlineSnapshot(
    `"tasks/task.yaml:4:7: data: expected an array or an object, got "some""`,
  );
  expect(await describeTask(`${validTransformation}  - { question: q, other: 5 }\n`)).toMatchInlineSnapshot(
    `"tasks/task.yaml:7:5: data[1]: missing "answer""`,
  );
});

it('does not call a type unknown that a data builder may declare which does not load', async () => {
  const error = new PluginError('DGT_BUILDER_LOAD', { builder: 'pairs', file: 'generate.ts:1:1', reason: 'broken' });
  const said = await describeProblemsOf(
    { task: `${validTask}formatter: { type: mine }\n` },
    { loadModule: () => Promise.reject(error) },
  );
  expect(said).toBe('data builder "pairs": generate.ts:1:1 cannot be loaded: broken');
});
