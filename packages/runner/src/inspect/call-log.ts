import type { Json } from '@dgt/core';
import { readCallKey, type OpenCall } from '../engine/call-gate.js';
import type { CallTrace } from './attempt-trace.js';

/** A call as it was heard of, before it is known which row it was made for. */
export type HeardCall = Pick<CallTrace, 'label' | 'lane' | 'call' | 'request' | 'answer' | 'state'>;

/** Keeps the calls of attempts, with what was asked and answered. */
export class CallLog {
  readonly #calls = new Map<number, HeardCall[]>();

  add({ owner, key, call }: OpenCall, answer: Json, state: CallTrace['state']): void {
    const heard = { label: call.label, ...readCallKey(key) };
    const calls = this.#calls.get(owner) ?? [];
    calls.push({ ...heard, request: call.request, answer, state });
    this.#calls.set(owner, calls);
  }

  /** The calls of an attempt or input, in the order of their lanes. */
  of(owner: number): HeardCall[] {
    return (this.#calls.get(owner) ?? []).toSorted((a, b) => compareLanes(a.lane, b.lane) || a.call - b.call);
  }
}

function compareLanes(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
