import type { Answering } from '../answering.js';
import { openaiDialect } from '../dialects/openai.js';
import type { Report } from '../report/report.js';
import { describeBatch, hasEnded, nextState, type Batch, type BatchState } from './batch.js';
import { readBatchInput, type BatchLine, type BatchProblem } from './batch-input.js';
import type { BatchOptions } from './batch-options.js';
import { writeBatchResults, type LineAnswer } from './batch-results.js';
import type { FileStore, StoredFile } from './file-store.js';

/** What batches need of the server. */
export interface BatchServices {
  readonly answering: Answering;
  readonly report: Report;
}

/** What is asked of a new batch. */
export interface BatchRequest {
  readonly file: StoredFile;
  readonly endpoint: string;
  readonly completionWindow: string;
  readonly metadata: unknown;
}

/** Takes batches from state to state, and answers their lines when their work is done. */
export class BatchRunner {
  readonly #options: BatchOptions;
  readonly #services: BatchServices;
  readonly #files: FileStore;
  readonly #batches = new Map<string, Batch>();

  constructor(options: BatchOptions, { files, ...services }: BatchServices & { readonly files: FileStore }) {
    this.#options = options;
    this.#services = services;
    this.#files = files;
  }

  create({ file, endpoint, completionWindow, metadata }: BatchRequest): Batch {
    const { endings = ['completed'] } = this.#options;
    const { lines, problems } = readBatchInput(file.content, endpoint);
    const number = this.#batches.size;
    const ending = endings[Math.min(number, endings.length - 1)] ?? 'completed';
    const refused = ending === 'failed' && problems.length === 0 ? [toldToFail] : [];
    const batch: Batch = {
      id: `batch_fake${String(number + 1).padStart(6, '0')}`,
      endpoint,
      inputFileId: file.id,
      completionWindow,
      metadata,
      lines,
      problems: [...problems, ...refused, ...this.#checkQueue(lines, endpoint)],
      ending,
      state: 'validating',
      times: { created: nowSeconds() },
      since: performance.now(),
      outputFileId: undefined,
      errorFileId: undefined,
      completed: 0,
      failed: 0,
    };
    this.#batches.set(batch.id, batch);
    return batch;
  }

  /** Finds a batch and describes it as it is now; then, where states have no time of their own, it goes one further. */
  retrieve(id: string): object | undefined {
    const batch = this.#batches.get(id);
    if (batch === undefined) return undefined;
    this.#catchUp(batch);
    const described = describeBatch(batch);
    if (this.#options.stateMs === undefined) this.#move(batch);
    return described;
  }

  /** All batches as they are now, the newest first. */
  list(): object[] {
    const batches = [...this.#batches.values()].reverse();
    for (const batch of batches) this.#catchUp(batch);
    return batches.map(describeBatch);
  }

  /** Asks a batch to stop; undefined when there is none, and false when it has ended. */
  cancel(id: string): object | false | undefined {
    const batch = this.#batches.get(id);
    if (batch === undefined) return undefined;
    this.#catchUp(batch);
    if (hasEnded(batch)) return false;
    batch.ending = 'cancelled';
    if (batch.state !== 'cancelling') this.#enter(batch, 'cancelling');
    return describeBatch(batch);
  }

  /** Moves a batch through the states whose time is up. */
  #catchUp(batch: Batch): void {
    const { stateMs } = this.#options;
    if (stateMs === undefined) return;
    while (!hasEnded(batch) && performance.now() - batch.since >= stateMs) {
      const { since } = batch;
      this.#move(batch);
      batch.since = since + stateMs;
    }
  }

  #move(batch: Batch): void {
    const next = nextState(batch);
    if (next !== batch.state) this.#enter(batch, next);
  }

  #enter(batch: Batch, state: BatchState): void {
    batch.state = state;
    batch.since = performance.now();
    batch.times[state] = nowSeconds();
    if (hasEnded(batch) && state !== 'failed') this.#writeFiles(batch);
  }

  #writeFiles(batch: Batch): void {
    const { files = 'needed' } = this.#options;
    const { output, errors, completed, failed } = writeBatchResults(batch.lines, {
      ending: batch.ending,
      options: this.#options,
      answer: (line) => this.#answer(line, batch.endpoint),
    });
    batch.completed = completed;
    batch.failed = failed;
    const write = (name: string, lines: readonly string[]) => {
      if (files === 'none' || (files === 'needed' && lines.length === 0)) return undefined;
      const content = Buffer.from(lines.map((line) => `${line}\n`).join(''));
      return this.#files.add({ filename: `${batch.id}_${name}.jsonl`, purpose: 'batch_output', content }).id;
    };
    batch.outputFileId = write('output', output);
    batch.errorFileId = write('error', errors);
  }

  /** The answer is the one that a request with the line's id as its key would have got. */
  #answer({ customId, body }: BatchLine, path: string): LineAnswer {
    const { answering, report } = this.#services;
    const endpoint = openaiDialect.endpoints.get(path);
    if (endpoint === undefined) throw new Error(`no batch has the endpoint ${path}`);
    const text = JSON.stringify(body);
    const question = { dialect: openaiDialect, endpoint, path, idempotencyKey: customId, text, body };
    const asked = answering.read(question);
    const refused = answering.check(asked, question);
    if (refused !== undefined) return openaiDialect.writeRefusal(refused.refusal, refused.message);
    try {
      const written = answering.write(asked, endpoint);
      report.addBatchAnswer(customId, written.tokens);
      return { status: 200, body: written.body };
    } catch (error) {
      return openaiDialect.writeRefusal('badRequest', `the fake server cannot answer: ${String(error)}`);
    }
  }

  #checkQueue(lines: readonly BatchLine[], endpoint: string): BatchProblem[] {
    const { maxEnqueuedTokens } = this.#options;
    if (maxEnqueuedTokens === undefined) return [];
    const waiting = [...this.#batches.values()].filter((batch) => !hasEnded(batch));
    const tokens = [{ lines, endpoint }, ...waiting].reduce((sum, batch) => sum + countPromptTokens(batch), 0);
    if (tokens <= maxEnqueuedTokens) return [];
    const message = `Enqueued token limit reached. Limit: ${maxEnqueuedTokens} enqueued tokens, requested: ${tokens}.`;
    return [{ code: 'token_limit_exceeded', message, line: null, param: null }];
  }
}

const toldToFail: BatchProblem = { code: 'server_error', message: 'told to fail', line: null, param: null };

function countPromptTokens({ lines, endpoint }: { lines: readonly BatchLine[]; endpoint: string }): number {
  const found = openaiDialect.endpoints.get(endpoint);
  if (found?.kind !== 'text') return 0;
  return lines.reduce((sum, { body }) => sum + found.read(body).promptTokens, 0);
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
