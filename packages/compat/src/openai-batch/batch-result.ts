import { ConfigError, type Row } from '@dgt/core';
import type { Outcome } from '../convert/outcome.js';
import { readAnswerBody } from './answer-body.js';

/**
 * What became of one request of a batch, by a line of its output or error file. A status of 200 alone is an answer: files hold lines
 * with other statuses, with 0, and without a response at all.
 *
 * @throws {@link ConfigError} DGT_DATA_INVALID, for a line that is none of a batch.
 */
export function readBatchResult(row: Row, place: string): Outcome {
  const { custom_id: id, response, error } = row as { custom_id?: unknown; response?: unknown; error?: unknown };
  if (typeof id !== 'string' || id === '') throw invalid(place, 'expected the custom_id of a request, got none');
  if (Object.hasOwn(row, 'body') && Object.hasOwn(row, 'url'))
    throw invalid(place, 'is a request and no answer: name the file that holds it with --requests');
  if (typeof error === 'string' && error !== '') return { id, failure: error };
  // Some servers write an error without content beside an answer.
  if (isRecord(error) && Object.values(error).some((value) => value !== null && value !== ''))
    return { id, failure: describeError(error, 'failed without saying why') };
  if (!isRecord(response)) return { id, failure: 'has neither a response nor an error' };
  const { status_code: status, body } = response as { status_code?: unknown; body?: unknown };
  if (status !== 200) return { id, failure: `status ${String(status)}: ${readProblem(body)}` };
  if (!isRecord(body)) return { id, failure: 'has status 200 and no body' };
  const read = readAnswerBody(body);
  if (typeof read === 'string') return { id, failure: read };
  const { message: answer, isCut, choices } = read;
  return { id, sample: { id, answer }, ...(isCut && { isCut }), ...(choices > 1 && { choices }) };
}

function readProblem(body: unknown): string {
  const error = isRecord(body) ? body['error'] : undefined;
  return isRecord(error) ? describeError(error, 'no message') : 'no message';
}

function describeError({ code, message }: Readonly<Record<string, unknown>>, otherwise: string): string {
  const parts = [code, message].filter((part) => typeof part === 'string' && part !== '');
  return parts.join(': ') || otherwise;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(place: string, problem: string): ConfigError {
  return new ConfigError('DGT_DATA_INVALID', { place, problem });
}
