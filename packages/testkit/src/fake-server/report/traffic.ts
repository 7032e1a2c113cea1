import { isAnswered, type Outcome } from './request-record.js';
import { Timeline } from './timeline.js';
import { addTokens, noTokens, type TokensUsed } from './tokens-used.js';

/** What clients did. */
export interface TrafficReport {
  /** From the first request to the end of the last. */
  readonly seconds: number;
  readonly requests: number;
  readonly byOutcome: Readonly<Partial<Record<Outcome, number>>>;
  /** Ids in paths are written as `{id}`. */
  readonly byPath: Readonly<Record<string, number>>;
  readonly requestsPerSecond: { readonly mean: number; readonly most: number };
  /** The most in any minute; minutes begin at every tenth of a second. */
  readonly mostRequestsPerMinute: number;
  readonly mostTokensPerMinute: number;
  /** The most requests that were in work at once. */
  readonly mostInFlight: number;
  /** The same for each second since the first request. */
  readonly inFlight: readonly number[];
  readonly tokens: TokensUsed;
  /** How many calls there were, how many requests came for one that had been asked before, and how many answers were given again. */
  readonly calls: { readonly keys: number; readonly askedAgain: number; readonly answeredAgain: number };
  /** Lines of batches that were answered; their tokens and keys are counted above too. */
  readonly batchAnswers: number;
}

/** How a request ended, as far as traffic is concerned. */
export interface EndedRequest {
  readonly method: string;
  readonly path: string;
  readonly key: string | undefined;
  readonly outcome: Outcome;
  readonly tokens: TokensUsed;
}

/** Counts what clients do, in memory that grows with the calls and the hours and not with the requests. */
export class Traffic {
  readonly #timeline: Timeline;
  readonly #byOutcome: Partial<Record<Outcome, number>> = {};
  readonly #byPath = new Map<string, number>();
  readonly #asked = new Map<string, number>();
  readonly #answered = new Map<string, number>();
  #tokens = noTokens;
  #requests = 0;
  #batchAnswers = 0;

  /** @param inFlight requests that came before the counting began and have not ended. */
  constructor(inFlight = 0) {
    this.#timeline = new Timeline(inFlight);
  }

  get inFlight(): number {
    return this.#timeline.nowInFlight;
  }

  start(now: number): void {
    this.#timeline.start(now);
  }

  end({ method, path, key, outcome, tokens }: EndedRequest, now: number): void {
    this.#requests++;
    this.#timeline.end(now, tokens.prompt + tokens.completion);
    this.#byOutcome[outcome] = (this.#byOutcome[outcome] ?? 0) + 1;
    increase(this.#byPath, `${method} ${hideIds(path)}`);
    if (tokens !== noTokens) this.#tokens = addTokens(this.#tokens, tokens);
    if (key === undefined) return;
    increase(this.#asked, key);
    if (isAnswered(outcome)) increase(this.#answered, key);
  }

  /** A line of a batch was answered. */
  addBatchAnswer(key: string, tokens: TokensUsed): void {
    this.#batchAnswers++;
    this.#tokens = addTokens(this.#tokens, tokens);
    increase(this.#asked, key);
    increase(this.#answered, key);
  }

  get mostInFlight(): number {
    return this.#timeline.mostInFlight;
  }

  get byOutcome(): Readonly<Partial<Record<Outcome, number>>> {
    return { ...this.#byOutcome };
  }

  get requests(): number {
    return this.#requests;
  }

  /** How often each key got an answer. */
  get answers(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#answered);
  }

  report(): TrafficReport {
    const timeline = this.#timeline;
    const { seconds } = timeline;
    return {
      seconds,
      requests: this.#requests,
      byOutcome: this.byOutcome,
      byPath: Object.fromEntries(this.#byPath),
      requestsPerSecond: {
        mean: seconds > 0 ? this.#requests / seconds : this.#requests,
        most: timeline.mostRequestsPerSecond(),
      },
      mostRequestsPerMinute: timeline.mostRequestsPerMinute(),
      mostTokensPerMinute: timeline.mostTokensPerMinute(),
      mostInFlight: timeline.mostInFlight,
      inFlight: [...timeline.inFlight],
      tokens: this.#tokens,
      calls: {
        keys: this.#asked.size,
        askedAgain: countBeyondFirst(this.#asked),
        answeredAgain: countBeyondFirst(this.#answered),
      },
      batchAnswers: this.#batchAnswers,
    };
  }
}

function increase(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function countBeyondFirst(counts: ReadonlyMap<string, number>): number {
  let beyond = 0;
  for (const count of counts.values()) beyond += count - 1;
  return beyond;
}

function hideIds(path: string): string {
  for (const collection of ['/v1/files/', '/v1/batches/', '/v1/models/']) {
    if (!path.startsWith(collection)) continue;
    const end = path.indexOf('/', collection.length);
    return `${collection}{id}${end === -1 ? '' : path.slice(end)}`;
  }
  return path;
}
