import type { Command } from 'commander';
import type { OutputFlags } from '../command-session.js';

/** All that `dgt card` is told. */
export interface CardFlags extends OutputFlags {
  readonly path: string;
  readonly write?: boolean;
}

/** Defines `dgt card`, its action left out. */
export function defineCard(program: Command): Command {
  return program
    .command('card')
    .showHelpAfterError('`dgt card --help` explains its options.')
    .summary('the card of a dataset: where it comes from, what it took, how it is loaded')
    .description(
      'Prints the README.md of a dataset as it would be now, also while a run works on it. Several datasets below a folder get one card.',
    )
    .argument('[path]', 'the output folder of a task, or a folder above several', 'output')
    .option('--write', 'write README.md there instead, unless it was edited');
}
