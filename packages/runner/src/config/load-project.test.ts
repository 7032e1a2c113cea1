import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import {
  ConfigError,
  dataBuilders,
  GenerationDataBuilder,
  GenerationTask,
  PluginError,
  dataPoint,
  type DataBuilderClass,
} from '@dgt/core';
import { expect, it } from 'vitest';
import { describeProblemsOf, ProjectFolder, readTutorial, validBuilder, validTask } from './__fixtures__/project.js';
import type { Problem } from './problems.js';

/** Pieces of YAML that change the meaning of what stands around them. */
const fragments = [
  '\n',
  ' ',
  '  ',
  '\t',
  ':',
  '- ',
  '#',
  '"',
  "'",
  '[',
  ']',
  '{',
  '}',
  '&a ',
  '*a',
  '<<: ',
  '!x ',
  '|',
  '>',
  '%',
  '---\n',
  '? ',
  '0',
  '-1',
  '1e999',
  '.nan',
  'null',
  '~',
  'true',
  '${env:A}',
  '${env:',
  '__proto__',
  'name',
  'task_name: ',
  'runner_config: ',
  '\u0000',
  '\ufeff',
  '\ud800',
  '../',
];

const builderFiles = { 'builders/pairs/pairs.yaml': validBuilder, 'builders/pairs/generate.ts': '' };

it("reads the two YAML files of DGT's tutorial unchanged", async () => {
  await using folder = await ProjectFolder.write({
    'tasks/public/test/geography_qa/task.yaml': await readTutorial('task.yaml'),
    'builders/public/test/geography_qa/geography_qa.yaml': await readTutorial('geography_qa.yaml'),
    'builders/public/test/geography_qa/generate.ts': '',
  });
  const { tasks, builders } = await folder.load();
  expect(tasks[0]).toMatchObject({
    name: 'public/test/geography_qa',
    spec: { task_description: 'A task for geography question-answering', created_by: 'IBM', fields: {} },
    settings: { numOutputsToGenerate: 50, machineBatchSize: 10, randomSeed: 0, outputDir: join(folder.path, 'output') },
  });
  expect(tasks[0]?.seeds).toHaveLength(20);
  // The file says `answer: 11`, and the data point wants text.
  expect(tasks[0]?.seeds[17]).toEqual({ question: 'How many time zones does Russia have?', answer: '11' });
  expect(tasks[0]?.locate(['seed_examples', 17])).toMatchObject({ line: 48, column: 5 });
  expect(builders[0]?.blocks.map(({ config }) => config)).toEqual([
    { name: 'generator', type: 'ollama', model_id_or_path: 'mistral-small3.2', temperature: 0, max_tokens: 128 },
    { name: 'dedup', type: 'rouge_scorer', filter: true, threshold: 1, input_map: { question: 'input' } },
  ]);
  expect(builders[0]?.postprocessors.map(({ name }) => name)).toEqual(['dedup']);
  expect(builders[0]?.metadata).toEqual({ version: 1 });
});

it('lists the problems of all files in one error, by file and line, also for programs', async () => {
  await using folder = await ProjectFolder.write({
    ...builderFiles,
    'builders/pairs/pairs.yaml': `${validBuilder}    tempratur: 1\n`,
    'tasks/b/task.yaml': `${validTask}a: 1\n`,
    'tasks/a/qna.yaml': 'x: [',
  });
  const error = await folder.fail();
  expect(error).toBeInstanceOf(ConfigError);
  expect(error.code).toBe('DGT_CONFIG_INVALID');
  expect(error.message).toMatchInlineSnapshot(`
    "builders/pairs/pairs.yaml:6:5: blocks[0]: unknown key "tempratur" (did you mean "temperature"?)
    tasks/a/qna.yaml:1:5: is not valid YAML: no "]" where a bracket should end. Close it, and indent what stands inside of it.
    tasks/b/task.yaml:7:1: unknown key "a"; known: dgt, task_name, task_description, created_by, card, data_builder, seed_examples, seed_datastore, data, unique_key, dataloader, datastore, final_datastore, formatted_datastore, store_name, formatter, runner_config, num_outputs_to_generate, seed_batch_size, machine_batch_size, random_seed, topic"
  `);
  expect((JSON.parse(JSON.stringify(error.details)) as { problems: Problem[] }).problems[0]).toMatchInlineSnapshot(`
    {
      "code": "DGT_CONFIG_INVALID",
      "column": 5,
      "file": "builders/pairs/pairs.yaml",
      "line": 6,
      "path": "blocks[0]",
      "problem": "unknown key "tempratur" (did you mean "temperature"?)",
    }
  `);
});

it('takes task files in the order given, those of a folder alphabetically, and each once', async () => {
  const task = (name: string) => validTask.replace('team/pairs', name);
  await using folder = await ProjectFolder.write({
    ...builderFiles,
    'tasks/b/task.yaml': task('b'),
    'tasks/a/deep/qna.yaml': task('a'),
    'tasks/a/other.yaml': 'not: read',
    'tasks/node_modules/task.yaml': 'not: read',
    'other.yml': task('other'),
  });
  await symlink(join(folder.path, 'tasks/b'), join(folder.path, 'tasks/c'));
  const { tasks, builders } = await folder.load({
    taskPaths: ['other.yml', 'tasks', './tasks/../tasks/b/task.yaml', 'tasks/c'],
  });
  expect(tasks.map(({ name }) => name)).toEqual(['other', 'a', 'b']);
  expect(builders).toHaveLength(1);
});

it('lets the command line win over the file, and the file over the environment', async () => {
  await using folder = await ProjectFolder.write({
    ...builderFiles,
    'tasks/task.yaml': `${validTask}random_seed: 7\nrunner_config: {num_outputs_to_generate: 5, max_attempts: 9}\n`,
  });
  const environment = { DGT_OUTPUT_DIR: 'elsewhere' };
  const { tasks } = await folder.load({
    environment,
    overrides: { num_outputs_to_generate: 6, machine_batch_size: 0 },
  });
  expect(tasks[0]?.settings).toMatchObject({
    outputDir: join(folder.path, 'elsewhere'),
    numOutputsToGenerate: 6,
    seedBatchSize: undefined,
    machineBatchSize: 0,
    randomSeed: 7,
    maxAttempts: 9,
    maxStalledAttempts: 100,
    maxStalledRows: 1000,
    minYield: 0.005,
    limits: { maxTokens: undefined, maxCost: undefined, maxTimeMs: undefined, isStrict: false },
    durability: 'process',
    recordRequests: false,
  });
});

it('names the option of the command line that is out of range', async () => {
  expect(await describeProblemsOf({}, { overrides: { seed_batch_size: 0, max_attempts: 0.5 } })).toMatchInlineSnapshot(`
    "--max-gen-requests: expected an integer, got 0.5
    --max-gen-requests: expected a number >= 1, got 0.5
    --seed-batch-size: expected a number >= 1, got 0"
  `);
});

it('finds builders in folders and in single files, and says which root is missing', async () => {
  await using folder = await ProjectFolder.write({
    'tasks/task.yaml': validTask,
    'mine/pairs.yaml': validBuilder,
    'mine/generate.mjs': '',
    'mine/prompt.yaml': 'name: not-a-builder-of-this-run',
  });
  expect((await folder.load({ builderRoots: ['builders', 'mine/pairs.yaml'] })).builders[0]?.file).toBe(
    join(folder.path, 'mine/pairs.yaml'),
  );
  expect((await folder.fail({ builderRoots: ['mine', 'absent'] })).message).toBe(
    `absent: cannot be searched for data builders (no such file or folder)`,
  );
});

it("throws the error of a builder's own code as it is when nothing else is wrong", async () => {
  const loadModule = () =>
    Promise.reject(
      new PluginError('DGT_BUILDER_LOAD', {
        builder: 'pairs',
        file: 'generate.ts:2:1',
        reason: 'Unexpected "="',
        line: 2,
        column: 1,
      }),
    );
  await using folder = await ProjectFolder.write({ ...builderFiles, 'tasks/task.yaml': validTask });
  expect(await folder.fail({ loadModule })).toBeInstanceOf(PluginError);
  expect(await describeProblemsOf({ task: `${validTask}task_naem: 1\nown_field: 2\n` }, { loadModule }))
    .toMatchInlineSnapshot(`
    "builders/pairs/generate.ts:2:1: data builder "pairs": generate.ts:2:1 cannot be loaded: Unexpected "=". Correct the module; the position named above is in your file.
    tasks/task.yaml:7:1: unknown key "task_naem" (did you mean "task_name"?)"
  `);
});

it('refuses a class that is no data builder, or has no generate', async () => {
  class NoBuilder {
    generate() {
      return [];
    }
  }
  class NoMethod extends GenerationDataBuilder.of({
    task: GenerationTask.of({ input: dataPoint({}) }),
    blocks: {},
  }) {
    declare generate: never;
    generat() {
      return [];
    }
  }
  dataBuilders.add('no-builder', NoBuilder as unknown as DataBuilderClass, 'the test');
  dataBuilders.add('no-method', NoMethod as unknown as DataBuilderClass, 'the test');
  const describeBuilder = async (name: string) => {
    await using folder = await ProjectFolder.write({
      'tasks/task.yaml': validTask.replace('builder: pairs', `builder: ${name}`),
      'builders/x/x.yaml': `name: ${name}\n`,
      'builders/x/generate.ts': '',
    });
    const error = await folder.fail();
    expect(error).toBeInstanceOf(PluginError);
    return error.message;
  };
  expect(await describeBuilder('no-builder')).toMatchInlineSnapshot(
    `"data builder "no-builder": builders/x/generate.ts cannot be loaded: NoBuilder does not extend GenerationDataBuilder.of({ task, blocks })"`,
  );
  expect(await describeBuilder('no-method')).toMatchInlineSnapshot(
    `"data builder "no-method": builders/x/generate.ts cannot be loaded: NoMethod has no method "generate"; it has: generat"`,
  );
});

it('never says anything but where a file is wrong, however it was changed', async () => {
  const original = { task: await readTutorial('task.yaml'), builder: await readTutorial('geography_qa.yaml') };
  await using folder = await ProjectFolder.write({ 'builders/qa/generate.ts': '' });
  const pieces = fc.constantFrom(...fragments);
  const edit = fc.record({
    at: fc.nat(),
    cut: fc.nat({ max: 30 }),
    insert: fc.oneof(pieces, fc.string({ maxLength: 5 })),
  });
  const change = (text: string, edits: readonly { at: number; cut: number; insert: string }[]) =>
    edits.reduce((changed, { at, cut, insert }) => {
      const place = at % (changed.length + 1);
      return changed.slice(0, place) + insert + changed.slice(place + cut);
    }, text);
  await fc.assert(
    fc.asyncProperty(
      fc.array(edit, { maxLength: 4 }),
      fc.array(edit, { maxLength: 4 }),
      async (taskEdits, builderEdits) => {
        const texts: Record<string, string> = {
          'tasks/task.yaml': change(original.task, taskEdits),
          'builders/qa/qa.yaml': change(original.builder, builderEdits),
        };
        await folder.write(texts);
        const error = await folder.load().then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        if (error === undefined) return;
        expect(error).toBeInstanceOf(ConfigError);
        const { problems } = (error as ConfigError).details as { problems: Problem[] };
        expect(problems.length).toBeGreaterThan(0);
        for (const { file, line = 0, column = 0, problem } of problems) {
          const lines = (texts[file] ?? '').split('\n');
          expect({
            file,
            line,
            column,
            problem,
            isInside: line >= 1 && line <= lines.length && column >= 1,
          }).toMatchObject({ isInside: true });
          expect(column).toBeLessThanOrEqual((lines[line - 1] ?? '').length + 1);
        }
      },
    ),
    { numRuns: 150 },
  );
});
