import { describe, expect, it } from 'vitest';
import { TestTerminal, testBuilders } from '../__fixtures__/command-line.js';
import '../__fixtures__/builders/counting/fake-model.js';

describe('dgt validate', () => {
  it('says how much it read when nothing is wrong, and writes nothing', async () => {
    using terminal = new TestTerminal();
    terminal.writeTask('tasks/a/task.yaml', { name: 'a' });
    terminal.writeTask('tasks/b/qna.yaml', { name: 'b' });
    expect(await terminal.run('validate', 'tasks', '--include-bp', testBuilders)).toEqual({
      code: 0,
      stdout: '2 tasks, 1 builder: no problems\n',
      stderr: '',
    });
    expect(terminal.list()).toEqual(['tasks']);
  });

  it('lists every problem of every file at once', async () => {
    using terminal = new TestTerminal();
    terminal.writeTask('a.yaml', { name: 'a', more: 'num_outputs: 3\n' });
    terminal.writeTask('b.yaml', { name: '../b' });
    const { code, stdout, stderr } = await terminal.run(
      'validate',
      '--task-path',
      'a.yaml',
      'c.yaml',
      '--task-paths',
      'b.yaml',
      '--include-builders',
      testBuilders,
    );
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr.split('\n')).toEqual([
      'error DGT_CONFIG_INVALID: 3 problems',
      expect.stringMatching(/^a\.yaml:8:1: unknown key "num_outputs"/),
      expect.stringMatching(/^b\.yaml:1:12: task_name: "\.\.\/b" cannot be/),
      expect.stringMatching(/^c\.yaml: cannot be read/),
      expect.stringMatching(/^Correct the lines named above/),
      '',
    ]);
  });

  it('reads the changes that --config-path makes, and points at the file that makes them', async () => {
    using terminal = new TestTerminal();
    terminal.writeTask('tasks/task.yaml', { name: 'topic' });
    terminal.write('my.yaml', 'tasks:\n  topic: { num_outputs_to_generate: many }\ntask_files: [tasks]\n');
    const { code, stderr } = await terminal.run('validate', '--config-path', 'my.yaml', '--include-bp', testBuilders);
    expect(code).toBe(1);
    expect(stderr).toContain('my.yaml:2:37: num_outputs_to_generate: expected an integer, got "many"');
  });

  it('gives programs each problem with its place', async () => {
    using terminal = new TestTerminal();
    terminal.writeTask('a.yaml', { more: 'num_outputs: 3\n' });
    const { code, stdout } = await terminal.run('validate', 'a.yaml', '--include-builders', testBuilders, '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: 'DGT_CONFIG_INVALID', problems: [{ file: 'a.yaml', line: 8, column: 1 }] },
      exit_code: 1,
    });
  });
});
