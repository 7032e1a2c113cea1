import { Answering, describeExcess, type Question, type Written } from './answering.js';
import { BatchService } from './batches/batch-service.js';
import type { DialectShape, Refusal } from './dialects/dialect.js';
import { findDialect } from './dialects/find-dialect.js';
import { readJsonObject, type Exchange } from './exchange.js';
import type { FakeRequest } from './fake-request.js';
import { drawFault, type Fault } from './faults.js';
import { drawLatencyMs } from './latency.js';
import type { Admission } from './limits/rate-limiter.js';
import { Gate } from './limits/gate.js';
import { knowsModel, type FakeServerOptions } from './options.js';
import type { Report } from './report/report.js';
import type { Outcome } from './report/request-record.js';
import type { TokensUsed } from './report/tokens-used.js';
import { immediateFaults, sendFault } from './send-fault.js';

/** How a request was served. */
export interface Served {
  readonly outcome: Outcome;
  readonly key?: string;
  readonly tokens?: TokensUsed;
}

/** A question that is being answered. */
interface Open extends Question {
  readonly exchange: Exchange;
  readonly asked: FakeRequest;
}

const refusedOutcomes: Readonly<Partial<Record<Refusal, Outcome>>> = {
  unauthorized: 'unauthorized',
  notFound: 'notFound',
  unknownModel: 'unknownModel',
  badRequest: 'badRequest',
};

/** Answers requests as an API would, or fails them as told. */
export class Responder {
  readonly #options: FakeServerOptions;
  readonly #answering: Answering;
  readonly #gate: Gate;
  readonly #batches: BatchService;

  constructor(options: FakeServerOptions, report: Report) {
    this.#options = options;
    this.#answering = new Answering(options);
    this.#gate = new Gate(options);
    this.#batches = new BatchService(options.batches ?? {}, { answering: this.#answering, report });
  }

  async respond(exchange: Exchange, body: Buffer): Promise<Served> {
    const { path, request } = exchange;
    const dialect = findDialect(path, request.headers);
    if (dialect === undefined) return this.#finish(exchange.sendJson(404, { error: 'not found' }), 'notFound');
    const key = this.#checkKey(exchange, dialect);
    if (key !== undefined) return this.#refuse(exchange, dialect, 'unauthorized', `Incorrect API key provided: ${key}`);
    const endpoint = exchange.method === 'POST' ? dialect.endpoints.get(path) : undefined;
    if (endpoint === undefined) return this.#describe(exchange, dialect, body);
    const text = body.toString('utf8');
    const json = readJsonObject(text);
    const problem = json === undefined ? 'the body is no JSON object' : checkBody(endpoint, json, exchange);
    if (json === undefined || problem !== undefined)
      return this.#refuse(exchange, dialect, 'badRequest', String(problem));
    const idempotencyKey = request.headers['idempotency-key'] as string | undefined;
    const question = { dialect, endpoint, path, idempotencyKey, text, body: json };
    return this.#answer({ ...question, exchange, asked: this.#answering.read(question) });
  }

  async #answer(open: Open): Promise<Served> {
    const { exchange, dialect, asked } = open;
    const refused = this.#answering.check(asked, open);
    if (refused !== undefined) return this.#refuse(exchange, dialect, refused.refusal, refused.message, asked);
    const { rates } = this.#options.faults ?? {};
    const fault = rates && drawFault(asked, this.#options.faults ?? {});
    if (fault !== undefined && immediateFaults[fault] !== undefined) return this.#failAtOnce(open, fault);
    const { promptTokens, maxTokens = 0 } = asked.wish;
    const admission = this.#gate.admit(dialect.readKey(exchange.request.headers) ?? '', promptTokens + maxTokens);
    if (admission !== undefined) {
      Object.assign(exchange.headers, dialect.writeLimits(admission.state));
      if (!admission.isAdmitted) return this.#limit(open, admission);
    }
    const leave = await this.#gate.enter(exchange);
    if (leave === 'gone') return { outcome: 'aborted', key: asked.key };
    if (leave === 'full') return this.#turnAway(open);
    try {
      return await this.#work(open, { fault, admission });
    } finally {
      leave();
    }
  }

  async #work(
    open: Open,
    { fault, admission }: { fault: Fault | undefined; admission: Admission | undefined },
  ): Promise<Served> {
    const { exchange, asked, endpoint, dialect } = open;
    const { latency = 0, msPerToken = 0 } = this.#options;
    let written: Written;
    try {
      written = this.#answering.write(asked, endpoint, fault);
    } catch (error) {
      return this.#refuse(exchange, dialect, 'badRequest', `the fake server cannot answer: ${String(error)}`, asked);
    }
    const { tokens } = written;
    admission?.settle(tokens.prompt + tokens.completion, performance.now());
    const tokenMs = written.pieces === undefined ? tokens.completion * msPerToken : 0;
    const waitMs = drawLatencyMs(asked, latency) + tokenMs;
    if (waitMs > 0 && !(await exchange.wait(waitMs))) return { outcome: 'aborted', key: asked.key };
    const isThere = await this.#send(open, written, fault);
    return { outcome: isThere ? (fault ?? 'ok') : 'aborted', key: asked.key, tokens };
  }

  async #send({ exchange, dialect }: Open, { body, pieces }: Written, fault: Fault | undefined): Promise<boolean> {
    const contentType = pieces === undefined ? 'application/json' : dialect.streamType;
    if (fault === undefined && pieces !== undefined) return this.#stream(exchange, pieces, contentType);
    const text = pieces === undefined ? JSON.stringify(body) : pieces.join('');
    if (fault === undefined) return exchange.send(200, text, contentType);
    const serverError = dialect.writeRefusal('serverError', 'told to fail');
    return sendFault(fault, exchange, { text, contentType, dripMs: this.#options.faults?.dripMs ?? 1000, serverError });
  }

  async #stream(exchange: Exchange, pieces: readonly string[], contentType: string): Promise<boolean> {
    const { msPerToken = 0 } = this.#options;
    exchange.open(200, contentType);
    for (const piece of pieces) {
      if (msPerToken > 0 && !(await exchange.wait(msPerToken))) return false;
      await exchange.write(piece);
    }
    return exchange.end();
  }

  #failAtOnce({ exchange, dialect, asked }: Open, fault: Fault): Promise<Served> {
    if (fault === 'rateLimit') exchange.headers['Retry-After'] = String(this.#options.faults?.retryAfter ?? 0);
    const { promptTokens } = asked.wish;
    const message = fault === 'contextLength' ? describeExcess(promptTokens - 1, promptTokens) : 'too many requests';
    const { status, body } = dialect.writeRefusal(immediateFaults[fault] as Refusal, message);
    return this.#finish(exchange.sendJson(status, body), fault, asked);
  }

  #limit({ exchange, dialect, asked }: Open, { waitMs, exceeded }: Admission): Promise<Served> {
    exchange.headers['Retry-After'] = String(Math.ceil(waitMs / 1000));
    exchange.headers['retry-after-ms'] = String(Math.ceil(waitMs));
    const message = `Rate limit reached for ${asked.model} on ${exceeded}. Please try again in ${Math.ceil(waitMs)}ms.`;
    const { status, body } = dialect.writeRefusal('rateLimit', message);
    return this.#finish(exchange.sendJson(status, body), 'rateLimit', asked);
  }

  #turnAway({ exchange, dialect, asked }: Open): Promise<Served> {
    const refusal = this.#gate.whenFull === 'rateLimit' ? 'rateLimit' : 'overloaded';
    const { status, body } = dialect.writeRefusal(refusal, 'the server is at its capacity');
    return this.#finish(exchange.sendJson(status, body), 'full', asked);
  }

  async #describe(exchange: Exchange, dialect: DialectShape, body: Buffer): Promise<Served> {
    const { models } = this.#options;
    const { method, path } = exchange;
    if (dialect.name === 'openai' && this.#batches.serves(path)) {
      return this.#finish(this.#batches.respond(exchange, body), 'ok');
    }
    const reply = dialect.describe({
      method,
      path,
      body: readJsonObject(body.toString('utf8')) ?? {},
      models: models ?? ['fake-model'],
      knowsModel: (model) => knowsModel(models, model),
    });
    if (reply === undefined) return this.#refuse(exchange, dialect, 'notFound', `there is no ${method} ${path}`);
    return this.#finish(exchange.sendJson(reply.status, reply.body), reply.status === 404 ? 'unknownModel' : 'ok');
  }

  #refuse(
    exchange: Exchange,
    dialect: DialectShape,
    refusal: Refusal,
    message: string,
    asked?: FakeRequest,
  ): Promise<Served> {
    const { status, body } = dialect.writeRefusal(refusal, message);
    return this.#finish(exchange.sendJson(status, body), refusedOutcomes[refusal] ?? (refusal as Outcome), asked);
  }

  async #finish(sending: Promise<boolean>, outcome: Outcome, asked?: FakeRequest): Promise<Served> {
    const key = asked && { key: asked.key };
    return { outcome: (await sending) ? outcome : 'aborted', ...key };
  }

  /** The key that was sent, when it is the wrong one. */
  #checkKey(exchange: Exchange, dialect: DialectShape): string | undefined {
    const { requireKey } = this.#options;
    if (requireKey === undefined) return undefined;
    const sent = dialect.readKey(exchange.request.headers);
    return sent === requireKey ? undefined : (sent ?? 'none');
  }
}

function checkBody(endpoint: Question['endpoint'], body: Question['body'], exchange: Exchange): string | undefined {
  return endpoint.kind === 'text' ? endpoint.check?.(body, exchange.request.headers) : undefined;
}
