import { expect, it } from 'vitest';
import { describeProblemsOf, ProjectFolder, validBuilder, validTask } from './__fixtures__/project.js';

const withTask = (lines: string) => describeProblemsOf({ task: `${validTask}${lines}` });

it('lists every problem of a task file at once, each with its place', async () => {
  const task = `task_nam: x
task_description: 5
data_builder: pairs
created_by: [me]
seed_examples: none
runner_config:
  seed_batch_siz: 5
  min_yield: 2
  durability: disk
  record_requests: yes
num_outputs_to_generate: -1
zzzzzzzzzzzz: 1
`;
  expect(await describeProblemsOf({ task })).toMatchInlineSnapshot(`
    "tasks/task.yaml:1:1: unknown key "task_nam" (did you mean "task_name"?)
    tasks/task.yaml:2:19: task_description: expected a string, got 5
    tasks/task.yaml:4:13: created_by: expected a string, got a list of 1
    tasks/task.yaml:5:16: seed_examples: expected an array, got "none"
    tasks/task.yaml:7:3: runner_config: unknown key "seed_batch_siz" (did you mean "seed_batch_size"?)
    tasks/task.yaml:8:14: runner_config.min_yield: expected a number <= 1, got 2
    tasks/task.yaml:9:15: runner_config.durability: expected "process" or "power", got "disk"
    tasks/task.yaml:10:20: runner_config.record_requests: expected a boolean, got "yes". Write true.
    tasks/task.yaml:11:26: num_outputs_to_generate: expected a number >= 0, got -1
    tasks/task.yaml:12:1: unknown key "zzzzzzzzzzzz"; known: dgt, task_name, task_description, created_by, card, data_builder, seed_examples, seed_datastore, data, unique_key, dataloader, datastore, final_datastore, formatted_datastore, store_name, formatter, runner_config, num_outputs_to_generate, seed_batch_size, machine_batch_size, random_seed, topic"
  `);
});

it('takes the fields that the task class declares and no others', async () => {
  expect(await withTask('topc: rivers\n')).toMatchInlineSnapshot(
    `"tasks/task.yaml:7:1: unknown key "topc" (did you mean "topic"?)"`,
  );
  await using folder = await ProjectFolder.write({
    'tasks/task.yaml': `${validTask}topic: rivers\n`,
    'builders/pairs/pairs.yaml': validBuilder,
    'builders/pairs/generate.ts': '',
  });
  expect((await folder.load()).tasks[0]?.spec).toMatchObject({
    task_name: 'team/pairs',
    task_description: 'Pairs',
    created_by: '',
    fields: { topic: 'rivers' },
  });
});

it('refuses a setting that is given twice with different values, and takes one given twice alike', async () => {
  const lines = 'num_outputs_to_generate: 5\nrunner_config:\n  num_outputs_to_generate: 6\n';
  expect(await withTask(lines)).toMatchInlineSnapshot(
    `"tasks/task.yaml:9:3: runner_config.num_outputs_to_generate: 6 here and 5 at the top level (line 7). Give it once."`,
  );
  await using folder = await ProjectFolder.write({
    'tasks/task.yaml': `${validTask}${lines.replace('6', '5')}`,
    'builders/pairs/pairs.yaml': validBuilder,
    'builders/pairs/generate.ts': '',
  });
  expect((await folder.load()).tasks[0]?.settings.numOutputsToGenerate).toBe(5);
});

it.each([
  ['../up', 'it leaves the folder with ".."'],
  ['a/../../b', 'it leaves the folder with ".."'],
  ['/etc/x', 'it is absolute'],
  ['C:/x', 'it is absolute'],
  ['~/x', 'it is absolute'],
  ['a//b', 'a part of it is empty'],
  ['a/', 'a part of it is empty'],
  ['./a', 'it has a part "."'],
  ['a\\b', 'it has a backslash; folders are separated with "/"'],
  ['a\nb', 'it has a control character'],
  ['a/ b', 'its part " b" begins or ends with a space'],
  ['a/final_data.jsonl', '"final_data.jsonl" is a name that dgt gives to a file or folder of its own'],
  ['a/ledger.db-wal', '"ledger.db-wal" is a name that dgt gives to a file or folder of its own'],
  ['team.previous', '"team.previous" is a name that dgt gives to a file or folder of its own'],
])('refuses the task name %j', async (name, reason) => {
  const task = validTask.replace('team/pairs', JSON.stringify(name));
  expect(await describeProblemsOf({ task })).toBe(
    `tasks/task.yaml:1:12: task_name: ${JSON.stringify(name)} cannot be the path of an output folder: ${reason}. Use a relative name such as team/topic.`,
  );
});

it.each(['a', 'a/b.c/d-e_f', '.hidden/x', 'données/地理', 'data'])('takes the task name %j', async (name) => {
  await using folder = await ProjectFolder.write({
    'tasks/task.yaml': validTask.replace('team/pairs', name),
    'builders/pairs/pairs.yaml': validBuilder,
    'builders/pairs/generate.ts': '',
  });
  expect((await folder.load()).tasks[0]?.name).toBe(name);
});

it('refuses two tasks that would write into one folder, naming both files', async () => {
  const files = { 'tasks/b/task.yaml': validTask.replace('team/pairs', 'Team/Pairs') };
  expect(await describeProblemsOf({ files })).toMatchInlineSnapshot(
    `"tasks/task.yaml:1:12: task_name: "team/pairs" is also the name of the task in tasks/b/task.yaml. Each task of a run needs a name of its own."`,
  );
});

it('compares tasks by the folders that they write to', async () => {
  const files = { 'tasks/b/task.yaml': `${validTask.replace('team/pairs', 'other')}store_name: team/pairs\n` };
  expect(await describeProblemsOf({ files })).toContain(
    'tasks/task.yaml:1:12: task_name: "team/pairs" is also the name of the task in tasks/b/task.yaml',
  );
});

it('refuses a task without seed examples', async () => {
  const task = validTask.slice(0, validTask.indexOf('seed_examples'));
  expect(await describeProblemsOf({ task })).toMatchInlineSnapshot(
    `"tasks/task.yaml:1:1: task "team/pairs" has no seed examples. Add at least one entry under seed_examples in tasks/task.yaml."`,
  );
});

it('names the known builders, and the files that could not be read, when a builder is not found', async () => {
  const files = { 'builders/other/other.yaml': 'name: [', 'builders/other/generate.ts': '' };
  const task = validTask.replace('builder: pairs', 'builder: pears');
  expect(await describeProblemsOf({ task, files })).toMatchInlineSnapshot(`
    "builders/other/other.yaml:1:8: is not valid YAML: no "]" where a bracket should end. Close it, and indent what stands inside of it.
    tasks/task.yaml:3:15: data_builder: unknown data builder "pears" (did you mean "pairs"?); known: pairs. Correct the name, or add the folder that declares it with --include-builders."
  `);
});

it('says that a builder has no generate.ts, no name or no valid YAML, rather than that it is unknown', async () => {
  const describeOther = (files: Record<string, string>) =>
    describeProblemsOf({ task: validTask.replace('builder: pairs', 'builder: team/other'), files });
  const other = validBuilder.replace('pairs', 'team/other');
  expect(await describeOther({ 'builders/team/other/other.yaml': other })).toMatchInlineSnapshot(
    `"builders/team/other/other.yaml: declares the data builder "team/other" and has no generate.ts beside it. Put its class into a file of this name in the same folder."`,
  );
  const generate = { 'builders/team/other/generate.ts': '' };
  expect(
    await describeOther({ 'builders/team/other/other.yaml': other.replace('name: team/other', ''), ...generate }),
  ).toMatchInlineSnapshot(
    `"builders/team/other/other.yaml:2:1: declares blocks and no "name", by which tasks find a data builder. Add \`name:\` with the name that the class is registered under."`,
  );
  expect(await describeOther({ 'builders/team/other/other.yaml': 'name: [', ...generate })).toMatchInlineSnapshot(
    `"builders/team/other/other.yaml:1:8: is not valid YAML: no "]" where a bracket should end. Close it, and indent what stands inside of it."`,
  );
  expect(await describeOther({ 'builders/prompts/prompts.yaml': '{{ not }} yaml' })).toMatchInlineSnapshot(
    `"tasks/task.yaml:3:15: data_builder: unknown data builder "team/other"; known: pairs. Correct the name, or add the folder that declares it with --include-builders."`,
  );
});
