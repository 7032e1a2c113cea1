import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { TestTerminal, testBuilders } from '../__fixtures__/command-line.js';

const repository = new URL('../../../../', import.meta.url).pathname;

function read({ workingFolder }: TestTerminal, path: string): string {
  return readFileSync(join(workingFolder, path), 'utf8');
}

/** What TypeScript says of the files of a new project, read with the tsconfig.json that came with it. */
function checkTypes({ workingFolder }: TestTerminal, files: readonly string[]): string[] {
  symlinkSync(join(repository, 'node_modules'), join(workingFolder, 'node_modules'));
  const { config } = ts.readConfigFile(join(workingFolder, 'tsconfig.json'), ts.sys.readFile) as { config: object };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, workingFolder);
  const names = files.map((file) => join(workingFolder, file));
  const program = ts.createProgram(names, { ...options, customConditions: ['@dgt/source'] });
  const found = names.flatMap((name) => {
    const file = program.getSourceFile(name);
    return program.getSyntacticDiagnostics(file).concat(program.getSemanticDiagnostics(file) as never);
  });
  return found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

describe('dgt new builder', () => {
  it('writes a builder, its test and a task, and in an empty folder a project around them', async () => {
    using terminal = new TestTerminal();
    const { code, stdout, stderr } = await terminal.run('new', 'builder', 'team/quiz');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatchInlineSnapshot(`
      "wrote package.json
      wrote .gitignore
      wrote tsconfig.json
      wrote builders/team/quiz/README.md
      wrote builders/team/quiz/quiz.yaml
      wrote builders/team/quiz/generate.test.ts
      wrote builders/team/quiz/generate.ts
      wrote builders/team/quiz/prompt.ts
      wrote builders/team/quiz/task.ts
      wrote tasks/team/quiz/task.yaml

      next:
        npx dgt run tasks/team/quiz       make rows
        npx dgt test builders/team/quiz   run its test, without a model
        npm install                       types for your editor
      "
    `);
    expect(read(terminal, 'builders/team/quiz/generate.ts')).toContain(`@registerDataBuilder('team/quiz')`);
    expect(read(terminal, 'builders/team/quiz/quiz.yaml')).toMatch(
      /^# yaml-language-server: \$schema=\.\.\/\.\.\/\.\.\/node_modules\/@dgt\/cli\/schemas\/builder\.schema\.json\nname: team\/quiz\n/,
    );
    expect(JSON.parse(read(terminal, 'package.json'))).toMatchObject({
      private: true,
      type: 'module',
      scripts: { test: 'dgt test' },
      dependencies: { '@dgt/cli': expect.stringMatching(/^\^\d/) },
    });
    expect((await terminal.run('list', 'builders')).stdout).toContain('team/quiz');
  });

  it('leaves no blank of a template unfilled', async () => {
    using terminal = new TestTerminal();
    const { stdout } = await terminal.run('new', 'builder', 'quiz', '--json');
    await terminal.run('new', 'block', 'shorten');
    const { written } = JSON.parse(stdout) as { written: string[] };
    const files = [...written, 'blocks/shorten/block.ts', 'blocks/shorten/block.test.ts', 'blocks/shorten/README.md'];
    expect(files.filter((file) => /__\w+__/.test(file + read(terminal, file)))).toEqual([]);
  });

  it('type-checks strictly whatever its name, and so does a block of this name', { timeout: 60_000 }, async () => {
    using terminal = new TestTerminal();
    const names = ['quiz', 'team/deep/world-quiz_2', '7th-grade', 'generation', 'transformation', 'Type'];
    const written: string[] = [];
    for (const name of names) {
      const kinds = [
        ['builder', name],
        ['builder', `${name}/t`, '--kind', 'transformation'],
        ['block', name],
      ];
      for (const args of kinds) {
        const { stdout } = await terminal.run('new', ...args, '--json');
        written.push(...(JSON.parse(stdout) as { written: string[] }).written);
      }
    }
    const files = written.filter((file) => file.endsWith('.ts'));
    expect(files).toHaveLength(10 * names.length);
    expect(checkTypes(terminal, files)).toEqual([]);
  });

  it('never overwrites: where one file is there, none is written', async () => {
    using terminal = new TestTerminal();
    terminal.write('tasks/quiz/task.yaml', 'mine');
    const { code, stdout, stderr } = await terminal.run('new', 'builder', 'quiz');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe(
      'error DGT_FILE_EXISTS: nothing was written: tasks/quiz/task.yaml exists already\n' +
        'Choose another name, or remove them first.\n',
    );
    expect(terminal.list()).toEqual(['tasks']);
    expect(read(terminal, 'tasks/quiz/task.yaml')).toBe('mine');
  });

  it('adds to a project that is there, and writes its test for the runner that the project has', async () => {
    using terminal = new TestTerminal();
    terminal.write('package.json', '{ "devDependencies": { "vitest": "4.1.12" } }');
    terminal.write('tsconfig.json', '{}');
    const { stdout } = await terminal.run('new', 'builder', 'quiz');
    expect(stdout).toContain('npx vitest run builders/quiz');
    expect(terminal.list().toSorted()).toEqual(['builders', 'package.json', 'tasks', 'tsconfig.json']);
    expect(read(terminal, 'builders/quiz/generate.test.ts')).toContain(`from 'vitest'`);
    expect(read(terminal, 'builders/quiz/README.md')).toContain('npx vitest run builders/quiz');
  });

  it.each(['../quiz', '/quiz', 'team//quiz', '', '.hidden', 'a quiz', 'quiz/../..'])(
    'refuses the name "%s"',
    async (name) => {
      using terminal = new TestTerminal();
      const { code, stderr } = await terminal.run('new', 'builder', name);
      expect(code).toBe(1);
      expect(stderr).toContain('error DGT_OPTION_INVALID: NAME: expected letters, digits');
      expect(terminal.list()).toEqual([]);
    },
  );
});

describe('dgt new task', () => {
  it('takes the only builder that there is, and the examples of a task that has it', async () => {
    using terminal = new TestTerminal();
    await terminal.run('new', 'builder', 'quiz');
    const { code, stdout } = await terminal.run('new', 'task', 'team/more');
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: 'wrote tasks/team/more/task.yaml\n\nnext:\n  npx dgt run tasks/team/more   make rows\n',
    });
    expect(read(terminal, 'tasks/team/more/task.yaml')).toContain('data_builder: quiz\nnum_outputs_to_generate: 20\n');
    expect(read(terminal, 'tasks/team/more/task.yaml')).toContain(
      '  - question: "What is the capital of Australia?"\n',
    );
  });

  it('invents examples of the right types where no task has any', async () => {
    using terminal = new TestTerminal();
    const of = ['--builder', 'test/counting', '--include-builders', testBuilders];
    const { code, stdout, stderr } = await terminal.run('new', 'task', 'lines', ...of);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('edit tasks/lines/task.yaml');
    expect(read(terminal, 'tasks/lines/task.yaml')).toContain(
      'data_builder: test/counting\nnum_outputs_to_generate: 20\n',
    );
    expect(read(terminal, 'tasks/lines/task.yaml')).toContain('  - text: "example 1 of text"\n');
  });

  it('has rows instead of examples where the builder works on rows', async () => {
    using terminal = new TestTerminal();
    await terminal.run('new', 'builder', 'similar', '--kind', 'transformation');
    await terminal.run('new', 'task', 'more');
    expect(read(terminal, 'tasks/more/task.yaml')).toMatch(/^data_builder: similar\n[^]*^data:\n {2}- question: "/m);
  });

  it('asks which builder where there are several, and knows what was meant', async () => {
    using terminal = new TestTerminal();
    expect((await terminal.run('new', 'task', 'more')).stderr).toContain('`dgt new builder NAME` makes one');
    for (const name of ['quiz', 'cards']) await terminal.run('new', 'builder', name);
    const unsaid = await terminal.run('new', 'task', 'more');
    expect(unsaid.stderr).toContain('--builder: expected one of cards, quiz, got nothing');
    const mistyped = await terminal.run('new', 'task', 'more', '--builder', 'quizz');
    expect(mistyped.stderr).toContain('unknown data builder "quizz" (did you mean "quiz"?)');
    expect((await terminal.run('new', 'task', 'more', '--builder', 'cards')).code).toBe(0);
  });
});

describe('dgt new project', () => {
  it('makes a folder that is a project of its own, whatever stands above it', async () => {
    using terminal = new TestTerminal();
    terminal.write('package.json', '{ "devDependencies": { "vitest": "4.1.12" } }');
    terminal.write('tsconfig.json', '{}');
    const { code, stdout } = await terminal.run('new', 'project', 'my-data');
    expect(code).toBe(0);
    expect(stdout).toContain('wrote my-data/package.json\n');
    expect(stdout).toContain('wrote my-data/builders/my-data/generate.ts\n');
    expect(stdout).toMatch(
      /next:\n {2}cd my-data && npm install +install dgt\n {2}npx dgt run tasks\/my-data +make rows\n/,
    );
    expect(read(terminal, 'my-data/builders/my-data/my-data.yaml')).toContain(
      '$schema=../../node_modules/@dgt/cli/schemas/builder.schema.json',
    );
    expect(JSON.parse(read(terminal, 'my-data/package.json'))).toMatchObject({ name: 'my-data' });
    expect((await terminal.run('new', 'project', 'my-data')).stderr).toContain('my-data/builders/my-data/README.md, ');
  });
});

describe('dgt new', () => {
  it('makes four kinds of things', async () => {
    using terminal = new TestTerminal();
    const { code, stderr } = await terminal.run('new', 'store', 'mine');
    expect(code).toBe(1);
    expect(stderr).toContain('Allowed choices are builder, task, block, project.');
  });
});
