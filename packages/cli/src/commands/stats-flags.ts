import type { Command } from 'commander';
import type { OutputFlags } from '../command-session.js';

/** The options of `dgt stats` as they are written. */
export interface ParsedStatsFlags extends OutputFlags {
  readonly field?: readonly string[];
  readonly dist?: readonly string[];
  readonly html?: string;
}

/** All that `dgt stats` is told. */
export interface StatsFlags extends ParsedStatsFlags {
  readonly path: string;
}

/** Defines `dgt stats`, its action left out. */
export function defineStats(program: Command): Command {
  return program
    .command('stats')
    .showHelpAfterError('`dgt stats --help` explains its options.')
    .summary('what the rows of a data file are like: counts, numbers, lengths, values')
    .description(
      'Reads the rows of a file or a dataset once, in bounded memory. Without --field and --dist it describes every field.',
    )
    .argument('<path>', 'a data file, the output folder of a task, or a folder of data files')
    .option('--field <paths...>', 'numbers to sum up, such as scores.total, turns[0].tokens or answer.length')
    .option('--dist <paths...>', 'values to count, such as topic')
    .option('--html <file>', 'write a page with pictures, too');
}
