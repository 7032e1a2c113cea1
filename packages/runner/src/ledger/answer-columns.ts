import type { Json } from '@dgt/core';
import type { AnswerRecord } from './records.js';

/** A recorded call, as it can be shown. */
export type StoredCall = Omit<AnswerRecord, 'owner' | 'hash'>;

/** An answer as the table of calls holds it. */
export interface AnswerColumns {
  lane: string;
  call: number;
  hash: ArrayBuffer;
  failed: number;
  answer: string;
}

/** A call as the table has it, what tells it from others left out. */
export interface CallColumns extends Omit<AnswerColumns, 'hash'> {
  label: string;
  answeredAt: number;
  request: string | null;
}

/** The columns of an answer, in the order of the statement that adds them. */
export function writeAnswer(record: AnswerRecord) {
  const { owner, lane, call, hash, label, failed, answer, request, answeredAt } = record;
  const requestText = request === undefined ? null : JSON.stringify(request);
  return [owner, lane, call, hash, label, failed ? 1 : 0, JSON.stringify(answer), requestText, answeredAt] as const;
}

/** A call as it was recorded. */
export function readCall({ lane, call, label, failed, answer, request, answeredAt }: CallColumns): StoredCall {
  return {
    lane,
    call,
    label,
    failed: failed === 1,
    answer: JSON.parse(answer) as Json,
    request: request === null ? undefined : (JSON.parse(request) as Json),
    answeredAt,
  };
}
