import type { Command } from 'commander';
import type { OutputFlags } from '../command-session.js';

/** The options of `dgt inspect` that are its own. Numbers are still text. */
export interface ParsedInspectFlags extends OutputFlags {
  readonly rejected?: string;
  readonly error?: string;
  readonly taskPath?: string;
  readonly lm?: string;
  readonly configPath?: string;
  readonly full?: boolean;
}

/** All that `dgt inspect` is told. */
export interface InspectFlags extends ParsedInspectFlags {
  readonly path: string;
  readonly row: string | undefined;
  readonly includeBuilders: readonly string[];
}

/** Defines `dgt inspect`, its action left out. */
export function defineInspect(program: Command): Command {
  return program
    .command('inspect')
    .showHelpAfterError('`dgt inspect --help` explains its options.')
    .summary('what is in a dataset, or where one of its rows comes from')
    .description('Shows a dataset, or a row with its prompts, answers and verdicts. Calls nothing and writes nothing.')
    .argument('<path>', 'the output folder of a task, or its final_data')
    .argument('[row]', 'the number of a row of final_data, from 1')
    .option('--rejected <n>', 'a line of rejected.jsonl instead')
    .option('--error <n>', 'a line of errors.jsonl instead')
    .option('--full', 'print long texts whole, and the other calls of the attempt')
    .option('--task-path <file>', 'the task file, where it is not where it was')
    .option('--config-path <file>', 'the YAML that the dataset was made with')
    .option('--lm <type:model>', 'the model that the dataset was made with');
}
