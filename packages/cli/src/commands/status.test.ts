import { describe, expect, it } from 'vitest';
import { TestTerminal } from '../__fixtures__/command-line.js';
import '../__fixtures__/builders/counting/fake-model.js';

const results = {
  task_name: 'team/topic',
  status: 'attempts_exhausted',
  message: '3 attempts gave 2 rows',
  rows: 2,
  num_outputs_to_generate: 5000,
};

describe('dgt status', () => {
  it('shows a line for each task', async () => {
    using terminal = new TestTerminal();
    terminal.write('output/team/topic/task_results.json', JSON.stringify(results));
    terminal.write('output/team/topic/events.jsonl', '{"time":"2026-01-02T03:02:00Z"}\n');
    terminal.write('output/topic/data.jsonl', '{}\n');
    terminal.write('output/topic/events.jsonl', '{"time":"2026-01-02T02:00:00Z"}\n');
    expect((await terminal.run('status')).stdout).toMatchInlineSnapshot(`
      "team/topic  attempts exhausted  2/5,000 rows  2 min 5 s ago  3 attempts gave 2 rows
      topic       interrupted         1 row         1 h 4 min ago  the last run ended without a report
      "
    `);
    const { stdout } = await terminal.run('status', 'output/team', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ tasks: [{ ...results, folder: '<folder>/output/team/topic' }] });
  });

  it('says of a complete task no more than that', async () => {
    using terminal = new TestTerminal();
    const complete = { ...results, status: 'complete', message: '5000 of 5000 rows', rows: 5000 };
    terminal.write('output/topic/task_results.json', JSON.stringify(complete));
    expect((await terminal.run('status')).stdout.trimEnd()).toMatch(/^team\/topic {2}complete {2}5,000\/5,000 rows/);
    expect((await terminal.run('status')).stdout).not.toContain('5000 of 5000');
  });

  it('sees a run that goes on', async () => {
    using terminal = new TestTerminal();
    terminal.writeTask('task.yaml');
    const running = terminal.runTask('task.yaml', '--lm', 'fake_model:silent');
    const { stderr } = terminal;
    await terminal.untilSaid('the silent model was asked');
    const { stdout } = await terminal.run('status', 'output/topic');
    terminal.signals.emit('SIGTERM');
    terminal.time += 1000;
    terminal.signals.emit('SIGTERM');
    expect((await running).code).toBe(143);
    expect(stdout).toMatch(/^topic {2}running {2}0\/5 rows .* process \d+ since /);
    expect(stderr.text).toContain('stopping now');
  });

  it('is an error where dgt wrote nothing', async () => {
    using terminal = new TestTerminal();
    const { code, stderr } = await terminal.run('status', 'nowhere');
    expect(code).toBe(1);
    expect(stderr).toBe(
      'error DGT_STATUS_MISSING: nowhere holds no results of dgt\n' +
        'Give `output/<task_name>`, or a folder above it.\n',
    );
  });
});
