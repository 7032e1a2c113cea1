import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TestTerminal } from '../__fixtures__/command-line.js';
import '../__fixtures__/builders/counting/fake-model.js';

/** What a run took differs from run to run, and so do the calls that were under way when it had enough. */
function withoutCosts(text: string): string {
  return text.replaceAll(/^ {2}\d.* (calls?) made.*$/gm, '  <costs>');
}

function readJson(text: string): { exit_code: number; tasks: Record<string, unknown>[]; error?: { code: string } } {
  return JSON.parse(text) as ReturnType<typeof readJson>;
}

describe('dgt run', () => {
  it('makes the rows, says where they are, and calls nothing when run again', async () => {
    using terminal = new TestTerminal();
    terminal.writeTask('task.yaml');
    const first = await terminal.runTask('task.yaml');
    expect(first.code).toBe(0);
    expect(withoutCosts(first.stdout)).toMatchInlineSnapshot(`
      "topic: complete, 5 of 5 rows
        output/topic/final_data.jsonl
        <costs>
      "
    `);
    const rows = readFileSync(join(terminal.workingFolder, 'output/topic/final_data.jsonl'), 'utf8');
    expect(rows.trimEnd().split('\n')).toHaveLength(5);
    const again = await terminal.runTask('task.yaml');
    expect(again).toMatchObject({
      code: 0,
      stdout: 'topic: already complete, 5 rows, nothing called\n  output/topic/final_data.jsonl\n',
    });
  });

  it('shows where candidates went and what to do when it stalls', async () => {
    using terminal = new TestTerminal();
    terminal.writeTask('task.yaml');
    const args = ['--lm', 'fake_model:repeating', '--max-stalled-requests', '5', '--machine-batch-size', '0'];
    const { code, stdout } = await terminal.runTask('task.yaml', ...args);
    expect(code).toBe(2);
    expect(withoutCosts(stdout)).toMatchInlineSnapshot(`
      "topic: stalled, 1 of 5 rows
        no new row in the last 5 attempts
        output/topic/final_data.jsonl
        <costs>
         12  candidates
        -11  rejected by dedup  repeats an earlier row
          1  rows
        Most is lost in dedup: raise the temperature, add seed examples, or loosen dedup; rejected.jsonl has the rows. To let it try for longer: --max-stalled-requests.
      "
    `);
  });

  it('shows one of the answers that gave no row, harmless for the terminal', async () => {
    using terminal = new TestTerminal();
    terminal.writeTask('task.yaml');
    const { code, stdout } = await terminal.runTask(
      'task.yaml',
      '--lm',
      'fake_model:chatty',
      '--max-gen-requests',
      '3',
    );
    expect(code).toBe(2);
    expect(withoutCosts(stdout)).toMatchInlineSnapshot(`
      "topic: attempts exhausted, 0 of 5 rows
        3 attempts gave 0 rows
        output/topic/final_data.jsonl
        <costs>
         6  candidates
        -6  no row from the answer  no text in the answer
         0  rows
        calls without a row: 6, for example: Sure! Here is �[2J what you asked for.
        Run it again with a larger --max-gen-requests: it goes on from here.
      "
    `);
  });

  it('ends with the author’s own line when the builder throws', async () => {
    using terminal = new TestTerminal();
    terminal.writeTask('task.yaml', { more: 'fails_at: 1\n' });
    const { code, stdout, stderr } = await terminal.runTask('task.yaml');
    expect(code).toBe(1);
    expect(stdout).toContain('topic: failed, 0 of 5 rows\n');
    expect(stderr).toMatch(/error DGT_BUILDER_THREW: .*RangeError: as the task asked for[\s\S]*generate\.ts:\d+/);
    expect(stderr).toContain('Correct the builder and run again');
    expect(stderr).not.toContain('caused by');
    const debugged = await terminal.runTask('task.yaml', '--debug');
    expect(debugged.stderr).toMatch(/caused by RangeError: as the task asked for\n\s+at /);
  });

  it('runs several tasks side by side and counts the worst', async () => {
    using terminal = new TestTerminal();
    terminal.writeTask('tasks/good/task.yaml', { name: 'good' });
    terminal.writeTask('tasks/bad/task.yaml', { name: 'bad', more: 'fails_at: 1\n' });
    const { code, stdout } = await terminal.runTask('tasks/good', 'tasks/bad', '--json');
    const document = readJson(stdout);
    expect(code).toBe(1);
    expect(document.exit_code).toBe(1);
    expect(document.tasks.map(({ task_name: name, status, rows }) => [name, status, rows])).toEqual([
      ['good', 'complete', 5],
      ['bad', 'failed', 0],
    ]);
    expect(document.tasks[1]).toMatchObject({ error: { code: 'DGT_BUILDER_THREW' } });
    expect(document.tasks[0]).toMatchObject({
      final_data: '<folder>/output/good/final_data.jsonl',
      funnel: { accepted: 5 },
    });
  });

  it('keeps standard output for the one document, also when it fails', async () => {
    using terminal = new TestTerminal();
    const { code, stdout, stderr } = await terminal.runTask('missing.yaml', '--json');
    expect(code).toBe(1);
    expect(readJson(stdout)).toMatchObject({ error: { code: 'DGT_CONFIG_INVALID' }, exit_code: 1 });
    expect(stderr).toContain('error DGT_CONFIG_INVALID: 1 problem\nmissing.yaml: cannot be read');
  });

  it('prints one line for each task when it is to be quiet', async () => {
    using terminal = new TestTerminal();
    terminal.writeTask('task.yaml');
    const { stdout, stderr } = await terminal.runTask('task.yaml', '--quiet');
    expect({ stdout, stderr }).toEqual({
      stdout: 'topic: complete, 5 of 5 rows in output/topic/final_data.jsonl\n',
      stderr: '',
    });
  });

  it('lets the command line win over the task file', async () => {
    using terminal = new TestTerminal();
    terminal.writeTask('task.yaml');
    const settings = ['--num-outputs-to-generate', '3', '--seed', '7', '--seed-batch-size', '1', '--build-id', 'trial'];
    const { stdout } = await terminal.runTask('task.yaml', ...settings, '--output-dir', 'elsewhere', '--json');
    expect(readJson(stdout).tasks[0]).toMatchObject({
      rows: 3,
      num_outputs_to_generate: 3,
      build_id: 'trial',
      final_data: '<folder>/elsewhere/topic/final_data.jsonl',
    });
    const card = readFileSync(join(terminal.workingFolder, 'elsewhere/topic/task_card.json'), 'utf8');
    expect(JSON.parse(card)).toMatchObject({ runner_config: { random_seed: 7, seed_batch_size: 1 } });
  });

  it('replays, goes on or starts anew, as it is told', async () => {
    using terminal = new TestTerminal();
    terminal.writeTask('task.yaml');
    await terminal.runTask('task.yaml');
    const replayed = await terminal.runTask('task.yaml', '--replay');
    expect(replayed.stderr).toContain('running the builder again on');
    expect(replayed.stdout).toMatch(/ 0 calls made, \d+ recorded before/);
    const anew = await terminal.runTask('task.yaml', '--restart');
    expect(anew.stdout).toMatch(/ \d+ calls made, \d+ tokens/);
    expect(anew.stdout).not.toContain('recorded before');
  });

  it('finishes what is in flight at the first Ctrl-C and ends at the second', async () => {
    using terminal = new TestTerminal();
    terminal.writeTask('task.yaml');
    const running = terminal.runTask('task.yaml', '--lm', 'fake_model:silent');
    await terminal.untilSaid('the silent model was asked');
    terminal.signals.emit('SIGINT');
    await terminal.untilSaid('finishing what is in flight; press again to stop now');
    terminal.time += 1000;
    terminal.signals.emit('SIGINT');
    const { code, stdout } = await running;
    expect(code).toBe(130);
    expect(stdout).toContain('topic: cancelled, 0 of 5 rows\n  stopped by the user at once\n');
    expect(stdout).toContain('Run the same command again: it goes on from here.');
    expect(terminal.signals.eventNames()).toEqual([]);
    expect(terminal.exits).toEqual([]);
  });

  it('needs a task, and numbers where numbers are meant', async () => {
    using terminal = new TestTerminal();
    expect(await terminal.run('run')).toMatchObject({
      code: 1,
      stderr:
        'error DGT_PATHS_MISSING: no task is named\n' +
        'Name a file or a folder, such as `dgt run tasks/team/topic/task.yaml`; `dgt list tasks` shows what is in tasks/.\n',
    });
    expect((await terminal.runTask('task.yaml', '--max-tokens', '1e3')).stderr).toBe(
      'error DGT_OPTION_INVALID: --max-tokens: expected a whole number, got "1e3"\n' +
        'Correct the value; `--help` after the command explains its options.\n',
    );
    expect((await terminal.runTask('task.yaml', '--restart', '--continue')).stderr).toContain(
      'error DGT_OPTIONS_CONFLICT: --restart and --continue cannot be used together',
    );
  });

  it('shows no secret, whoever prints it', async () => {
    using terminal = new TestTerminal();
    terminal.environment['SECRET_WORD'] = 'hunter2hunter2';
    // oxlint-disable-next-line no-template-curly-in-string -- what dgt resolves
    terminal.writeTask('task.yaml', { more: 'created_by: ${env:SECRET_WORD}\nunknown_key: ${env:SECRET_WORD}\n' });
    const { code, stdout, stderr } = await terminal.runTask('task.yaml', '--json', '--debug');
    expect(code).toBe(1);
    expect(stderr).toContain('unknown_key');
    expect(stdout + stderr).not.toContain('hunter2');
  });
});
