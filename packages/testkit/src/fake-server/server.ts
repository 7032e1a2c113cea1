import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FakeServerOptions } from './options.js';
import { Report, type Counts, type RequestRecord } from './report.js';
import { Responder } from './responder.js';

/** A model server that runs in this process and does as it is told. */
export interface FakeServer extends AsyncDisposable {
  /** Such as `http://127.0.0.1:40123`; Ollama's API is right below it, OpenAI's below `/v1`. */
  readonly url: string;
  readonly port: number;
  /** Every request that has ended, in the order in which they ended. */
  readonly requests: readonly RequestRecord[];
  counts(): Counts;
  /** Refuses connections, and breaks those that are open. */
  down(): Promise<void>;
  /** Accepts connections again, at the same port. */
  up(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts a fake model server on this machine that speaks OpenAI's API and Ollama's. Under its own paths it serves
 * `GET /__report` (counts and requests) and `POST /__down?ms=N` (refuses connections for so long).
 */
export async function startFakeServer(options: FakeServerOptions = {}): Promise<FakeServer> {
  const server = new LocalServer(options);
  await server.up();
  return server;
}

class LocalServer implements FakeServer {
  readonly #report: Report;
  readonly #responder: Responder;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #port: number;

  constructor(options: FakeServerOptions) {
    this.#port = options.port ?? 0;
    this.#report = new Report(options.report);
    this.#responder = new Responder(options, this.#report);
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
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url);
    if (pathname === '/__report') {
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify({ counts: this.counts(), requests: this.requests }));
    } else if (pathname === '/__down') {
      response.end('{}');
      await sleep(10);
      await this.down();
      await sleep(Number(searchParams.get('ms')));
      await this.up();
    } else await this.#responder.respond(request, response);
  }
}
