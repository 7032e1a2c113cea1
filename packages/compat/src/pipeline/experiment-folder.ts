import { readdir, readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { ConfigError, type Json } from '@dgt/core';
import { translationFile } from '../translation.js';
import { definitionOfFile } from './translate.js';
import type { PipelineSettings } from './settings.js';

/** The records of a run that is finished. */
export const resultFile = 'result.jsonl';

const timeStamp = /^\d{8}-\d{6}$/;

/** How the folder of an experiment is found. */
export interface ExperimentQuery {
  readonly workingFolder: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** What defines the records. */
  readonly definition: Json;
  /** Names one that is there already. */
  readonly timestamp: string | undefined;
  /** Whether one that is finished will do. */
  readonly reopens: boolean;
}

/**
 * The folder of an experiment, relative to the working folder: without time stamps always the same, with them the newest that
 * is not finished and makes the same records, or else a new one.
 *
 * @throws {@link ConfigError} DGT_OPTION_INVALID for a time stamp of none.
 */
export async function findExperimentFolder(settings: PipelineSettings, query: ExperimentQuery): Promise<string> {
  const { output_dir, experiment_name, need_time_stamp } = settings;
  const base = join(output_dir, experiment_name);
  const folder = resolve(query.workingFolder, base);
  if (query.timestamp !== undefined) {
    // A slip would begin another experiment, and pay for it.
    if (!existsSync(join(folder, query.timestamp))) await refuseTimeStamp(query.timestamp, { base, folder });
    return join(base, query.timestamp);
  }
  if (!need_time_stamp) return base;
  for (const name of await listExperiments(folder))
    if (await isContinued(join(folder, name), query)) return join(base, name);
  for (let time = query.now; ; time += 1000) {
    const name = writeTimeStamp(new Date(time));
    if (!existsSync(join(folder, name))) return join(base, name);
  }
}

async function isContinued(folder: string, { definition, reopens }: ExperimentQuery): Promise<boolean> {
  if (!reopens && existsSync(join(folder, resultFile))) return false;
  try {
    return isDeepStrictEqual(definitionOfFile(await readFile(join(folder, translationFile), 'utf8')), definition);
  } catch {
    // None of this command's, or one that was not begun.
    return false;
  }
}

/** The local time as `YYYYMMDD-HHMMSS`. */
function writeTimeStamp(time: Date): string {
  const [date = '', hours = ''] = new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().split('T');
  return `${date.replaceAll('-', '')}-${hours.slice(0, 8).replaceAll(':', '')}`;
}

async function refuseTimeStamp(value: string, { base, folder }: Record<'base' | 'folder', string>): Promise<never> {
  const names = await listExperiments(folder);
  const expected = `an experiment of ${base} (${names.slice(0, 5).join(', ') || 'there is none'})`;
  throw new ConfigError('DGT_OPTION_INVALID', { option: 'timestamp', expected, value });
}

/** The newest first. */
async function listExperiments(folder: string): Promise<string[]> {
  const names = await listNames(folder);
  return names
    .filter((name) => timeStamp.test(name))
    .toSorted()
    .toReversed();
}

async function listNames(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch {
    return [];
  }
}
