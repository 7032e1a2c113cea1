import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Exchange, readJsonObject } from './exchange.js';
import { Recorder } from './fixtures/recorder.js';
import { Replayer } from './fixtures/replayer.js';
import type { FakeServerOptions } from './options.js';
import { Report } from './report/report.js';
import type { Counts, RequestRecord } from './report/request-record.js';
import type { TrafficReport } from './report/traffic.js';
import { Responder, type Served } from './responder.js';

/** A model server that runs in this process and does as it is told. */
export interface FakeServer extends AsyncDisposable {
  /** Such as `http://127.0.0.1:40123`; Ollama's API is right below it, OpenAI's and Anthropic's below `/v1`. */
  readonly url: string;
  readonly port: number;
  /** Every request that has ended, in the order in which they ended. */
  readonly requests: readonly RequestRecord[];
  counts(): Counts;
  /** What clients did: how much at once, how fast, what again. */
  report(): TrafficReport;
  /** Forgets what clients did; answers, limits and batches stay as they are. */
  reset(): void;
  /** Refuses connections, and breaks those that are open. */
  down(): Promise<void>;
  /** Accepts connections again, at the same port. */
  up(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts a fake model server on this machine that speaks OpenAI's API, Anthropic's and Ollama's. Under its own paths it
 * serves `GET /report` (what clients did), `POST /report/reset`, `GET /__report` (counts and requests) and
 * `POST /__down?ms=N` (refuses connections for so long).
 *
 * @throws {@link ConfigError} DGT_OPTION_INVALID, DGT_FILE_UNREADABLE
 */
export async function startFakeServer(options: FakeServerOptions = {}): Promise<FakeServer> {
  const server = new LocalServer(options);
  await server.up();
  return server;
}

/** What answers every request that is not about the server itself. */
interface Respond {
  respond(exchange: Exchange, body: Buffer): Promise<Served>;
}

class LocalServer implements FakeServer {
  readonly #report: Report;
  readonly #responder: Respond;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #port: number;

  constructor(options: FakeServerOptions) {
    this.#port = options.port ?? 0;
    this.#report = new Report({ file: options.report, keepRequests: options.keepRequests });
    this.#responder = chooseResponder(options, this.#report);
    this.#server = createServer((request, response) => void this.#handle(request, response));
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get port(): number {
    return this.#port;
  }

  get requests(): readonly RequestRecord[] {
    return this.#report.requests;
  }

  counts(): Counts {
    return this.#report.counts();
  }

  report(): TrafficReport {
    return this.#report.traffic();
  }

  reset(): void {
    this.#report.reset();
  }

  async up(): Promise<void> {
    if (this.#server.listening) return;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#port, '127.0.0.1', () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async down(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.resetAndDestroy();
    await closed;
  }

  async close(): Promise<void> {
    await this.down();
    this.#report.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const exchange = new Exchange(request, response);
    const control = this.#controls[`${exchange.method} ${exchange.path}`];
    if (control === undefined) await this.#serve(exchange);
    else await control(exchange);
  }

  async #serve(exchange: Exchange): Promise<void> {
    const { request, method, path } = exchange;
    this.#report.start();
    let body: Buffer | undefined;
    let served: Served = { outcome: 'aborted' };
    try {
      body = await exchange.readBody();
      served = await this.#responder.respond(exchange, body);
    } catch (error) {
      if (!exchange.isGone && !request.destroyed) throw error;
    } finally {
      this.#report.end({
        method,
        path,
        key: served.key,
        outcome: served.outcome,
        tokens: served.tokens,
        readBody: () => readJsonObject(body?.toString('utf8') ?? '') ?? {},
        readHeaders: () => request.headers,
      });
    }
  }

  /** What the server is asked about itself, by method and path. */
  readonly #controls: Readonly<Record<string, (exchange: Exchange) => Promise<unknown>>> = {
    'GET /report': (exchange) => exchange.sendJson(200, this.report()),
    'POST /report/reset': (exchange) => {
      this.reset();
      return exchange.sendJson(200, {});
    },
    'GET /__report': (exchange) => exchange.sendJson(200, { counts: this.counts(), requests: this.requests }),
    'POST /__down': async (exchange) => {
      await exchange.sendJson(200, {});
      await sleep(10);
      await this.down();
      await sleep(Number(new URLSearchParams(exchange.query).get('ms')));
      await this.up();
    },
  };
}

function chooseResponder(options: FakeServerOptions, report: Report): Respond {
  if (options.record !== undefined) return new Recorder(options.record);
  return options.replay === undefined ? new Responder(options, report) : new Replayer(options.replay);
}
