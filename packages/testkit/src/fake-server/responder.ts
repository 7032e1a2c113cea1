import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { findDialect, type DialectShape, type FakeAnswer } from './dialect.js';
import { readFakeRequest, type FakeRequest } from './fake-request.js';
import { drawFault, type Fault } from './faults.js';
import { drawLatencyMs } from './latency.js';
import { findAnswer, isBadRequest, knowsModel, type FakeServerOptions } from './options.js';
import type { Outcome, Report } from './report.js';

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly text: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Answers requests as an API would, or fails them as told, and reports each. */
export class Responder {
  readonly #options: FakeServerOptions;
  readonly #report: Report;
  readonly #attempts = new Map<string, number>();

  constructor(options: FakeServerOptions, report: Report) {
    this.#options = options;
    this.#report = report;
  }

  async respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', 'http://fake').pathname;
    this.#report.start();
    let text = '';
    let ended: { outcome: Outcome; key?: string } = { outcome: 'aborted' };
    try {
      text = await readText(request);
      ended = await this.#serve({ request, response, path, text, body: readJson(text) });
    } catch (error) {
      if (!response.destroyed && !request.destroyed) throw error;
    } finally {
      const { method = 'GET', headers } = request;
      this.#report.end({ method, path, key: ended.key, body: readJson(text), headers, outcome: ended.outcome });
    }
  }

  async #serve(exchange: Exchange): Promise<{ outcome: Outcome; key?: string }> {
    const { request, response, path, body, text } = exchange;
    const dialect = findDialect(path);
    if (dialect === undefined) return this.#send(response, 404, { error: 'not found' }, 'notFound');
    const refused = this.#checkKey(request);
    if (refused !== undefined) return this.#send(response, 401, dialect.writeError(refused), 'unauthorized');
    if (!dialect.answerPaths.includes(path)) return this.#describe(exchange, dialect);
    const asked = readFakeRequest({
      dialect: dialect.name,
      path,
      idempotencyKey: request.headers['idempotency-key'] as string | undefined,
      text,
      body,
      countAttempt: (identity) => this.#countAttempt(identity),
    });
    const outcome = await this.#answer(asked, dialect, response);
    return { outcome, key: asked.key };
  }

  async #answer(asked: FakeRequest, dialect: DialectShape, response: ServerResponse): Promise<Outcome> {
    const { models, badRequest, latency = 0, faults = {} } = this.#options;
    if (!knowsModel(models, asked.model)) {
      const error = dialect.writeError(dialect.unknownModel(asked.model), 'model_not_found');
      return (await this.#send(response, 404, error, 'unknownModel')).outcome;
    }
    if (isBadRequest(asked, badRequest)) {
      const error = dialect.writeError('this request cannot be served');
      return (await this.#send(response, 400, error, 'badRequest')).outcome;
    }
    const wait = drawLatencyMs(asked, latency);
    if (wait > 0 && !(await waitUnlessClosed(response, wait))) return 'aborted';
    const fault = drawFault(asked, faults);
    const answer = this.#makeAnswer(asked, dialect, fault);
    const body = dialect.writeAnswer(asked.path, asked.model, answer);
    return fault === undefined
      ? (await this.#send(response, 200, body, 'ok')).outcome
      : this.#fail(fault, response, { body, dialect });
  }

  #makeAnswer(asked: FakeRequest, dialect: DialectShape, fault: Fault | undefined): FakeAnswer {
    const promptTokens = countWords(asked.prompt);
    if (fault === 'emptyAnswer') return { text: '', finishReason: 'stop', promptTokens, completionTokens: 0 };
    const whole = findAnswer(this.#options.answer)(asked);
    const limit = dialect.readMaxTokens(asked.body) ?? Infinity;
    const isCut = countWords(whole) > limit;
    const text = isCut ? cutAfterWords(whole, limit) : whole;
    const completionTokens = Math.max(1, countWords(text));
    return { text, finishReason: isCut ? 'length' : 'stop', promptTokens, completionTokens };
  }

  async #fail(
    fault: Fault,
    response: ServerResponse,
    instead: { readonly body: unknown; readonly dialect: DialectShape },
  ): Promise<Outcome> {
    const { body, dialect } = instead;
    const text = JSON.stringify(body);
    switch (fault) {
      case 'rateLimit':
        response.setHeader('Retry-After', String(this.#options.faults?.retryAfter ?? 0));
        return (await this.#send(response, 429, dialect.writeError('too many requests'), fault)).outcome;
      case 'serverError':
        return (await this.#send(response, 500, dialect.writeError('told to fail'), fault)).outcome;
      case 'reset':
        response.socket?.resetAndDestroy();
        return fault;
      case 'hang':
        await waitUnlessClosed(response, undefined);
        return fault;
      case 'cutBody':
        response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) });
        await new Promise<void>((resolve) => response.write(text.slice(0, text.length / 2), () => resolve()));
        response.destroy();
        return fault;
      case 'brokenJson':
        return (await this.#sendText(response, 200, text.slice(0, -5), fault)).outcome;
      case 'emptyAnswer':
        return (await this.#send(response, 200, body, fault)).outcome;
    }
  }

  #describe({ request, response, path, body }: Exchange, dialect: DialectShape): Promise<{ outcome: Outcome }> {
    const { models } = this.#options;
    const reply = dialect.describe({
      method: request.method ?? 'GET',
      path,
      body,
      models: models ?? ['fake-model'],
      knowsModel: (model) => knowsModel(models, model),
    });
    if (reply === undefined) return this.#send(response, 404, dialect.writeError('not found'), 'notFound');
    return this.#send(response, reply.status, reply.body, reply.status === 404 ? 'unknownModel' : 'ok');
  }

  #checkKey(request: IncomingMessage): string | undefined {
    const { requireKey } = this.#options;
    const sent = request.headers.authorization?.replace(/^Bearer /, '');
    return requireKey === undefined || sent === requireKey
      ? undefined
      : `Incorrect API key provided: ${sent ?? 'none'}`;
  }

  #countAttempt(identity: string): number {
    const attempt = (this.#attempts.get(identity) ?? 0) + 1;
    this.#attempts.set(identity, attempt);
    return attempt;
  }

  #send(response: ServerResponse, status: number, body: unknown, outcome: Outcome): Promise<{ outcome: Outcome }> {
    return this.#sendText(response, status, JSON.stringify(body), outcome);
  }

  #sendText(response: ServerResponse, status: number, text: string, outcome: Outcome): Promise<{ outcome: Outcome }> {
    return new Promise((resolve) => {
      response.on('finish', () => resolve({ outcome }));
      response.on('close', () => resolve({ outcome: 'aborted' }));
      if (response.destroyed || response.closed) resolve({ outcome: 'aborted' });
      response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) });
      response.end(text);
    });
  }
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function readJson(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** @returns whether the client is still there when the time is up. */
async function waitUnlessClosed(response: ServerResponse, milliseconds: number | undefined): Promise<boolean> {
  const closed = new AbortController();
  const onClose = () => closed.abort();
  response.once('close', onClose);
  if (response.destroyed || response.closed) closed.abort();
  try {
    if (milliseconds === undefined) {
      await new Promise<void>((resolve) => {
        if (closed.signal.aborted) resolve();
        closed.signal.addEventListener('abort', () => resolve());
      });
    } else await sleep(milliseconds, undefined, { signal: closed.signal });
  } catch {
    return false;
  } finally {
    response.off('close', onClose);
  }
  return !closed.signal.aborted;
}

function countWords(text: string): number {
  return text.match(/\S+/g)?.length ?? 0;
}

function cutAfterWords(text: string, words: number): string {
  return new RegExp(`^(?:\\s*\\S+){0,${words}}`).exec(text)?.[0] ?? '';
}
