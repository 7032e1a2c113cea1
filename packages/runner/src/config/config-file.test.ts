import { expect, it } from 'vitest';
import { describeProblemsOf, ProjectFolder, validBuilder, validTask } from './__fixtures__/project.js';
import type { Project } from './planned.js';

const files = {
  'tasks/task.yaml': validTask,
  'builders/pairs/pairs.yaml': `${validBuilder}    temperature: 0.5\n    fallback: { type: openai, model_id_or_path: f }\nmetadata: { version: 1, by: { me: 1 } }\n`,
  'builders/pairs/generate.ts': '',
};

/** The project with the given text as its `--config-path` file. */
async function loadWith(config: string, more: Record<string, string> = {}, taskPaths = ['tasks']): Promise<Project> {
  await using folder = await ProjectFolder.write({ ...files, 'my.yaml': config, ...more });
  return await folder.load({ configPath: 'my.yaml', taskPaths });
}

function describeWith(config: string, more: Record<string, string> = {}): Promise<string> {
  return describeProblemsOf({ files: { ...files, 'my.yaml': config, ...more } }, { configPath: 'my.yaml' });
}

it('merges blocks by name at every depth, adds unknown ones, merges mappings, and replaces lists', async () => {
  const { builders } = await loadWith(`databuilders:
  pairs:
    blocks:
      - name: generator
        model_id_or_path: other
        fallback: { model_id_or_path: g }
      - { name: dedup, type: rouge_scorer, input_map: { question: input } }
    postprocessors:
      - name: dedup
    metadata: { by: { you: 2 } }
    style: short
`);
  expect(builders[0]?.blocks.map(({ config }) => config)).toEqual([
    {
      name: 'generator',
      type: 'ollama',
      model_id_or_path: 'other',
      temperature: 0.5,
      fallback: { type: 'openai', model_id_or_path: 'g' },
    },
    { name: 'dedup', type: 'rouge_scorer', input_map: { question: 'input' } },
  ]);
  expect(builders[0]?.postprocessors.map(({ name }) => name)).toEqual(['dedup']);
  expect(builders[0]).toMatchObject({
    metadata: { version: 1, by: { me: 1, you: 2 } },
    options: { style: 'short' },
    source: { style: 'short', metadata: { by: { you: 2 } } },
  });
});

it('leaves out what only the old type of a model block knows when its type is changed', async () => {
  const { builders } = await loadWith(
    'databuilders: { pairs: { blocks: [{ name: generator, type: openai, model_id_or_path: gpt }] } }\n',
    {
      'builders/pairs/pairs.yaml': `${validBuilder}    num_ctx: 512\n    base_url: http://old\n    temperature: 0.5\n`,
    },
  );
  expect(builders[0]?.blocks[0]?.config).toEqual({
    name: 'generator',
    type: 'openai',
    model_id_or_path: 'gpt',
    temperature: 0.5,
  });
});

it('replaces the keys of a task, each as a whole, with what it includes', async () => {
  const { tasks } = await loadWith(
    `tasks:
  team/pairs:
    include: { seed_examples: more/seeds.jsonl }
    topic: rivers
    runner_config: { num_outputs_to_generate: 3 }
`,
    {
      'tasks/task.yaml': `${validTask}runner_config: { max_attempts: 9 }\n`,
      'more/seeds.jsonl': '{"question": "x", "answer": "y"}\n',
    },
  );
  expect(tasks).toHaveLength(1);
  expect(tasks[0]).toMatchObject({
    spec: { task_name: 'team/pairs', task_description: 'Pairs', fields: { topic: 'rivers' } },
    seeds: [{ question: 'x', answer: 'y' }],
    settings: { numOutputsToGenerate: 3, maxAttempts: undefined },
    source: { runner_config: { num_outputs_to_generate: 3 } },
  });
});

it('takes back what a task says where an override says nothing after a key', async () => {
  const { tasks } = await loadWith(
    'tasks: { rate: { data: null, seed_examples: null, store_name: } }\ntask_files: [rate.yaml]\n',
    { 'rate.yaml': `${validTask.replace('team/pairs', 'rate')}data: [{ x: 1 }]\n` },
    [],
  ).catch((error: Error) => ({ tasks: error.message }));
  expect(tasks).toBe(
    'my.yaml:1:30: task "rate" has no seed examples. Add at least one entry under seed_examples in rate.yaml.',
  );
});

it('makes a new task of a whole one, and reads the task files that it names', async () => {
  const config = `tasks:
  team/new:
    task_description: New
    data_builder: pairs
    seed_examples: [{ question: q, answer: a }]
task_files: [tasks, ../elsewhere.yaml]
`;
  await using folder = await ProjectFolder.write({
    ...files,
    'configs/my.yaml': config,
    'elsewhere.yaml': validTask.replace('team/pairs', 'team/elsewhere'),
  });
  const { tasks } = await folder.load({ configPath: 'configs/my.yaml', taskPaths: [] });
  expect(tasks.map(({ name, file }) => [name, file.replace(`${folder.path}/`, '')])).toEqual([
    ['team/pairs', 'tasks/task.yaml'],
    ['team/elsewhere', 'elsewhere.yaml'],
    ['team/new', 'configs/my.yaml'],
  ]);
});

it('points at the file that says what is wrong', async () => {
  const config = `databuilders:
  pairs:
    blocks:
      - name: generator
        tempratur: 1
        temperature: hot
tasks:
  team/pairs:
    runner_config:
      max_attempts: 0
    seed_examples: [{ question: 5 }]
`;
  expect(await describeWith(config)).toMatchInlineSnapshot(`
    "my.yaml:5:9: blocks[0]: unknown key "tempratur" (did you mean "temperature"?)
    my.yaml:6:22: blocks[0].temperature: expected a number, got "hot"
    my.yaml:10:21: runner_config.max_attempts: expected a number >= 1, got 0"
  `);
});

it('refuses what matches nothing, and names the nearest that it could have meant', async () => {
  const config = `databuilders:
  piars: { style: short }
  zzzzzzzzzzzzzzzzzz: { style: short }
  other: { style: short }
tasks:
  team/pears: { topic: rivers }
  nobody/knows/this/at/all: { task_description: x }
`;
  const more = {
    'builders/other/other.yaml': validBuilder.replace('pairs', 'other'),
    'builders/other/generate.ts': '',
  };
  expect(await describeWith(config, more)).toMatchInlineSnapshot(`
    "my.yaml:2:3: databuilders.piars: no data builder is called "piars" (did you mean "pairs"?)
    my.yaml:3:3: databuilders.zzzzzzzzzzzzzzzzzz: no data builder is called "zzzzzzzzzzzzzzzzzz". Known: other, pairs.
    my.yaml:4:3: databuilders.other: no task of this run uses the data builder "other", so that this would change nothing. Used: pairs.
    my.yaml:6:3: tasks.team/pears: no task of this run is called "team/pears" (did you mean "team/pairs"?). To make a new task, give it a task_description and a data_builder.
    my.yaml:7:3: tasks.nobody/knows/this/at/all: no task of this run is called "nobody/knows/this/at/all". Known: team/pairs. To make a new task, give it a task_description and a data_builder."
  `);
});

it('refuses an override that renames, and a block without a name', async () => {
  const config = `databuilders: { pairs: { name: pears, blocks: [{ model_id_or_path: m }] } }
tasks: { team/pairs: { task_name: team/pears } }
`;
  expect(await describeWith(config)).toMatchInlineSnapshot(`
    "my.yaml:1:32: databuilders.pairs.name: this is said of the data builder "pairs", which it cannot rename
    my.yaml:1:48: databuilders.pairs.blocks[0]: expected a block with a name: the name tells which block of the builder is changed
    my.yaml:2:24: tasks.team/pairs.task_name: this is said of the task "team/pairs", which it cannot rename"
  `);
});

it.each([
  [
    'the YAML of a builder',
    validBuilder,
    'my.yaml:2:1: is the YAML of a data builder, and --config-path takes a file that changes tasks and builders. Builders are found by --include-builders; to change one, write `databuilders: { "pairs": { ... } }`.',
  ],
  [
    'a task file',
    validTask,
    'my.yaml:1:1: is a task file, and --config-path takes a file that changes tasks and builders. Give it with --task-path; to change a task, write `tasks: { "team/pairs": { ... } }`.',
  ],
  [
    'other keys',
    'task_file: [tasks]\nblocs: []\n',
    'my.yaml:1:1: unknown key "task_file" (did you mean "task_files"?)\nmy.yaml:2:1: unknown key "blocs"; known: databuilders, tasks, task_files',
  ],
  [
    'values of another shape',
    'databuilders: [pairs]\ntasks: { team/pairs: 5 }\ntask_files: tasks\n',
    'my.yaml:1:15: databuilders: expected an object, got a list of 1\nmy.yaml:2:22: tasks.team/pairs: expected an object, got 5\nmy.yaml:3:13: task_files: expected an array, got "tasks"',
  ],
  [
    'task files that are not there',
    'task_files: [tasks, gone.yaml]\n',
    'my.yaml:1:21: task_files[1]: there is no file or folder "gone.yaml". Paths start at the folder dgt was called in.',
  ],
])('says what is wrong with %s as --config-path', async (_what, config, expected) => {
  expect(await describeWith(config)).toBe(expected);
});

it('says that no task is named where neither the call nor the file names one', async () => {
  await using folder = await ProjectFolder.write({ ...files, 'my.yaml': 'databuilders: {}\n' });
  expect((await folder.fail({ configPath: 'my.yaml', taskPaths: [] })).code).toBe('DGT_PATHS_MISSING');
  expect((await folder.fail({ configPath: 'gone.yaml' })).message).toBe('gone.yaml: cannot be read (no such file)');
});
