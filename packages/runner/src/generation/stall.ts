import type { AttemptRecord } from '../ledger/records.js';

/** When a run that makes no progress stops. */
export interface StallLimits {
  /** Attempts in a row without a row that survives. */
  readonly maxStalledAttempts: number;
  /** Candidates in a row without a row that survives. */
  readonly maxStalledRows: number;
  /** Smallest share of candidates that must survive, over the last {@link yieldWindow} candidates. Range: 0 to 1. */
  readonly minYield: number;
}

/** Candidates over which the yield is measured. */
const yieldWindow = 5000;

/** Tells from the committed attempts, and from nothing else, whether a task still gets anywhere. */
export class StallWatch {
  readonly #limits: StallLimits;
  /** Oldest first, no more than the yield window needs. */
  #window: AttemptRecord[] = [];
  #windowCandidates = 0;
  #windowAccepted = 0;
  #stalledAttempts = 0;
  #stalledCandidates = 0;

  constructor(limits: StallLimits, newestFirst: Iterable<AttemptRecord> = []) {
    this.#limits = limits;
    const recent: AttemptRecord[] = [];
    let candidates = 0;
    for (const record of newestFirst) {
      recent.push(record);
      candidates += record.candidates;
      const enoughRows = candidates >= Math.max(yieldWindow, limits.maxStalledRows);
      if (enoughRows && recent.length >= limits.maxStalledAttempts) break;
    }
    for (const record of recent.reverse()) this.add(record);
  }

  add(record: AttemptRecord): void {
    this.#stalledAttempts = record.accepted > 0 ? 0 : this.#stalledAttempts + 1;
    this.#stalledCandidates = record.accepted > 0 ? 0 : this.#stalledCandidates + record.candidates;
    this.#window.push(record);
    this.#windowCandidates += record.candidates;
    this.#windowAccepted += record.accepted;
    let oldest = this.#window[0];
    while (oldest !== undefined && this.#windowCandidates - oldest.candidates >= yieldWindow) {
      this.#windowCandidates -= oldest.candidates;
      this.#windowAccepted -= oldest.accepted;
      this.#window.shift();
      oldest = this.#window[0];
    }
  }

  /** Why the task is stalled, in words, or undefined. */
  get reason(): string | undefined {
    const { maxStalledAttempts, maxStalledRows, minYield } = this.#limits;
    if (this.#stalledAttempts >= maxStalledAttempts) return `no new row in the last ${this.#stalledAttempts} attempts`;
    if (this.#stalledCandidates >= maxStalledRows)
      return `no new row in the last ${this.#stalledCandidates} candidates`;
    if (this.#windowCandidates >= yieldWindow && this.#windowAccepted < minYield * this.#windowCandidates) {
      return `only ${this.#windowAccepted} of the last ${this.#windowCandidates} candidates became rows`;
    }
    return undefined;
  }
}
