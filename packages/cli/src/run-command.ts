import { CommanderError } from 'commander';
import type { CommandContext } from './command-context.js';
import { createProgram } from './program.js';

/**
 * Runs one command of dgt: `runCommand(['run', 'task.yaml'], context)`. Nothing but the argument parser is loaded before it
 * is known which command it is, so that `--help` is there at once.
 *
 * @returns the exit code: 0 complete, 1 error, 2 short of the quota, 75 waiting for answers, 130 or 143 cancelled.
 */
export async function runCommand(argv: readonly string[], context: CommandContext): Promise<number> {
  let exitCode = 0;
  const program = createProgram(context, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    // Help, the version, and a mistake in the arguments; the parser has printed what there is to say.
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0 && argv.includes('--json')) context.stdout.write(describeMistake(error));
    return error.exitCode;
  }
  return exitCode;
}

function describeMistake({ message, exitCode }: CommanderError): string {
  const error = { code: 'DGT_OPTION_INVALID', message: message.replace(/^error: /, ''), remedy: 'See dgt --help.' };
  return `${JSON.stringify({ error, exit_code: exitCode }, undefined, 2)}\n`;
}
