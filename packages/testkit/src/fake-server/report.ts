import { appendFileSync } from 'node:fs';
import type { Fault } from './faults.js';

/** How a request ended. `aborted`: the client went away before it was answered. */
export type Outcome = 'ok' | Fault | 'badRequest' | 'unauthorized' | 'unknownModel' | 'notFound' | 'aborted';

/** One request, as it ended. */
export interface RequestRecord {
  readonly method: string;
  readonly path: string;
  /** What names the call; undefined for requests that ask for no answer of a model. */
  readonly key: string | undefined;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly outcome: Outcome;
}

/** How many requests ended how, and how often each call was answered. */
export interface Counts {
  readonly requests: number;
  readonly byOutcome: Readonly<Partial<Record<Outcome, number>>>;
  /** How often each key got an answer: more than 1 means that an answer was paid for again. */
  readonly answers: Readonly<Record<string, number>>;
  /** The most requests that were in work at once. */
  readonly mostInFlight: number;
}

/** Keeps what the fake server was asked and how it ended, in memory and, when asked to, in a file that outlives it. */
export class Report {
  readonly requests: RequestRecord[] = [];
  readonly #file: string | undefined;
  #inFlight = 0;
  #mostInFlight = 0;

  /** @param file gets a line of JSON for each request, as soon as it has ended. */
  constructor(file?: string) {
    this.#file = file;
  }

  start(): void {
    this.#inFlight++;
    this.#mostInFlight = Math.max(this.#mostInFlight, this.#inFlight);
  }

  end(record: RequestRecord): void {
    this.#inFlight--;
    this.requests.push(record);
    if (this.#file !== undefined) appendFileSync(this.#file, `${JSON.stringify(record)}\n`);
  }

  counts(): Counts {
    return { ...countRequests(this.requests), mostInFlight: this.#mostInFlight };
  }
}

/** Counts requests, such as those read from a report file. */
export function countRequests(requests: readonly RequestRecord[]): Omit<Counts, 'mostInFlight'> {
  const byOutcome: Partial<Record<Outcome, number>> = {};
  const answers: Record<string, number> = {};
  for (const { outcome, key } of requests) {
    byOutcome[outcome] = (byOutcome[outcome] ?? 0) + 1;
    if (outcome === 'ok' && key !== undefined) answers[key] = (answers[key] ?? 0) + 1;
  }
  return { requests: requests.length, byOutcome, answers };
}
