import { ProviderError, type DeferredAnswer, type DeferredClient, type Json } from '@dgt/core';
import { randomUUID } from 'node:crypto';
import type { Budget } from '../budget/budget.js';
import { describeDeferredTry } from '../budget/deferred-try.js';
import type { Ledger } from '../ledger/ledger.js';
import type { AnswerRecord, RecordedAnswer } from '../ledger/records.js';
import type { Activity } from './activity.js';
import { readCallKey, type OpenCall } from './call-gate.js';

/** What a {@link Waves} works with. */
export interface WavesOptions {
  readonly ledger: Ledger;
  readonly activity: Activity;
  /** Told of what answers took. */
  readonly budget: Pick<Budget, 'note'>;
  readonly recordRequests: boolean;
  readonly now: () => number;
}

interface Waiting {
  readonly open: OpenCall;
  settle(answer: RecordedAnswer): void;
}

/** What {@link Waves.settle} found. */
export type WaveProgress = 'answered' | 'waiting' | 'nothing';

/**
 * Collects deferred calls until no lane can move, hands them in as one wave per block, and brings the answers back: in
 * this process if they are ready, in a later one otherwise.
 */
export class Waves {
  readonly #options: WavesOptions;
  /** By the id of the call, which is the same in every process. */
  readonly #waiting = new Map<string, Waiting>();
  /** Answers that came before their calls were made again: of attempts that are not open, or not so far. */
  readonly #early = new Map<string, RecordedAnswer>();

  constructor(options: WavesOptions) {
    this.#options = options;
  }

  /** A promise for the answer of a deferred call; it may not settle in this process. */
  wait(open: OpenCall): Promise<RecordedAnswer> {
    this.#options.activity.touch();
    const id = idOf(open);
    const early = this.#early.get(id);
    if (early !== undefined) return Promise.resolve(early);
    return new Promise((resolve) => this.#waiting.set(id, { open, settle: resolve }));
  }

  /** How many calls wait for a wave. */
  get size(): number {
    return this.#waiting.size;
  }

  /** Called when no lane can move: collects waves that are ready, or hands in the next. */
  async settle(signal: AbortSignal): Promise<WaveProgress> {
    if (this.#waiting.size === 0) return 'nothing';
    let answered = false;
    for (const [label, { call }] of this.#firstCalls()) {
      const client = call.deferred as DeferredClient<Json>;
      await this.#handIn(label, client, signal);
      answered = (await this.#collect(call, client, signal)) || answered;
    }
    return answered ? 'answered' : 'waiting';
  }

  /** One call of each block that waits: all of a block have the same model. */
  #firstCalls(): Map<string, OpenCall> {
    return new Map([...this.#waiting.values()].map(({ open }) => [open.call.label, open]));
  }

  /** Records the wave, hands it in, then records its handle: a crash in between hands in the same wave again. */
  async #handIn(label: string, client: DeferredClient<Json>, signal: AbortSignal): Promise<void> {
    const { ledger } = this.#options;
    const waves = ledger.openWaves(label);
    const handedIn = new Set(waves.flatMap(({ calls }) => [...calls]));
    const fresh = [...this.#waiting].filter(([id, { open }]) => open.call.label === label && !handedIn.has(id));
    if (fresh.length > 0) {
      const id = randomUUID();
      const calls = fresh.map(([call]) => call);
      await ledger.addWave(id, label, calls);
      waves.push({ id, handle: undefined, calls: new Set(calls) });
    }
    for (const wave of waves.filter(({ handle }) => handle === undefined)) {
      const calls = [...wave.calls].flatMap((id) => {
        const request = this.#waiting.get(id)?.open.call.request;
        return request === undefined ? [] : [{ id, request }];
      });
      // A wave whose calls nobody makes any more, since the builder has changed, has nothing to hand in.
      if (calls.length > 0) await ledger.confirmWave(wave.id, await client.submit(wave.id, calls, signal));
    }
  }

  async #collect(call: OpenCall['call'], client: DeferredClient<Json>, signal: AbortSignal): Promise<boolean> {
    const { ledger, budget, now } = this.#options;
    const { label } = call;
    let answered = false;
    for (const { id, handle } of ledger.openWaves(label)) {
      if (handle === undefined) continue;
      const result = await client.collect(handle, signal);
      if (result.state === 'pending') continue;
      // Every answer is paid for, whether or not its call is waited for now.
      const records = result.answers.map((answer) => this.#describe(answer, label));
      const tries = result.answers.map((answer) => {
        const record = describeDeferredTry(answer, call, now());
        budget.note(this.#waiting.get(answer.id)?.open.call ?? call, record);
        return { owner: readId(answer.id).owner, label, record };
      });
      await ledger.closeWave(id, records, tries);
      for (const [at, answer] of result.answers.entries())
        answered = this.#give(answer.id, records[at] as AnswerRecord) || answered;
    }
    return answered;
  }

  #describe(answer: DeferredAnswer<Json>, label: string): AnswerRecord {
    const { recordRequests, now } = this.#options;
    const request = recordRequests ? this.#waiting.get(answer.id)?.open.call.request : undefined;
    return { ...readId(answer.id), ...readAnswer(answer, label), label, request, answeredAt: now() };
  }

  #give(id: string, answer: RecordedAnswer): boolean {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) {
      this.#early.set(id, answer);
      return false;
    }
    this.#waiting.delete(id);
    waiting.settle(answer);
    this.#options.activity.touch();
    return true;
  }
}

function readAnswer(answer: DeferredAnswer<Json>, label: string): { failed: boolean; answer: Json } {
  if ('answer' in answer) return { failed: false, answer: answer.answer };
  const details = { provider: label, endpoint: 'its batch interface', status: 'none', reason: answer.error };
  const { code } = new ProviderError('DGT_PROVIDER_REQUEST', 'permanent', details);
  return { failed: true, answer: { code, details } };
}

function idOf({ owner, key, hash }: OpenCall): string {
  return `${owner}/${key}/${hash.toString('hex')}`;
}

/** The inverse of {@link idOf}. */
function readId(id: string): { owner: number; lane: string; call: number; hash: Buffer } {
  const [owner, key = '', hash = ''] = id.split('/');
  return { owner: Number(owner), ...readCallKey(key), hash: Buffer.from(hash, 'hex') };
}
