import { createRandom, type CallKey, type Json, type LMAnswer, type RecordedCall, type Recorder } from '@dgt/core';
import type { Rejection, RowFailure } from '@dgt/core';
import { renderPrompt } from './model-call.js';

/** One call that a builder made, to a model or by `ctx.once`. */
export interface BuilderCall {
  /** The lane of the call and its number there, such as `1.0.0.2#0`: the same on every run. */
  readonly key: string;
  /** The block that called, or the name given to `ctx.once`. */
  readonly block: string;
  /** What was asked, as one text. */
  readonly prompt: string;
  /** What was asked, in full. */
  readonly request: Json;
  /** The first text of the answer of a model; undefined for a call that failed, and for what `ctx.once` did. */
  readonly text: string | undefined;
  /** The answer in full, as the ledger keeps it; undefined where the call failed. */
  readonly answer: Json | undefined;
  /** Why it failed, where it did. */
  readonly error: unknown;
}

/** How a recorder comes to the answer of a call. `execute` makes the call. */
export type AnswerCall = (call: BuilderCall, execute: () => Promise<Json>) => Promise<Json>;

type Writable<T> = { -readonly [K in keyof T]: T[K] };

interface Kept<T> {
  readonly lane: string;
  readonly value: T;
}

/** Keeps in memory what the ledger keeps of a real run. */
export class TestRecorder implements Recorder {
  readonly #randomName: string;
  readonly #answerCall: AnswerCall;
  readonly #calls: Kept<BuilderCall>[] = [];
  readonly #rejections: Kept<Rejection>[] = [];
  readonly #failures: Kept<RowFailure>[] = [];

  /** @param randomName names the numbers that calls are given as their seed. */
  constructor(randomName: string, answerCall: AnswerCall = (_call, execute) => execute()) {
    this.#randomName = randomName;
    this.#answerCall = answerCall;
  }

  /** In the order of their lanes, whatever order they were made in. */
  get calls(): BuilderCall[] {
    return inLaneOrder(this.#calls);
  }

  get rejections(): Rejection[] {
    return inLaneOrder(this.#rejections);
  }

  get failures(): RowFailure[] {
    return inLaneOrder(this.#failures);
  }

  async call<T extends Json>({ lane, index }: CallKey, call: RecordedCall<T>, signal: AbortSignal): Promise<T> {
    const key = `${lane}#${index}`;
    const { label: block, request } = call;
    const record: Writable<BuilderCall> = {
      key,
      block,
      prompt: renderPrompt(request),
      request,
      text: undefined,
      answer: undefined,
      error: undefined,
    };
    this.#calls.push({ lane, value: record });
    const context = {
      idempotencyKey: key,
      seed: createRandom(`${this.#randomName}/${key}`).integer(2 ** 31),
      signal,
      stopping: signal,
      age: index,
      onTry: () => {},
    };
    try {
      record.answer = await this.#answerCall(record, () => call.execute(context));
      record.text = (record.answer as Partial<LMAnswer> | null)?.choices?.[0]?.text;
    } catch (error) {
      record.error = error;
      throw error;
    }
    return record.answer as T;
  }

  reject(lane: string, rejection: Rejection): void {
    this.#rejections.push({ lane, value: rejection });
  }

  fail(lane: string, failure: RowFailure): void {
    this.#failures.push({ lane, value: failure });
  }
}

function inLaneOrder<T>(kept: readonly Kept<T>[]): T[] {
  const placed = kept.map(({ lane, value }) => ({ path: lane.split('.').map(Number), value }));
  return placed.toSorted((a, b) => comparePaths(a.path, b.path)).map(({ value }) => value);
}

function comparePaths(a: readonly number[], b: readonly number[]): number {
  const place = a.findIndex((step, index) => step !== b[index]);
  if (place < 0) return a.length - b.length;
  return (a[place] as number) - (b[place] ?? -1);
}
