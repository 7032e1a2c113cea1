import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Body } from './dialects/dialect.js';

/** Where an Azure resource has OpenAI's API, in both of its versions. */
const azurePath = /^\/openai\/(v1|deployments\/[^/]+)\//;

/** One request and its response. */
export class Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly method: string;
  /** Without the query; the path of an Azure resource as that of OpenAI. */
  readonly path: string;
  /** With its question mark; empty when there is none. */
  readonly query: string;
  /** What is sent with whatever is sent. */
  readonly headers: OutgoingHttpHeaders = {};

  constructor(request: IncomingMessage, response: ServerResponse) {
    const { url = '/', method = 'GET' } = request;
    const end = url.indexOf('?');
    this.request = request;
    this.response = response;
    this.method = method;
    this.path = (end === -1 ? url : url.slice(0, end)).replace(azurePath, '/v1/');
    this.query = end === -1 ? '' : url.slice(end);
  }

  /** Whether the client has gone away. */
  get isGone(): boolean {
    return this.response.destroyed || this.response.closed;
  }

  /** Reads the whole body; rejects when the client goes away before its end. */
  readBody(): Promise<Buffer> {
    const { request } = this;
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
      // Comes in every case, also after an error, which is told to nobody who does not listen for it.
      request.on('close', () => {
        if (!request.complete) reject(new Error('the client went away'));
      });
    });
  }

  /** Sends a JSON document. @returns whether the client was there to the end. */
  sendJson(status: number, body: unknown): Promise<boolean> {
    return this.send(status, JSON.stringify(body), 'application/json');
  }

  /** Sends a body in one go. @returns whether the client was there to the end. */
  send(status: number, body: string | Buffer, contentType: string): Promise<boolean> {
    return new Promise((resolve) => {
      if (this.isGone) {
        resolve(false);
        return;
      }
      const { response } = this;
      // Comes in every case: when the response has been handed over, or when the client has gone.
      response.on('close', () => resolve(response.writableFinished));
      const length = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
      response.writeHead(status, { 'Content-Type': contentType, 'Content-Length': length, ...this.headers });
      response.end(body);
    });
  }

  /** Sends the beginning of a body and leaves it open. */
  open(status: number, contentType: string, length?: number): void {
    const size = length === undefined ? {} : { 'Content-Length': length };
    this.response.writeHead(status, { 'Content-Type': contentType, ...size, ...this.headers });
    this.response.flushHeaders();
  }

  /** Sends a piece of an open body; resolves when it has been handed over, or the client has gone away. */
  write(piece: string | Buffer): Promise<void> {
    return new Promise((resolve) => {
      if (this.isGone) {
        resolve();
        return;
      }
      this.response.once('close', resolve);
      this.response.write(piece, () => {
        this.response.off('close', resolve);
        resolve();
      });
    });
  }

  /** Ends an open body, with its last piece. @returns whether the client was there to the end. */
  end(piece?: string | Buffer): Promise<boolean> {
    return new Promise((resolve) => {
      if (this.isGone) {
        resolve(false);
        return;
      }
      this.response.on('close', () => resolve(this.response.writableFinished));
      this.response.end(piece);
    });
  }

  /** @param milliseconds for ever, when left out. @returns whether the client is still there when the time is up. */
  wait(milliseconds?: number): Promise<boolean> {
    return new Promise((resolve) => {
      if (this.isGone) {
        resolve(false);
        return;
      }
      const leave = () => {
        clearTimeout(timer);
        resolve(false);
      };
      const stay = () => {
        this.response.off('close', leave);
        resolve(true);
      };
      const timer = milliseconds === undefined ? undefined : setTimeout(stay, milliseconds);
      this.response.once('close', leave);
    });
  }
}

/** The JSON object in a text; undefined when there is none. */
export function readJsonObject(text: string): Body | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Body) : undefined;
  } catch {
    return undefined;
  }
}
