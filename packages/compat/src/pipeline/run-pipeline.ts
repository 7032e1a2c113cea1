import type { Row } from '@dgt/core';
import { readRecordedInputs } from '@dgt/runner';
import { defaultReadOptions, writeRows } from '@dgt/stores/files';
import { rmdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { readDataPool, writeDataPool } from './data-pool.js';
import { findExperimentFolder, resultFile } from './experiment-folder.js';
import { Extraction, type ExtractFunction } from './extraction.js';
import type { PipelineEnding, PipelineHost } from './pipeline-host.js';
import type { PromptFiles } from './prompt-files.js';
import { makeRecord, type PipelineRecord } from './records.js';
import type { PipelineSettings } from './settings.js';
import { definitionOf, isSecretText, runFolder, translatePipeline } from './translate.js';

/** How many rows are worked on at once when nothing is said. */
export const defaultConcurrencyLimit = 5;

/** One run of a pipeline. */
export interface PipelineRequest {
  readonly settings: PipelineSettings;
  readonly prompts: PromptFiles;
  readonly rows: AsyncIterable<Row>;
  /** Where the rows come from, in words. */
  readonly description: string;
  readonly concurrencyLimit?: number | undefined;
  readonly extractFunction?: ExtractFunction | undefined;
  /** Names the experiment by its time stamp, to go on with it or to extract again. */
  readonly timestamp?: string | undefined;
  /** Asks again for rows that failed, of the newest experiment. */
  readonly retryErrors?: boolean;
  /** Told of every record, in the order of the input. */
  readonly onRecord?: (record: PipelineRecord) => void;
}

/** What came of a run. */
export interface PipelineOutcome extends PipelineEnding {
  /** The file of the records; undefined while rows are missing. */
  readonly result: string | undefined;
  readonly records: number;
  /** Records that are failures. */
  readonly failed: number;
}

/** Runs a pipeline and writes `result.jsonl` once every row was worked on. */
export async function runPipeline(request: PipelineRequest, host: PipelineHost): Promise<PipelineOutcome> {
  const { settings, prompts, rows, description, retryErrors = false } = request;
  const { concurrencyLimit = defaultConcurrencyLimit } = request;
  if (settings.api_key !== undefined && isSecretText(String(settings.api_key)))
    host.say('notice: api_key stands in the configuration itself; ${env:NAME} there keeps it out of files');
  const place = (folder: string) => {
    const dataPool = join(folder, 'data_pool.jsonl');
    return translatePipeline(settings, { folder, dataPool, description, prompts, concurrencyLimit });
  };
  const folder = await findExperimentFolder(settings, {
    workingFolder: host.workingFolder,
    now: host.now(),
    definition: definitionOf(place('')),
    timestamp: request.timestamp,
    reopens: retryErrors,
  });
  const experiment = resolve(host.workingFolder, folder);
  const dataPool = join(experiment, 'data_pool.jsonl');
  try {
    await writeDataPool(dataPool, rows, { prompts, host });
  } catch (error) {
    // Nothing is left of an experiment that could not begin.
    await rmdir(experiment).catch(() => {});
    throw error;
  }
  const ending = await host.run(place(folder), { retryErrors });
  if (!ending.isFinished) return { ...ending, result: undefined, records: 0, failed: 0 };
  const extraction = new Extraction(request.extractFunction);
  let failed = 0;
  const made = makeRecords({ experiment, dataPool, extraction, redact: (text) => host.redact(text) });
  const records = await writeRecords(join(experiment, resultFile), made, (record) => {
    if ('error' in record) failed++;
    request.onRecord?.(record);
  });
  for (const notice of extraction.notices()) host.say(notice);
  const exitCode = extraction.hasThrown ? Math.max(ending.exitCode, 2) : ending.exitCode;
  return { ...ending, exitCode, result: join(folder, resultFile), records, failed };
}

interface RecordParts {
  readonly experiment: string;
  readonly dataPool: string;
  readonly extraction: Extraction;
  readonly redact: (text: string) => string;
}

/** The records of a run that is finished, in the order of its input. */
async function* makeRecords({ experiment, dataPool, extraction, redact }: RecordParts): AsyncGenerator<PipelineRecord> {
  const recorded = readRecordedInputs(join(experiment, runFolder));
  try {
    for await (const input of readDataPool(dataPool)) {
      const next = recorded.next();
      if (next.done === true) return;
      yield await extraction.apply(makeRecord(input, next.value, redact), next.value.number);
    }
  } finally {
    recorded.return(undefined);
  }
}

/** @returns how many there are. */
function writeRecords(
  file: string,
  records: AsyncIterable<PipelineRecord>,
  onRecord: (record: PipelineRecord) => void,
): Promise<number> {
  const watch = async function* () {
    for await (const record of records) {
      onRecord(record);
      yield record as unknown as Row;
    }
  };
  return writeRows(watch(), { file, format: 'jsonl', csv: defaultReadOptions().csv });
}
