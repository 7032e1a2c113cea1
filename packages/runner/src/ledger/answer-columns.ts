import type { AnswerRecord } from './records.js';

/** An answer as the table of calls holds it. */
export interface AnswerColumns {
  lane: string;
  call: number;
  hash: ArrayBuffer;
  failed: number;
  answer: string;
}

/** The columns of an answer, in the order of the statement that adds them. */
export function writeAnswer(record: AnswerRecord) {
  const { owner, lane, call, hash, label, failed, answer, request, answeredAt } = record;
  const requestText = request === undefined ? null : JSON.stringify(request);
  return [owner, lane, call, hash, label, failed ? 1 : 0, JSON.stringify(answer), requestText, answeredAt] as const;
}
