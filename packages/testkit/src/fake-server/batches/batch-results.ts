import { createRandom } from '@dgt/core';
import { shortHash } from '../fake-request.js';
import type { BatchLine } from './batch-input.js';
import type { BatchEnding, BatchOptions } from './batch-options.js';

/** The answer to a line, as the API would have given it to a request. */
export interface LineAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** What a batch leaves behind. */
export interface BatchResults {
  readonly output: readonly string[];
  readonly errors: readonly string[];
  readonly completed: number;
  readonly failed: number;
}

/** How a line ended. */
interface LineResult {
  readonly isError: boolean;
  readonly response: object | null;
  readonly error: { readonly code: string; readonly message: string } | null;
}

const unfinished: Readonly<Partial<Record<BatchEnding, { code: string; message: string }>>> = {
  expired: {
    code: 'batch_expired',
    message: 'This request could not be executed before the completion window expired.',
  },
  cancelled: { code: 'batch_cancelled', message: 'This request was cancelled before it was executed.' },
};

/** Writes the lines of a batch's files, in an order of their own, with what the options say is wrong with them. */
export function writeBatchResults(
  lines: readonly BatchLine[],
  { ending, options, answer }: { ending: BatchEnding; options: BatchOptions; answer: (line: BatchLine) => LineAnswer },
): BatchResults {
  const output: string[] = [];
  const errors: string[] = [];
  let failed = 0;
  for (const line of lines) {
    const draws = drawLine(line, options);
    const result = finishLine(line, { ending, draws, answer });
    if (result.isError) failed++;
    if (draws.isMissing) continue;
    const text = writeLine(line, result);
    const file = result.isError ? errors : output;
    file.push(...(draws.isDuplicate ? [text, text] : [text]));
  }
  const random = createRandom(`batch-order/${options.seed ?? 0}`);
  const completed = lines.length - failed;
  return { output: random.shuffle(output), errors: random.shuffle(errors), completed, failed };
}

type Draws = ReturnType<typeof drawLine>;

function drawLine({ customId }: BatchLine, options: BatchOptions) {
  const { doneShare = 0.5, failedShare = 0, duplicateShare = 0, missingShare = 0, statusZeroShare = 0 } = options;
  const random = createRandom(`batch/${options.seed ?? 0}/${customId}`);
  return {
    isDone: random.next() < doneShare,
    isFailed: random.next() < failedShare,
    isDuplicate: random.next() < duplicateShare,
    isMissing: random.next() < missingShare,
    isStatusZero: random.next() < statusZeroShare,
  };
}

function finishLine(
  line: BatchLine,
  { ending, draws, answer }: { ending: BatchEnding; draws: Draws; answer: (line: BatchLine) => LineAnswer },
): LineResult {
  const cut = unfinished[ending];
  if (cut !== undefined && !draws.isDone) return { isError: true, response: null, error: cut };
  if (draws.isFailed) {
    const error = { message: 'told to fail', type: 'server_error', param: null, code: null };
    return { isError: true, response: writeResponse(line, { status: 500, body: { error } }), error: null };
  }
  // Counted as completed all the same, as has been seen.
  if (draws.isStatusZero)
    return { isError: false, response: writeResponse(line, { status: 0, body: null }), error: null };
  const given = answer(line);
  return { isError: given.status !== 200, response: writeResponse(line, given), error: null };
}

function writeResponse({ customId }: BatchLine, { status, body }: LineAnswer) {
  return { status_code: status, request_id: `req_${shortHash(customId)}`, body };
}

function writeLine({ customId }: BatchLine, { response, error }: LineResult): string {
  return JSON.stringify({ id: `batch_req_${shortHash(customId)}`, custom_id: customId, response, error });
}
