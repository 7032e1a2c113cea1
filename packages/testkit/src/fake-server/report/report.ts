import { closeSync, openSync, writeSync } from 'node:fs';
import type { Counts, RequestRecord } from './request-record.js';
import { noTokens, type TokensUsed } from './tokens-used.js';
import { Traffic, type TrafficReport } from './traffic.js';

/** A request that has ended; what only a record needs is made when it is asked for. */
export interface EndedExchange {
  readonly method: string;
  readonly path: string;
  readonly key: string | undefined;
  readonly outcome: RequestRecord['outcome'];
  readonly tokens?: TokensUsed | undefined;
  readBody(): unknown;
  readHeaders(): RequestRecord['headers'];
}

/** Where a report goes beside its counts. */
export interface ReportOptions {
  /** Gets a line of JSON for each request, as soon as it has ended. */
  readonly file?: string | undefined;
  /** @defaultValue true */
  readonly keepRequests?: boolean | undefined;
}

const secretHeaders = ['authorization', 'x-api-key', 'api-key', 'cookie', 'proxy-authorization'];

/** Keeps what the fake server was asked and how it ended, in memory and, when asked to, in a file that outlives it. */
export class Report {
  readonly #keepRequests: boolean;
  #file: number | undefined;
  #requests: RequestRecord[] = [];
  #traffic = new Traffic();
  #lines = '';

  constructor({ file, keepRequests = true }: ReportOptions = {}) {
    this.#keepRequests = keepRequests;
    this.#file = file === undefined ? undefined : openSync(file, 'a');
  }

  get requests(): readonly RequestRecord[] {
    return this.#requests;
  }

  start(): void {
    this.#traffic.start(performance.now());
  }

  end(ended: EndedExchange): void {
    const { method, path, key, outcome, tokens = noTokens } = ended;
    this.#traffic.end({ method, path, key, outcome, tokens }, performance.now());
    if (!this.#keepRequests && this.#file === undefined) return;
    const record = { method, path, key, body: ended.readBody(), headers: ended.readHeaders(), outcome };
    if (this.#keepRequests) this.#requests.push(record);
    if (this.#file !== undefined) this.#write(record);
  }

  addBatchAnswer(key: string, tokens: TokensUsed): void {
    this.#traffic.addBatchAnswer(key, tokens);
  }

  counts(): Counts {
    const { requests, byOutcome, answers, mostInFlight } = this.#traffic;
    return { requests, byOutcome, answers, mostInFlight };
  }

  traffic(): TrafficReport {
    return this.#traffic.report();
  }

  /** Forgets everything but what is in the file. */
  reset(): void {
    this.#requests = [];
    this.#traffic = new Traffic(this.#traffic.inFlight);
  }

  close(): void {
    if (this.#file === undefined) return;
    this.#flush();
    closeSync(this.#file);
    // What ends after this has nowhere to be written.
    this.#file = undefined;
  }

  /** Writes all lines of a turn of the event loop at once: one write a request would be slower than the server. */
  #write(record: RequestRecord): void {
    if (this.#lines === '') setImmediate(() => this.#flush());
    this.#lines += `${JSON.stringify({ ...record, headers: hideSecrets(record.headers) })}\n`;
  }

  #flush(): void {
    if (this.#lines === '' || this.#file === undefined) return;
    writeSync(this.#file, this.#lines);
    this.#lines = '';
  }
}

function hideSecrets(headers: RequestRecord['headers']): RequestRecord['headers'] {
  const shown = { ...headers };
  for (const name of secretHeaders) if (name in shown) shown[name] = '***';
  return shown;
}
