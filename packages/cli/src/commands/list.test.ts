import { blocks, DatasetValidator } from '@dgt/core';
import { describe, expect, it } from 'vitest';
import { TestTerminal, testBuilders } from '../__fixtures__/command-line.js';

describe('dgt list', () => {
  it('lists the builders of builders/ and of further folders, without loading them', async () => {
    using terminal = new TestTerminal();
    terminal.write('builders/own/own.yaml', 'name: team/own\n');
    terminal.write('builders/own/generate.ts', 'throw new Error("loaded");\n');
    const { code, stdout } = await terminal.run('list', 'builders', '--include-builders', testBuilders);
    expect(code).toBe(0);
    const listed = stdout.replaceAll(/ +/g, ' ').trimEnd().split('\n');
    expect(listed).toContain('team/own builders/own/own.yaml');
    expect(listed).toContain('test/counting <builders>/counting/counting.yaml');
    expect(listed[0]).toMatch(/^core\/.* @dgt\/builders$/);
  });

  it("lists authors' own blocks beside those of dgt, and says which builder cannot be loaded", async () => {
    using terminal = new TestTerminal();
    terminal.write('builders/broken/broken.yaml', 'name: team/broken\n');
    terminal.write('builders/broken/generate.ts', 'throw new Error("not today");\n');
    const { code, stdout, stderr } = await terminal.run('list', 'blocks', '--include-builders', testBuilders);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^fake_model .*<builders>\/counting\/fake-model/m);
    expect(stdout).toMatch(/^rouge_scorer /m);
    expect(stderr).toContain('not today');
  });

  it('lists tasks with their builders, also those that would not run', async () => {
    using terminal = new TestTerminal();
    terminal.writeTask('tasks/a/task.yaml', { name: 'team/a' });
    terminal.write('tasks/b/qna.yaml', 'data_builder: [1]\n');
    const { stdout } = await terminal.run('list', 'tasks');
    expect(stdout).toMatchInlineSnapshot(`
      "team/a          test/counting      tasks/a/task.yaml
      (no task_name)  (no data_builder)  tasks/b/qna.yaml
      "
    `);
    const { stdout: json } = await terminal.run('list', 'tasks', 'tasks/a', '--json');
    expect(JSON.parse(json)).toEqual({
      tasks: [{ task_name: 'team/a', data_builder: 'test/counting', file: '<folder>/tasks/a/task.yaml' }],
      exit_code: 0,
    });
  });

  it('says what it could not read', async () => {
    using terminal = new TestTerminal();
    terminal.write('tasks/task.yaml', '- a list\n');
    const { code, stdout, stderr } = await terminal.run('list', 'tasks', 'tasks', 'absent');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^absent: cannot be read .*\ntasks\/task\.yaml:1:1: expected a mapping .*\n$/);
  });

  it('lists blocks with their scope and where they are registered', async () => {
    using terminal = new TestTerminal();
    const { code, stdout } = await terminal.run('list', 'blocks', '--json');
    const { blocks: listed } = JSON.parse(stdout) as { blocks: { name: string; scope: string; place: string }[] };
    expect(code).toBe(0);
    expect(listed.map(({ name }) => name)).toEqual(expect.arrayContaining(['llama_cpp', 'ollama', 'openai']));
    const scorer = listed.find(({ name }) => name === 'rouge_scorer');
    expect(scorer).toMatchObject({ scope: 'sequence', description: 'judges each row by the rows before it' });
    expect(scorer?.place).toMatch(/rouge-scorer\.\w+:\d+/);
  });

  it('says of a block that judges all rows at once that it does', async () => {
    class BestOfAll extends DatasetValidator.of({ input: {} }) {
      validateAll(rows: readonly object[]) {
        return rows.map(() => true);
      }
    }
    blocks.add('best_of_all', BestOfAll as never, 'this test');
    using terminal = new TestTerminal();
    const { stdout } = await terminal.run('list', 'blocks');
    expect(stdout).toMatch(/^best_of_all +all +judges the whole dataset /m);
  });

  it('knows three kinds of things', async () => {
    using terminal = new TestTerminal();
    const { code, stderr } = await terminal.run('list', 'models');
    expect(code).toBe(1);
    expect(stderr).toContain('Allowed choices are builders, blocks, tasks.');
  });
});
