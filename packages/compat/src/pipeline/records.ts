import type { Json, LMAnswer, Row } from '@dgt/core';
import type { RecordedInput, RecordedTry } from '@dgt/runner';

/** What is known of an answer beside its text. */
export interface NaiveResponse {
  /** How long the request took that was answered. @unit milliseconds */
  readonly duration_ms: number | null;
  /** How many requests of the same call failed before it. */
  readonly retry_count: number;
  readonly timestamp: string;
  /** The answer as it is recorded. */
  readonly api_response: LMAnswer;
  readonly usage: {
    readonly prompt_tokens: number;
    readonly completion_tokens: number;
    readonly total_tokens: number;
  };
  readonly model: string | null;
  readonly finish_reason: string | null;
}

/** A row that was answered. */
export interface SuccessRecord {
  readonly input: Row;
  readonly response: string;
  readonly naive_response: NaiveResponse;
  readonly timestamp: string;
  /** What the extract function made of the response, where there is one. */
  readonly extracted?: unknown;
}

/** Why a row has no response. */
export interface PipelineError {
  /** The section of `docs/errors.md`. */
  readonly code: string | null;
  readonly message: string;
  /** The HTTP status of the last request. */
  readonly status: number | null;
  /** The start of what the server said. */
  readonly body: string | null;
  /** How many requests were made. */
  readonly attempts: number;
}

/** A row that was not, or whose response the extract function threw at. */
export interface FailureRecord {
  readonly input: Row;
  readonly error: PipelineError;
  readonly timestamp: string;
}

export type PipelineRecord = SuccessRecord | FailureRecord;

/** How much of what a server said stands in a record. @unit characters */
const bodyLength = 500;

/** The record of one row, nothing extracted yet. */
export function makeRecord(
  input: Row,
  { outcomes, calls, tries }: RecordedInput,
  redact: (text: string) => string,
): PipelineRecord {
  const accepted = outcomes.find(({ kind }) => kind === 'accepted');
  if (accepted !== undefined) return makeSuccess(input, String((accepted.row as Row)['response']), { calls, tries });
  const [lost] = outcomes;
  const last = tries.at(-1);
  const refused = calls.findLast(({ failed }) => failed);
  const { details, statusCode } = (refused?.answer ?? {}) as RecordedFailure;
  const answeredAt = refused?.answeredAt ?? (last === undefined ? 0 : last.startedAt + last.durationMs);
  return {
    input,
    error: {
      code: lost?.detail.code ?? null,
      message: redact(lost?.detail.reason ?? 'no response'),
      status: statusCode ?? last?.status ?? null,
      body: typeof details?.reason === 'string' ? redact(details.reason).slice(0, bodyLength) : null,
      attempts: tries.length,
    },
    timestamp: new Date(answeredAt).toISOString(),
  };
}

/** A call that failed for good, as its ledger has it. */
interface RecordedFailure {
  readonly details?: { readonly reason?: Json };
  readonly statusCode?: number;
}

function makeSuccess(
  input: Row,
  response: string,
  { calls, tries }: Pick<RecordedInput, 'calls' | 'tries'>,
): SuccessRecord {
  // Answers to earlier versions of a prompt are recorded too.
  const answered = calls.filter(({ failed }) => !failed);
  const call = answered.findLast(({ answer }) => textOf(answer) === response) ?? answered.at(-1);
  const api_response = (call?.answer ?? { choices: [], usage: {} }) as LMAnswer;
  const before = tries.filter((tried) => tried.startedAt <= (call?.answeredAt ?? 0));
  const place = before.findLastIndex(({ ok }) => ok);
  const tried = before[place];
  const { prompt_tokens = 0, completion_tokens = 0 } = api_response.usage;
  const timestamp = new Date(call?.answeredAt ?? 0).toISOString();
  return {
    input,
    response,
    naive_response: {
      duration_ms: tried?.durationMs ?? null,
      retry_count: countFailuresBefore(before, place),
      timestamp,
      api_response,
      usage: { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens },
      model: tried?.model ?? null,
      finish_reason: api_response.choices[0]?.finish_reason ?? null,
    },
    timestamp,
  };
}

function textOf(answer: Json): string | undefined {
  return (answer as LMAnswer | null)?.choices?.[0]?.text;
}

function countFailuresBefore(tries: readonly RecordedTry[], place: number): number {
  const earlier = tries.slice(0, Math.max(place, 0));
  return earlier.length - 1 - earlier.findLastIndex(({ ok }) => ok);
}
