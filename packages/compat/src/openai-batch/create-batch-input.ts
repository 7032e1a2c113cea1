import { resolve } from 'node:path';
import { ConfigError, type Row } from '@dgt/core';
import { defaultReadOptions, fileBytes, findFiles, readFileRows, readLines, type DataFile } from '@dgt/stores/files';
import { promptRules, readPrompt } from './read-prompt.js';
import { writeBatchFiles, type BatchFiles, type BatchLimits, type BatchLine } from './write-batch-files.js';

/** The longest `custom_id` that the API takes. @unit characters */
const longestId = 64;

/** What the files of a batch are made of. */
export interface BatchInput {
  /** A file of prompts, a folder or a pattern. */
  readonly input: string;
  readonly output: string;
  /** The model of every request: the API takes one a file. */
  readonly model: string;
  readonly workingFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Default: those of the API. */
  readonly limits?: BatchLimits | undefined;
}

/** What was written. */
export interface BatchInputReport extends BatchFiles {
  readonly requests: number;
}

interface PlacedRow {
  readonly row: Row;
  readonly place: string;
}

/**
 * Writes requests for `/v1/chat/completions`, a line each, into as many files as the limits of the API ask for. All files are there
 * or none.
 *
 * @throws {@link ConfigError} DGT_DATA_MISSING, DGT_DATA_INVALID, DGT_OPTION_INVALID
 */
export async function createBatchInput(options: BatchInput): Promise<BatchInputReport> {
  const { input, output, model, workingFolder, environment, limits } = options;
  const search = { where: 'dgt batch create', baseFolder: workingFolder, environment };
  const found = await findFiles({ ...search, paths: [input] });
  if (found.some(({ file }) => file === resolve(workingFolder, output)))
    throw new ConfigError('DGT_OPTION_INVALID', {
      option: '--output-file',
      expected: 'a file that is not read',
      value: output,
    });
  let requests = 0;
  const lines = async function* () {
    for await (const line of writeLines(readPrompts(found), model)) {
      requests++;
      yield line;
    }
    if (requests === 0) throw invalid(input, 'has no prompts');
  };
  const files = await writeBatchFiles(lines(), { output, workingFolder, limits });
  return { requests, ...files };
}

async function* writeLines(rows: AsyncIterable<PlacedRow>, model: string): AsyncGenerator<BatchLine> {
  const places = new Map<string, string>();
  for await (const { row, place } of rows) {
    const messages = readPrompt(row);
    if (typeof messages === 'string') throw invalid(place, `${messages}. A prompt is: ${promptRules}`);
    const id = readId(row, { number: places.size + 1, place });
    const earlier = places.get(id);
    if (earlier !== undefined) throw invalid(place, `has the id "${id}", as ${earlier} has`);
    places.set(id, place);
    const request = { custom_id: id, method: 'POST', url: '/v1/chat/completions', body: { model, messages } };
    yield { text: JSON.stringify(request), place };
  }
}

/** An id of the row, or its number. */
function readId(row: Row, { number, place }: { number: number; place: string }): string {
  const given = row['custom_id'] ?? row['id'];
  if (given === undefined || given === null || given === '') return `request-${number}`;
  if (typeof given !== 'string' && typeof given !== 'number')
    throw invalid(place, 'has an id that is neither a text nor a number');
  const id = String(given);
  if (id.length <= longestId) return id;
  throw invalid(place, `has an id of ${id.length} characters, and the API takes ${longestId}: "${id}"`);
}

async function* readPrompts(files: readonly DataFile[]): AsyncGenerator<PlacedRow> {
  for (const { file, format, name } of files) {
    if (format === 'txt') {
      yield* readTextLines(file, name);
      continue;
    }
    let number = 0;
    for await (const row of readFileRows(file, { ...defaultReadOptions(), format, name }))
      yield { row, place: `${name}: row ${++number}` };
  }
}

/** Each line that is not empty is a prompt. */
async function* readTextLines(file: string, name: string): AsyncGenerator<PlacedRow> {
  for await (const { text, number } of readLines(fileBytes(file, name), 'utf-8'))
    if (text.trim() !== '') yield { row: { prompt: text }, place: `${name}:${number}` };
}

function invalid(place: string, problem: string): ConfigError {
  return new ConfigError('DGT_DATA_INVALID', { place, problem });
}
