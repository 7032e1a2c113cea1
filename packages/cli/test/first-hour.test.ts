import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InstalledProject, Tarballs } from './packed.js';

// One newcomer, from an empty folder on: each step goes on where the last one ended.
describe('the first hour with dgt', { timeout: 120_000 }, () => {
  let tarballs: Tarballs;
  let project: InstalledProject;
  const generate = 'builders/team/quiz/generate.ts';
  const builder = 'builders/team/quiz/quiz.yaml';
  const task = 'tasks/team/quiz/task.yaml';
  const final = 'output/team/quiz/final_data.jsonl';

  beforeAll(async () => {
    tarballs = await Tarballs.ofRepository();
    project = new InstalledProject();
  }, 120_000);

  afterAll(() => {
    project[Symbol.dispose]();
    tarballs[Symbol.dispose]();
  });

  it('begins with npm init and the installation, which lacks nothing', async () => {
    expect(await project.npm('init', '-y')).toMatchObject({ code: 0 });
    await project.install(tarballs);
    expect(project.missing).toEqual([]);
    expect(await project.npx('dgt', '--version')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
  });

  it('makes a data builder with one command, which says what to call next', async () => {
    const { code, stdout, stderr } = await project.dgt('new', 'builder', 'team/quiz');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('npx dgt run tasks/team/quiz');
    expect(stdout).not.toContain('wrote package.json');
  });

  it('makes rows with it at once, without a server or a key', async () => {
    const { code, stderr } = await project.dgt('run', 'tasks/team/quiz');
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const rows = project.rows(final);
    expect(rows).toHaveLength(20);
    expect(Object.keys(rows[0] ?? {})).toEqual(['task_name', 'is_seed', 'question', 'answer']);
  });

  it('runs its test', async () => {
    const { code, stdout } = await project.dgt('test', 'builders/team/quiz');
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringMatching(/^. pass 2$/m) });
  });

  it.each([
    {
      mistake: 'a key that is mistyped',
      file: task,
      edit: ['num_outputs_to', 'num_output_to'],
      says: [`${task}:6:1: unknown key "num_output_to_generate"`, 'did you mean "num_outputs_to_generate"?'],
    },
    {
      mistake: 'an example with a wrong field',
      file: task,
      edit: ['    answer: Mount', '    anwser: Mount'],
      says: [`${task}:11:5: seed_examples[0]: unknown key "anwser"`, 'did you mean "answer"?'],
    },
    {
      mistake: 'a block type that is mistyped',
      file: builder,
      edit: ['type: llama_cpp', 'type: lama_cpp'],
      says: [`${builder}:8:11: blocks[0].type: unknown block "lama_cpp"`, 'did you mean "llama_cpp"?'],
    },
    {
      mistake: 'a parenthesis that is missing',
      file: generate,
      edit: ['if (pair) yield', 'if (pair yield'],
      says: [`${generate}:16:16 cannot be loaded: Expected ")"`, '16 |       if (pair yield', 'Correct the module'],
    },
    {
      mistake: 'a value that is not there',
      file: generate,
      edit: ['yield new QuizRow(pair)', 'yield new QuizRow(pair.it.self)'],
      says: [
        'TypeError: Cannot read properties of undefined',
        `at ${generate}:16:`,
        '^',
        'Correct the builder and run again',
      ],
    },
    {
      mistake: 'a row that lacks a field',
      file: generate,
      edit: ['yield new QuizRow(pair)', 'yield new QuizRow({ question: pair.question } as never)'],
      says: ['QuizRow: missing "answer"', `at ${generate}:16:23`, 'Correct the builder and run again'],
    },
    {
      mistake: 'a block that it does not have',
      file: generate,
      edit: ['this.blocks.generator', 'this.blocks.generater'],
      says: ['this.blocks.generater (did you mean "generator"?)', `at ${generate}:14:`],
    },
  ])('says of $mistake in which line it is and what to do', async ({ file, edit: [before = '', after = ''], says }) => {
    const text = project.read(file);
    expect(text).toContain(before);
    project.write(file, text.replace(before, after));
    const { code, stderr } = await project.dgt('run', 'tasks/team/quiz', '--restart');
    project.write(file, text);
    expect(code).toBe(1);
    for (const part of says) expect(stderr).toContain(part);
    expect(stderr).not.toMatch(/node_modules|at .*\.js:\d/);
  });

  it('works on the rows of a dataset too, with a second builder', async () => {
    expect(await project.dgt('new', 'builder', 'similar', '--kind', 'transformation')).toMatchObject({ code: 0 });
    const tested = await project.dgt('test', 'builders/similar');
    expect(tested).toMatchObject({ code: 0, stdout: expect.stringMatching(/^. pass 2$/m) });
    const { code, stderr } = await project.dgt('run', 'tasks/similar');
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const rows = project.rows('output/similar/final_data.jsonl');
    expect(rows.length).toBeGreaterThan(3);
    expect(Object.keys(rows[0] ?? {})).toEqual(expect.arrayContaining(['question', 'answer', 'similar_question']));
  });

  it('ends with a run that makes the rows again, and one that has nothing left to call', async () => {
    expect(await project.dgt('run', 'tasks/team/quiz', '--restart')).toMatchObject({ code: 0 });
    const rows = project.read(final);
    const { code, stdout } = await project.dgt('run', 'tasks/team/quiz', '--json');
    expect({ code, ...(JSON.parse(stdout) as object) }).toMatchObject({
      code: 0,
      tasks: [{ rows: 20, untouched: true }],
    });
    expect(project.read(final)).toBe(rows);
  });
});
