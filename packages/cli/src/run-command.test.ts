import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { TestTerminal } from './__fixtures__/command-line.js';

describe('the command line', () => {
  it('explains itself', async () => {
    using terminal = new TestTerminal();
    const { code, stdout, stderr } = await terminal.run('--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const text of ['run ', 'validate ', 'list ', 'status ', 'Examples:', 'Exit codes: 0 complete, 1 error'])
      expect(stdout).toContain(text);
    expect((await terminal.run('run', '--help')).stdout).toContain('--num-outputs-to-generate <n>');
  });

  it('explains a command that is asked about as git and cargo are asked', async () => {
    using terminal = new TestTerminal();
    const { code, stdout } = await terminal.run('help', 'run');
    expect(code).toBe(0);
    expect(stdout).toBe((await terminal.run('run', '--help')).stdout);
  });

  it('tells its version', async () => {
    using terminal = new TestTerminal();
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    expect(await terminal.run('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('suggests what a mistyped option or command was meant to be', async () => {
    using terminal = new TestTerminal();
    expect(await terminal.run('run', '--num-outputs-to-generat', '3')).toEqual({
      code: 1,
      stdout: '',
      stderr:
        "error: unknown option '--num-outputs-to-generat'\n(Did you mean --num-outputs-to-generate?)\n`dgt run --help` explains its options.\n",
    });
    expect((await terminal.run('rum')).stderr).toBe(
      "error: unknown command 'rum'\n(Did you mean run?)\n`dgt --help` lists the commands.\n",
    );
    expect((await terminal.run('list')).stderr).toBe(
      "error: missing required argument 'what'\n`dgt list --help` explains its options.\n",
    );
  });

  it('prints a mistake as JSON too, where JSON was asked for', async () => {
    using terminal = new TestTerminal();
    const { code, stdout } = await terminal.run('run', '--json', '--nonsense');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      error: { code: 'DGT_OPTION_INVALID', message: "unknown option '--nonsense'", remedy: 'See dgt --help.' },
      exit_code: 1,
    });
  });

  it('shows what there is when it is called without a command', async () => {
    using terminal = new TestTerminal();
    const { code, stderr } = await terminal.run();
    expect(code).toBe(1);
    expect(stderr).toContain('Usage: dgt [options] [command]');
  });
});
