import type { Command } from 'commander';
import { addOutputOptions, type Execute } from '../command-definition.js';
import { defineCard, type CardFlags } from './card-flags.js';
import { defineStats, type ParsedStatsFlags, type StatsFlags } from './stats-flags.js';

/** The commands that show a dataset to people: in numbers and pictures, and with the card that goes with it. */
export function defineDatasetPages(program: Command, execute: Execute): void {
  addOutputOptions(defineStats(program)).action((path: string, flags: ParsedStatsFlags) =>
    execute<StatsFlags>({ ...flags, path }, async () => (await import('./stats.js')).stats),
  );
  addOutputOptions(defineCard(program)).action((path: string, flags: Omit<CardFlags, 'path'>) =>
    execute<CardFlags>({ ...flags, path }, async () => (await import('./card.js')).card),
  );
}
