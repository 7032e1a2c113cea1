import { expect, it } from 'vitest';
import { describeProblemsOf, validBuilder, validTask } from './__fixtures__/project.js';
import { dgtDifferences, type DGTPlace } from './dgt-differences.js';

type Files = { task?: string; builder?: string };

/** For each place a file that has something of DGT there, and what stands before the problem that is said of it. */
const examples: Readonly<Record<DGTPlace, (name: string) => { files: Files; where: string }>> = {
  'block type': (name) => ({
    files: { builder: validBuilder.replace('ollama', name) },
    where: 'builders/pairs/pairs.yaml:4:11: blocks[0].type: ',
  }),
  'block key': (name) => ({
    files: { builder: `${validBuilder}    ${name}: 1\n` },
    where: 'builders/pairs/pairs.yaml:6:5: blocks[0]: ',
  }),
  'builder key': (name) => ({
    files: { builder: `${validBuilder}${name}: 1\n` },
    where: 'builders/pairs/pairs.yaml:6:1: ',
  }),
  'task key': (name) => ({ files: { task: `${validTask}${name}: []\n` }, where: 'tasks/task.yaml:7:1: ' }),
  'runner_config key': (name) => ({
    files: { task: `${validTask}runner_config:\n  ${name}: true\n` },
    where: 'tasks/task.yaml:8:3: runner_config: ',
  }),
  'datastore key': (name) => ({
    files: { task: `${validTask}seed_datastore:\n  type: rows\n  ${name}: {}\n` },
    where: 'tasks/task.yaml:9:3: seed_datastore: ',
  }),
  'dataloader type': (name) => ({
    files: { task: `${validTask}dataloader:\n  type: ${name}\n` },
    where: 'tasks/task.yaml:8:9: dataloader.type: ',
  }),
  'formatter type': (name) => ({
    files: { task: `${validTask}formatter: { type: ${name} }\n` },
    where: 'tasks/task.yaml:7:20: formatter.type: ',
  }),
  'data builder': (name) => ({
    files: { task: validTask.replace('builder: pairs', `builder: ${name}`) },
    where: 'tasks/task.yaml:3:15: data_builder: ',
  }),
  tag: (name) => ({ files: { task: `${validTask}topic: ${name} a.b\n` }, where: 'tasks/task.yaml:7:8: ' }),
};

const all = Object.entries(dgtDifferences).flatMap(([place, names]) =>
  Object.entries(names).map(([name, write]) => ({ place: place as DGTPlace, name, write })),
);

it.each(all)('says of the $place $name of DGT what to write', async ({ place, name, write }) => {
  const { files, where } = examples[place](name);
  const problem = `the ${place} "${name}" is of the Python DGT`;
  const said = place === 'tag' ? `${problem}: YAML here is data and never executes code` : problem;
  expect(await describeProblemsOf(files)).toBe(`${where}${said}. ${write}`);
});

it('says that a task has one data builder, where a pattern stands', async () => {
  expect(await describeProblemsOf({ task: validTask.replace('builder: pairs', "builder: 'public/*'") })).toBe(
    'tasks/task.yaml:3:15: data_builder: "public/*" is a pattern, and a task has one data builder. Write its whole name.',
  );
});

it('says what a qna.yaml of a taxonomy lacks', async () => {
  const taxonomy = 'version: 3\ncreated_by: me\nseed_examples:\n  - context: c\n';
  const said = await describeProblemsOf({ files: { 'tasks/qna.yaml': taxonomy } });
  expect(said).toContain(
    'tasks/qna.yaml:1:1: looks like a qna.yaml of a taxonomy, which names no data builder. Add task_name, task_description and data_builder',
  );
});

it('says that generate.py is to be written in TypeScript', async () => {
  const files = {
    'builders/old/old.yaml': validBuilder.replace('pairs', 'old'),
    'builders/old/generate.py': '',
    // Said once, though two tasks name it.
    'tasks/b/task.yaml': validTask.replace('team/pairs', 'b').replace('builder: pairs', 'builder: old'),
  };
  expect(await describeProblemsOf({ task: validTask.replace('builder: pairs', 'builder: old'), files })).toBe(
    'builders/old/old.yaml: declares the data builder "old" and has no generate.ts beside it. Write what generate.py does in TypeScript, in a file of this name in the same folder.',
  );
});
