import type { IncomingHttpHeaders } from 'node:http';
import type { ResponseHeaders } from '@dgt/core';
import type { Dispatcher } from 'undici';

/** One request, as it is sent. */
export interface ExchangeOptions {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** Calls a listener when the request is given up, until the function that it gives is called. */
  whenGivenUp(listener: (reason: Error) => void): () => void;
  /** Told before the body has come. */
  onHeaders(headers: ResponseHeaders): void;
  /** Told each piece of the body as it comes, unless it is that of a refusal. */
  onData?: ((piece: Buffer) => void) | undefined;
}

/** A response, read to its end. */
export interface Exchanged {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly text: string;
}

/**
 * Sends a request and reads the whole response, without the streams that undici's `request` makes of each: they are most of what
 * it leaves to the garbage collector.
 *
 * @throws the reason for which it is given up; the error of the transport.
 */
export function exchange(dispatcher: Dispatcher, options: ExchangeOptions): Promise<Exchanged> {
  const { method, path, headers, body } = options;
  return new Promise((resolve, reject) => {
    dispatcher.dispatch({ method, path, headers, body }, new ResponseReader(options, resolve, reject));
  });
}

class ResponseReader implements Dispatcher.DispatchHandler {
  readonly #options: ExchangeOptions;
  readonly #resolve: (exchanged: Exchanged) => void;
  readonly #reject: (error: unknown) => void;
  readonly #chunks: Buffer[] = [];
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #headers: ResponseHeaders = toHeaders({});
  #givenUpFor: Error | undefined;
  readonly #stopListening: () => void;

  constructor(options: ExchangeOptions, resolve: (exchanged: Exchanged) => void, reject: (error: unknown) => void) {
    this.#options = options;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#stopListening = options.whenGivenUp((reason) => this.#giveUp(reason));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#givenUpFor !== undefined) controller.abort(this.#givenUpFor);
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    // What comes before the response itself, such as 103.
    if (status < 200) return;
    this.#status = status;
    this.#headers = toHeaders(headers);
    this.#options.onHeaders(this.#headers);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
    if (this.#status < 300) this.#options.onData?.(chunk);
  }

  onResponseEnd(): void {
    this.#stopListening();
    const [first] = this.#chunks;
    const whole = first !== undefined && this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks);
    this.#resolve({ status: this.#status, headers: this.#headers, text: whole.toString('utf8') });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#stopListening();
    this.#reject(error);
  }

  #giveUp(reason: Error): void {
    this.#givenUpFor = reason;
    // At once: a request that waits for a connection is told of its end only when it would have had one.
    this.#reject(reason);
    this.#controller?.abort(reason);
  }
}

function toHeaders(headers: Readonly<IncomingHttpHeaders>): ResponseHeaders {
  return {
    get: (name) => {
      const value = headers[name.toLowerCase()];
      return Array.isArray(value) ? value.join(', ') : value;
    },
  };
}
