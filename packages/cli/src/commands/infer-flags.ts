import type { GivenFlags } from '@dgt/compat/infer';
import {
  clusterFlags,
  dataFlags,
  generationFlags,
  serverFlags,
  workFlags,
  type InferFlag,
} from '@dgt/compat/infer/flags';
import { Option, type Command } from 'commander';
import type { TranslatedRunFlags } from '../running/run-translation.js';

/** The options of `dgt run` that mean the same here. */
export type InferRunFlags = Pick<
  TranslatedRunFlags,
  | 'shard'
  | 'replay'
  | 'continue'
  | 'restart'
  | 'retryErrors'
  | 'maxCost'
  | 'maxTime'
  | 'buildId'
  | 'quiet'
  | 'json'
  | 'debug'
>;

/** The options of `dgt infer`: those of the original, and some of `dgt run`. */
export interface InferFlags extends InferRunFlags {
  readonly given: GivenFlags;
}

/** Options as they are parsed, under the names of both. */
export type ParsedInferFlags = InferRunFlags & GivenFlags & { readonly numWorkers?: string };

/** Defines `dgt infer`, its action left out. */
export function defineInfer(program: Command): Command {
  const command = program
    .command('infer')
    .showHelpAfterError('`dgt infer --help` explains its options.')
    .summary("answers to the prompts of a dataset, by the flags of DataTrove's generate_data.py")
    .description(
      'Asks a model that is served elsewhere about each document of a dataset. Run it again to go on after a crash, Ctrl-C or with more documents.',
    );
  addFlags(command, 'Documents and results:', dataFlags);
  addFlags(command, 'The model and what is asked:', generationFlags);
  addFlags(command, 'The work:', workFlags);
  command
    .option('--shard <i/n>', 'work on part i of n of the documents; `dgt merge` brings the parts together')
    .option('--max-cost <dollars>', 'what all calls may cost')
    .option('--max-time <time>', 'of this run, such as 90s, 30min or 2h')
    .option('--build-id <name>', 'a name for this build, kept with the results')
    .optionsGroup('Earlier results:')
    .option('--replay', 'run again on recorded answers, call only for what changed')
    .option('--continue', 'keep what is there and go on with what changed')
    .option('--restart', 'start anew; the old folder is kept as .previous')
    .option('--retry-errors', 'make the calls again that ended as errors');
  addFlags(command, 'The server, which you start:', serverFlags);
  addFlags(command, 'A cluster, on which you submit:', clusterFlags);
  return command;
}

/** Tells the flags of the original from the options of dgt. */
export function gatherInferFlags({ numWorkers, ...parsed }: ParsedInferFlags): InferFlags {
  const { shard, replay, restart, retryErrors, maxCost, maxTime, buildId, quiet, json, debug, ...rest } = parsed;
  const { continue: goesOn, ...given } = rest;
  const own = { shard, replay, continue: goesOn, restart, retryErrors, maxCost, maxTime, buildId, quiet, json, debug };
  const workers = numWorkers === undefined ? {} : { workers: numWorkers };
  const set = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined)) as InferRunFlags;
  return { ...set, given: { ...workers, ...given } };
}

function addFlags(command: Command, title: string, flags: Readonly<Record<string, InferFlag>>): void {
  command.optionsGroup(title);
  for (const { flag, kind, standard, help, also } of Object.values(flags)) {
    const shown = standard === undefined || kind === 'switch' ? help : `${help} (default: ${standard})`;
    if (kind !== 'switch') command.option(`${flag} <${kind === 'text' ? 'text' : 'n'}>`, shown);
    else {
      command.option(flag, shown);
      command.addOption(new Option(flag.replace('--', '--no-')).hideHelp());
    }
    if (also !== undefined) command.addOption(new Option(`${also} <n>`).hideHelp());
  }
}
