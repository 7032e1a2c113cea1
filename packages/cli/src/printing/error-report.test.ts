import { ConfigError, ProviderError } from '@dgt/core';
import { describe, expect, it } from 'vitest';
import { describeError, printError } from './error-report.js';
import { createStyle, plainStyle } from './style.js';

const plain = { debug: false, style: plainStyle, workingFolder: '/home/me/data' };
const locked = new ConfigError('DGT_FILE_UNREADABLE', { file: 'task.yaml', reason: 'no such file' });

describe('a printed error', () => {
  it('says what failed, then what to do', () => {
    expect(printError(locked, plain)).toMatchInlineSnapshot(`
      "error DGT_FILE_UNREADABLE: task.yaml: cannot be read (no such file)
      Check the path and its permissions; relative paths start at the folder dgt was called in."
    `);
  });

  it('has a line for each problem of the configuration', () => {
    const problems = Object.assign(
      [
        { file: 'a', line: 1 },
        { file: 'b', line: 2 },
      ],
      {
        toString: () => 'a:1:1: first\nb:2:2: second',
      },
    );
    expect(printError(new ConfigError('DGT_CONFIG_INVALID', { problems }), plain)).toMatchInlineSnapshot(`
      "error DGT_CONFIG_INVALID: 2 problems
      a:1:1: first
      b:2:2: second
      Correct the lines named above; \`dgt validate --task-path FILE\` checks task files again without running anything."
    `);
  });

  it('speaks of no lines where an option is what is wrong', () => {
    const problems = Object.assign([{ file: '--lm' }], { toString: () => '--lm: expected TYPE:MODEL' });
    expect(printError(new ConfigError('DGT_CONFIG_INVALID', { problems }), plain)).toBe(
      'error DGT_CONFIG_INVALID: 1 problem\n--lm: expected TYPE:MODEL',
    );
  });

  it('names files as the user would, from the folder that the command was called in', () => {
    const reason = 'no file /home/me/data/b.ts, see "/home/me/data/c d.ts" and /mnt/home/me/data/e.ts';
    const error = new ConfigError('DGT_FILE_UNREADABLE', { file: '/home/me/data/a.ts', reason });
    expect(printError(error, plain)).toContain(
      ': a.ts: cannot be read (no file b.ts, see "c d.ts" and /mnt/home/me/data/e.ts)',
    );
    const inner = new ConfigError('DGT_FILE_UNREADABLE', { file: '/home/me/data/ and /home/me/data', reason: 'x' });
    expect(printError(inner, plain)).toContain(': /home/me/data/ and /home/me/data:');
  });

  it('shows stacks for debugging alone, with what caused what', () => {
    const cause = new TypeError('socket closed');
    const details = { provider: 'openai', endpoint: 'https://host', reason: 'cut off' };
    const error = new ProviderError('DGT_PROVIDER_UNAVAILABLE', 'transient', details, { cause });
    expect(printError(error, plain)).not.toContain('socket closed');
    const lines = printError(error, { ...plain, debug: true }).split('\n');
    expect(lines).toContainEqual('caused by TypeError: socket closed');
    expect(lines.filter((line) => /^\s+at .*error-report\.test\.ts/.test(line)).length).toBeGreaterThanOrEqual(2);
  });

  it('admits that an error was not foreseen', () => {
    expect(printError(new RangeError('out of range'), plain)).toMatchInlineSnapshot(`
      "error: RangeError: out of range
      This was not foreseen by dgt; --debug shows where it happened."
    `);
    expect(printError('a string', plain)).toMatch(/^error: a string\n/);
  });

  it('is coloured on a terminal, and text from elsewhere cannot colour itself', () => {
    const style = createStyle({ write: () => true, isTTY: true }, {});
    const error = new ConfigError('DGT_FILE_UNREADABLE', { file: '\u001b[2Jtask.yaml', reason: 'x' });
    expect(printError(error, { ...plain, style })).toMatch(
      // oxlint-disable-next-line no-control-regex -- colours are escape sequences
      /^\u001b\[31merror DGT_FILE_UNREADABLE\u001b\[39m: \ufffd\[2Jtask\.yaml/,
    );
  });
});

describe('an error for programs', () => {
  it('has its code, its message and its remedy', () => {
    expect(describeError(locked)).toEqual({
      code: 'DGT_FILE_UNREADABLE',
      message: 'task.yaml: cannot be read (no such file)',
      remedy: expect.stringMatching(/^Check the path/) as unknown,
    });
    expect(describeError(new RangeError('x'))).toEqual({
      code: undefined,
      message: 'RangeError: x',
      remedy: undefined,
    });
  });

  it('has the problems of the configuration as data', () => {
    const error = new ConfigError('DGT_CONFIG_INVALID', { problems: [{ file: 'a', line: 1 }] });
    expect(describeError(error).problems).toEqual([{ file: 'a', line: 1 }]);
  });
});
