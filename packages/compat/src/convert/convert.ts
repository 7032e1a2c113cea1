import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { ConfigError, type Row } from '@dgt/core';
import {
  defaultReadOptions,
  findFiles,
  formatOf,
  outputFormats,
  readFileRows,
  writeRows,
  type DataFile,
  type OutputFormat,
} from '@dgt/stores/files';
import { readBatchRequest } from '../openai-batch/batch-request.js';
import { readBatchResult } from '../openai-batch/batch-result.js';
import { readDatasetRow, usualFields, type RowFields } from './dataset-row.js';
import { readFinetuned } from './finetuned.js';
import type { Outcome, Sample } from './outcome.js';
import { inOrderOf } from './request-order.js';
import { Tally } from './tally.js';
import { createTarget, type Target, type TargetWriter } from './targets.js';

/** Where answers may come from. */
export const sources = ['openai-batch', 'finetuned', 'dgt'] as const;

export type Source = (typeof sources)[number];

/** What is to be converted, and into what. */
export interface Conversion {
  readonly from: Source;
  readonly to: Target;
  /** Files, folders and patterns. */
  readonly inputs: readonly string[];
  /** The files of requests that the answers belong to; none where they are not known. */
  readonly requests: readonly string[];
  readonly fields: RowFields;
  readonly output: string;
  readonly workingFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** What a conversion came to. */
export interface ConversionReport {
  /** How many rows were written. */
  readonly rows: number;
  /** How many answers had no two candidates that differ, so that no pair was made of them. */
  readonly withoutPair: number;
  readonly tally: Tally;
}

/**
 * Writes answers in another form, in one pass; where the order of requests is to be restored, in two, the answers on disk between them.
 *
 * @throws {@link ConfigError} DGT_OPTION_INVALID, DGT_OPTIONS_CONFLICT, DGT_DATA_MISSING, DGT_DATA_INVALID, DGT_ROW_FIELD_MISSING
 */
export async function convert(conversion: Conversion): Promise<ConversionReport> {
  const { from, to, inputs, requests, output, workingFolder, environment } = conversion;
  const target = createTarget(to);
  checkSides(conversion, target);
  const file = resolve(workingFolder, output);
  const format = readOutputFormat(output);
  const search = { where: 'dgt convert', baseFolder: workingFolder, environment };
  const files = await findFiles({ ...search, paths: inputs });
  const requestFiles = requests.length === 0 ? [] : await findFiles({ ...search, paths: requests });
  if ([...files, ...requestFiles].some((read) => read.file === file))
    throw new ConfigError('DGT_OPTION_INVALID', {
      option: '--output',
      expected: 'a file that is not read',
      value: output,
    });

  const tally = new Tally();
  const outcomes = readOutcomes(files, conversion);
  const samples = from === 'dgt' ? tally.takeAll(outcomes) : tally.takeFirst(outcomes);
  if (requestFiles.length > 0) await mkdir(dirname(file), { recursive: true });
  const ordered =
    requestFiles.length === 0
      ? samples
      : inOrderOf(readRequests(requestFiles), samples, { spoolFile: `${file}.answers.tmp`, tally });
  const writing = { target, tally, withoutPair: 0 };
  const { csv } = defaultReadOptions();
  const rows = await writeRows(writeSamples(ordered, writing), { file, format, schema: target.schema, csv });
  return { rows, withoutPair: writing.withoutPair, tally };
}

async function* writeSamples(
  samples: AsyncIterable<Sample>,
  writing: { readonly target: TargetWriter; readonly tally: Tally; withoutPair: number },
): AsyncGenerator<Row> {
  let index = 0;
  for await (const sample of samples) {
    checkSample(sample, writing.target);
    const rows = writing.target.write(sample, index++);
    if (typeof rows === 'string') writing.tally.failed.set(sample.id, rows);
    else if (rows.length === 0) writing.withoutPair++;
    else yield* rows;
  }
}

/** What one answer lacks, those after it lack as well. */
function checkSample({ id: place, prompt, preferences }: Sample, { needsPrompt, needsPair }: TargetWriter): void {
  if (needsPair && preferences === undefined) {
    const problem =
      'holds one answer, and a pair needs a better and a worse one: candidates, best and worst, or chosen and rejected';
    throw new ConfigError('DGT_DATA_INVALID', { place, problem });
  }
  if (!needsPrompt || prompt !== undefined) return;
  const problem = `has no prompt under ${usualFields.prompt.join(', ')}: name its field with --prompt-field`;
  throw new ConfigError('DGT_DATA_INVALID', { place, problem });
}

/** Says before anything is read what the files cannot have. */
function checkSides({ from, to, requests }: Conversion, { needsPrompt }: TargetWriter): void {
  if (from === 'dgt' && requests.length > 0)
    throw new ConfigError('DGT_OPTIONS_CONFLICT', { options: '--from dgt and --requests' });
  if (from === 'openai-batch' && to === 'dpo')
    throw new ConfigError('DGT_OPTION_INVALID', {
      option: '--to',
      expected: 'a form that needs one answer to each prompt, since a batch has no better and worse ones',
      value: 'dpo',
    });
  if (from !== 'dgt' && needsPrompt && requests.length === 0)
    throw new ConfigError('DGT_OPTION_INVALID', {
      option: '--requests',
      expected: `the file of requests, such as batchinput.jsonl: the answers do not hold the prompts that ${to} needs`,
      value: 'nothing',
    });
}

function readOutputFormat(output: string): OutputFormat {
  const ending = formatOf(output);
  const format = outputFormats.find((known) => known === ending);
  if (format !== undefined) return format;
  const expected = `a file that ends in ${outputFormats.map((known) => `.${known}`).join(', ')}`;
  throw new ConfigError('DGT_OPTION_INVALID', { option: '--output', expected, value: output });
}

async function* readOutcomes(files: readonly DataFile[], { from, fields }: Conversion): AsyncGenerator<Outcome> {
  let index = 0;
  for await (const { row, place } of readRows(files)) {
    if (from === 'openai-batch') yield readBatchResult(row, place);
    else if (from === 'finetuned') yield readFinetuned(row, place);
    else yield readDatasetRow(row, { index: index++, place, fields });
  }
}

async function* readRequests(files: readonly DataFile[]) {
  for await (const { row, place } of readRows(files)) yield readBatchRequest(row, place);
}

async function* readRows(files: readonly DataFile[]): AsyncGenerator<{ row: Row; place: string }> {
  for (const { file, format, name } of files) {
    let number = 0;
    for await (const row of readFileRows(file, { ...defaultReadOptions(), format, name }))
      yield { row, place: `${name}: row ${++number}` };
  }
}
