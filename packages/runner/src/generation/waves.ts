import { ProviderError, type DeferredAnswer, type DeferredClient, type Json } from '@dgt/core';
import { randomUUID } from 'node:crypto';
import type { Ledger, RecordedAnswer } from '../ledger/ledger.js';
import type { Activity } from './activity.js';
import type { OpenCall } from './call-gate.js';

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
  readonly #ledger: Ledger;
  readonly #activity: Activity;
  readonly #now: () => number;
  /** By the id of the call, which is the same in every process. */
  readonly #waiting = new Map<string, Waiting>();

  constructor(ledger: Ledger, activity: Activity, now: () => number) {
    this.#ledger = ledger;
    this.#activity = activity;
    this.#now = now;
  }

  /** A promise for the answer of a deferred call; it may not settle in this process. */
  wait(open: OpenCall): Promise<RecordedAnswer> {
    this.#activity.touch();
    return new Promise((resolve) => this.#waiting.set(idOf(open), { open, settle: resolve }));
  }

  /** How many calls wait for a wave. */
  get size(): number {
    return this.#waiting.size;
  }

  /** Called when no lane can move: collects waves that are ready, or hands in the next. */
  async settle(signal: AbortSignal): Promise<WaveProgress> {
    if (this.#waiting.size === 0) return 'nothing';
    let answered = false;
    for (const [label, client] of this.#clients()) {
      await this.#handIn(label, client, signal);
      answered = (await this.#collect(label, client, signal)) || answered;
    }
    return answered ? 'answered' : 'waiting';
  }

  #clients(): Map<string, DeferredClient<Json>> {
    const clients = new Map<string, DeferredClient<Json>>();
    for (const { open } of this.#waiting.values()) {
      if (open.call.deferred !== undefined) clients.set(open.call.label, open.call.deferred as DeferredClient<Json>);
    }
    return clients;
  }

  /** Records the wave, hands it in, then records its handle: a crash in between hands in the same wave again. */
  async #handIn(label: string, client: DeferredClient<Json>, signal: AbortSignal): Promise<void> {
    const waves = this.#ledger.openWaves(label);
    const handedIn = new Set(waves.flatMap(({ calls }) => [...calls]));
    const fresh = [...this.#waiting].filter(([id, { open }]) => open.call.label === label && !handedIn.has(id));
    if (fresh.length > 0) {
      const id = randomUUID();
      const calls = fresh.map(([call]) => call);
      await this.#ledger.addWave(id, label, calls);
      waves.push({ id, handle: undefined, calls: new Set(calls) });
    }
    for (const wave of waves.filter(({ handle }) => handle === undefined)) {
      const calls = [...wave.calls].flatMap((id) => {
        const request = this.#waiting.get(id)?.open.call.request;
        return request === undefined ? [] : [{ id, request }];
      });
      await this.#ledger.confirmWave(wave.id, await client.submit(wave.id, calls, signal));
    }
  }

  async #collect(label: string, client: DeferredClient<Json>, signal: AbortSignal): Promise<boolean> {
    let answered = false;
    for (const { id, handle } of this.#ledger.openWaves(label)) {
      if (handle === undefined) continue;
      const result = await client.collect(handle, signal);
      if (result.state === 'pending') continue;
      for (const answer of result.answers) answered = (await this.#record(answer)) || answered;
      await this.#ledger.closeWave(id);
    }
    return answered;
  }

  async #record(answer: DeferredAnswer<Json>): Promise<boolean> {
    const waiting = this.#waiting.get(answer.id);
    if (waiting === undefined) return false;
    const { open } = waiting;
    const [lane = '', call = ''] = open.key.split('#');
    const record = { lane, call: Number(call), hash: open.hash, ...readAnswer(answer, open.call.label) };
    const { label, request } = open.call;
    await this.#ledger.recordAnswer({ ...record, attempt: open.attempt, label, request, answeredAt: this.#now() });
    this.#waiting.delete(answer.id);
    waiting.settle(record);
    this.#activity.touch();
    return true;
  }
}

function readAnswer(answer: DeferredAnswer<Json>, label: string): { failed: boolean; answer: Json } {
  if ('answer' in answer) return { failed: false, answer: answer.answer };
  const details = { provider: label, endpoint: 'its batch interface', status: 'none', reason: answer.error };
  const { code } = new ProviderError('DGT_PROVIDER_REQUEST', 'permanent', details);
  return { failed: true, answer: { code, details } };
}

function idOf({ attempt, key, hash }: OpenCall): string {
  return `${attempt}/${key}/${hash.toString('hex')}`;
}
