import { Option, type Command } from 'commander';
import type { OutputFlags } from './command-session.js';
import type { ReadFlags } from './program.js';

/** The options of a command that looks for data builders, as they are parsed. */
export interface ParsedIncludeFlags extends OutputFlags {
  readonly includeBuilders?: string[];
  readonly includeBuilderPaths?: string[];
}

/** The options of a command that reads task files, as they are parsed. */
export interface ParsedReadFlags extends ParsedIncludeFlags {
  readonly taskPaths?: string[];
  readonly lm?: string;
  readonly configPath?: string;
}

/** Adds the paths and options of a command that reads task files. */
export function addReadOptions(command: Command): Command {
  return addTaskOptions(
    command.argument('[paths...]', 'task files, or folders that hold files called task.yaml or qna.yaml'),
    'the same, as an option; repeat it or list several',
  );
}

/** Adds the same options to a command whose paths are others. */
export function addTaskOptions(command: Command, what = 'task files, or folders that hold some'): Command {
  command
    .option('--task-path, --task-paths <paths...>', what)
    .option('--config-path <file>', 'YAML that changes these tasks and their builders, or names more tasks');
  return addIncludeOptions(command).option(
    '--lm <type:model>',
    'the model of every model block, such as ollama:llama3.2',
  );
}

/** Adds where to look for data builders. */
export function addIncludeOptions(command: Command): Command {
  return command
    .option('--include-bp, --include-builders <paths...>', 'look for data builders here too, not in builders/ alone')
    .addOption(new Option('--include-builder-paths <paths...>').hideHelp());
}

/** The task files that a command was given, in both ways, and where builders are. */
export function gatherPaths(
  positional: readonly string[],
  flags: ParsedReadFlags,
): Pick<ReadFlags, 'taskPaths' | 'includeBuilders'> {
  return { taskPaths: [...positional, ...(flags.taskPaths ?? [])], includeBuilders: gatherBuilders(flags) };
}

/** Where builders are, by both names of the option. */
export function gatherBuilders({ includeBuilders = [], includeBuilderPaths = [] }: ParsedIncludeFlags): string[] {
  return [...includeBuilders, ...includeBuilderPaths];
}
