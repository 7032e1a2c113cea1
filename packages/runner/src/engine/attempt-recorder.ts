import { ProviderError, type CallContext, type CallKey, type Json, type RecordedCall, type Recorder } from '@dgt/core';
import type { Note, Rejection, RowFailure, TryRecord } from '@dgt/core';
import { hash as digest } from 'node:crypto';
import { hashRequest } from '../ledger/request-hash.js';
import type { Ledger } from '../ledger/ledger.js';
import type { RecordedAnswer } from '../ledger/records.js';
import type { CallGate } from './call-gate.js';

/** What a recorder reports to the run it belongs to. */
export interface RecorderHost {
  readonly ledger: Pick<Ledger, 'answersOf' | 'recordAnswer' | 'recordTry'>;
  readonly gate: Pick<CallGate, 'pass'>;
  /** Distinguishes the calls of this dataset from those of others: the task and its random seed. */
  readonly datasetName: string;
  readonly recordRequests: boolean;
  /** Fires when the run makes no further tries. */
  readonly stopping: AbortSignal;
  now(): number;
  /** The run cannot go on: a wrong key, an unknown model, an endpoint that stays away, a full disk. */
  onFatal(error: Error): void;
  /** Told of every request that reached a server, before it is recorded. */
  onTry(call: RecordedCall<Json>, record: TryRecord): void;
}

/** Whatever a lane gave up, with the lane it happened in. */
interface FromLane<T> {
  readonly lane: string;
  readonly value: T;
}

/** Whose calls a recorder serves. */
export interface CallOwner {
  /** The attempt, or in a transformation the input, under whose number the ledger has them. */
  readonly owner: number;
  /** The number of the attempt: the older goes first. */
  readonly age: number;
}

/**
 * Serves the calls of one attempt: an answer that the ledger has is given back, any other is fetched, committed, and then
 * given. A call that cannot be answered in this run gets a promise that never settles, since an exception would run into
 * the `catch` of the builder's author.
 */
export class AttemptRecorder implements Recorder {
  readonly #owner: number;
  readonly #age: number;
  readonly #host: RecorderHost;
  readonly #recorded = new Map<string, RecordedAnswer[]>();
  readonly #rejections: FromLane<Rejection>[] = [];
  readonly #failures: FromLane<RowFailure>[] = [];
  readonly #notes: Note[] = [];
  #unused: number;
  #isFresh = false;

  constructor({ owner, age }: CallOwner, host: RecorderHost) {
    this.#owner = owner;
    this.#age = age;
    this.#host = host;
    const answers = host.ledger.answersOf(owner);
    for (const answer of answers) {
      const key = keyOf(answer.lane, answer.call);
      const same = this.#recorded.get(key);
      if (same === undefined) this.#recorded.set(key, [answer]);
      else same.push(answer);
    }
    this.#unused = this.#recorded.size;
  }

  /** Recorded keys that the attempt has not asked for: more than none after a replay means that the code changed or is not deterministic. */
  get unusedAnswers(): number {
    return this.#unused;
  }

  /** Whether any of its calls was answered in this run, and not by the ledger. */
  get isFresh(): boolean {
    return this.#isFresh;
  }

  /** What blocks counted. */
  get notes(): readonly Note[] {
    return this.#notes;
  }

  /** What the builder gave up, in the order of its lanes. */
  get rejections(): Rejection[] {
    return inLaneOrder(this.#rejections);
  }

  /** Rows that ended because a call failed for good, in the order of their lanes. */
  get failures(): RowFailure[] {
    return inLaneOrder(this.#failures);
  }

  async call<T extends Json>({ lane, index }: CallKey, call: RecordedCall<T>, signal: AbortSignal): Promise<T> {
    // With the random seed, from which the model's own seed and the idempotency key come: another is another call.
    const hash = hashRequest([this.#host.datasetName, call.request]);
    const key = keyOf(lane, index);
    const recorded = this.#recorded.get(key);
    if (recorded !== undefined) {
      this.#unused--;
      const answer = recorded.find((candidate) => candidate.hash.equals(hash));
      if (answer !== undefined) return giveAnswer<T>(answer);
    }
    const fetched = await this.#host.gate.pass({ owner: this.#owner, key, hash, call }, () =>
      this.#fetch({ lane, call: index, hash }, call, signal),
    );
    this.#isFresh = true;
    return giveAnswer<T>(fetched);
  }

  reject(lane: string, rejection: Rejection): void {
    this.#rejections.push({ lane, value: rejection });
  }

  fail(lane: string, failure: RowFailure): void {
    this.#failures.push({ lane, value: failure });
  }

  note(_lane: string, note: Note): void {
    this.#notes.push(note);
  }

  /** Makes the call and commits its answer; undefined when the run is ending and there is none. */
  async #fetch(
    named: NamedCall,
    recorded: RecordedCall<Json>,
    signal: AbortSignal,
  ): Promise<RecordedAnswer | undefined> {
    const { ledger, recordRequests, now, onFatal } = this.#host;
    const outcome = await this.#execute(named, recorded, signal);
    if (outcome === undefined) return undefined;
    const { label } = recorded;
    const request = recordRequests ? recorded.request : undefined;
    const record = { owner: this.#owner, ...named, label, request, answeredAt: now(), ...outcome };
    try {
      await ledger.recordAnswer(record);
      return record;
    } catch (error) {
      onFatal(error as Error);
      return undefined;
    }
  }

  async #execute(
    named: NamedCall,
    recorded: RecordedCall<Json>,
    signal: AbortSignal,
  ): Promise<Pick<RecordedAnswer, 'failed' | 'answer'> | undefined> {
    try {
      return { failed: false, answer: await recorded.execute(this.#contextOf(named, recorded, signal)) };
    } catch (error) {
      const isFinal = ProviderError.isInstance(error) && error.failure === 'permanent';
      if (!isFinal && this.#host.stopping.aborted) return undefined;
      if (!ProviderError.isInstance(error)) throw error;
      if (error.failure !== 'permanent') {
        this.#host.onFatal(error);
        return undefined;
      }
      const { code, details, statusCode } = error;
      return { failed: true, answer: { code, details: details as Json, statusCode } };
    }
  }

  #contextOf(named: NamedCall, recorded: RecordedCall<Json>, signal: AbortSignal): CallContext {
    const { idempotencyKey, seed } = nameCall(this.#host.datasetName, named);
    return {
      idempotencyKey,
      seed,
      signal,
      stopping: this.#host.stopping,
      age: this.#age,
      task: this.#host.datasetName,
      onTry: (tried) => {
        const { label, price } = recorded;
        const record = price === undefined ? tried : { ...tried, price };
        this.#host.onTry(recorded, record);
        this.#host.ledger.recordTry(this.#owner, label, record).catch((error: Error) => this.#host.onFatal(error));
      },
    };
  }
}

/** One call of a dataset, and what it asks. */
export interface NamedCall {
  readonly lane: string;
  readonly call: number;
  readonly hash: Buffer;
}

/**
 * What tells a call from every other, in every process that makes this dataset. A call that asks something else has another
 * key, and the seed that it had.
 */
export function nameCall(
  datasetName: string,
  { lane, call, hash }: NamedCall,
): Pick<CallContext, 'idempotencyKey' | 'seed'> {
  const place = `${datasetName}/${lane}/${call}`;
  const key = digest('sha256', Buffer.concat([Buffer.from(`${place}/`), hash])).slice(0, 32);
  return { idempotencyKey: key, seed: Number.parseInt(digest('sha256', place).slice(32, 40), 16) >>> 1 };
}

/** A promise for what this run will not see. */
export function neverSettle(): Promise<never> {
  return new Promise(() => {});
}

function keyOf(lane: string, call: number): string {
  return `${lane}#${call}`;
}

function giveAnswer<T extends Json>({ failed, answer }: RecordedAnswer): T {
  if (!failed) return answer as T;
  const { code, details, statusCode } = answer as { code: never; details: never; statusCode?: number };
  throw new ProviderError(code, 'permanent', details, { statusCode });
}

/** Lanes finish at any time; their ids say in which order they were opened. */
function inLaneOrder<T>(items: readonly FromLane<T>[]): T[] {
  const placed = items.map(({ lane, value }) => ({ path: lane.split('.'), value }));
  return placed.sort((a, b) => comparePaths(a.path, b.path)).map(({ value }) => value);
}

/** Numbers by their size, names before them and by their letters. */
function comparePaths(a: readonly string[], b: readonly string[]): number {
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const [left, right] = [a[index] as string, b[index] as string];
    if (left === right) continue;
    const [first, second] = [Number(left), Number(right)];
    if (!Number.isNaN(first) && !Number.isNaN(second)) return first - second;
    if (Number.isNaN(first) !== Number.isNaN(second)) return Number.isNaN(first) ? -1 : 1;
    return left < right ? -1 : 1;
  }
  return a.length - b.length;
}
