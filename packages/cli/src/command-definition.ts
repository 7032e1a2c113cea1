import type { Command } from 'commander';
import type { CommandSession, OutputFlags } from './command-session.js';

/** What a command module exports: does the work and gives the exit code. */
export type RunInSession<Options> = (options: Options, session: CommandSession) => Promise<number>;

/** Loads what every command needs, then the command, and runs it. */
export type Execute = <Options extends OutputFlags>(
  options: Options,
  load: () => Promise<RunInSession<Options>>,
) => Promise<void>;

/** Adds the options of every command that prints. */
export function addOutputOptions(command: Command): Command {
  return command
    .optionsGroup('Output:')
    .option('--json', 'print one JSON document to standard output, and nothing else')
    .option('--debug', 'print stack traces of errors');
}
