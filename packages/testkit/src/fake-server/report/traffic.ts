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
  readonly #calls = new Map<string, { asked: number; answered: number }>();
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
    const name = `${method} ${hideIds(path)}`;
    this.#byPath.set(name, (this.#byPath.get(name) ?? 0) + 1);
    if (tokens !== noTokens) this.#tokens = addTokens(this.#tokens, tokens);
    if (key !== undefined) this.#countCall(key, isAnswered(outcome));
  }

  /** A line of a batch was answered. */
  addBatchAnswer(key: string, tokens: TokensUsed): void {
    this.#batchAnswers++;
    this.#tokens = addTokens(this.#tokens, tokens);
    this.#countCall(key, true);
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
    const answers: Record<string, number> = {};
    for (const [key, { answered }] of this.#calls) if (answered > 0) answers[key] = answered;
    return answers;
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
      calls: this.#countCalls(),
      batchAnswers: this.#batchAnswers,
    };
  }

  #countCall(key: string, answered: boolean): void {
    const call = this.#calls.get(key);
    if (call === undefined) this.#calls.set(key, { asked: 1, answered: answered ? 1 : 0 });
    else {
      call.asked++;
      if (answered) call.answered++;
    }
  }

  #countCalls(): TrafficReport['calls'] {
    let askedAgain = 0;
    let answeredAgain = 0;
    for (const { asked, answered } of this.#calls.values()) {
      askedAgain += asked - 1;
      answeredAgain += Math.max(0, answered - 1);
    }
    return { keys: this.#calls.size, askedAgain, answeredAgain };
  }
}

function hideIds(path: string): string {
  for (const collection of ['/v1/files/', '/v1/batches/', '/v1/models/']) {
    if (!path.startsWith(collection)) continue;
    const end = path.indexOf('/', collection.length);
    return `${collection}{id}${end === -1 ? '' : path.slice(end)}`;
  }
  return path;
}
