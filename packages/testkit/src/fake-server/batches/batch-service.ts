import { openaiDialect } from '../dialects/openai.js';
import { readJsonObject, type Exchange } from '../exchange.js';
import { describeBatch } from './batch.js';
import { BatchRunner, type BatchServices } from './batch-runner.js';
import type { BatchOptions } from './batch-options.js';
import { describeFile, FileStore, readUpload } from './file-store.js';

/** OpenAI's files and batches, over HTTP. */
export class BatchService {
  readonly #files = new FileStore();
  readonly #runner: BatchRunner;

  constructor(options: BatchOptions, services: BatchServices) {
    this.#runner = new BatchRunner(options, { ...services, files: this.#files });
  }

  /** Whether a path is one of files or batches. */
  serves(path: string): boolean {
    return /^\/v1\/(files|batches)(\/|$)/.test(path);
  }

  /** @returns whether the client was there to the end. */
  async respond(exchange: Exchange, body: Buffer): Promise<boolean> {
    const [, , collection, id, part] = exchange.path.split('/');
    return collection === 'files'
      ? this.#respondFiles(exchange, { body, id, part })
      : this.#respondBatches(exchange, { body, id, part });
  }

  async #respondFiles(exchange: Exchange, { body, id, part }: Asked): Promise<boolean> {
    const { method, query } = exchange;
    if (id === undefined) {
      if (method === 'POST') return this.#upload(exchange, body);
      const purpose = new URLSearchParams(query).get('purpose');
      const files = this.#files.list().filter((file) => purpose === null || file.purpose === purpose);
      return exchange.sendJson(200, writePage(files.map(describeFile), query));
    }
    const file = this.#files.get(id);
    if (file === undefined) return sendRefusal(exchange, 404, `No such File object: ${id}`);
    if (part === 'content') return exchange.send(200, file.content, 'application/octet-stream');
    if (method !== 'DELETE') return exchange.sendJson(200, describeFile(file));
    this.#files.delete(id);
    return exchange.sendJson(200, { id, object: 'file', deleted: true });
  }

  async #upload(exchange: Exchange, body: Buffer): Promise<boolean> {
    const upload = await readUpload(body, exchange.request.headers['content-type'] ?? '');
    if (upload === undefined)
      return sendRefusal(exchange, 400, "'file' and 'purpose' are required, as multipart/form-data");
    return exchange.sendJson(200, describeFile(this.#files.add(upload)));
  }

  async #respondBatches(exchange: Exchange, { body, id, part }: Asked): Promise<boolean> {
    if (id === undefined) {
      return exchange.method === 'POST'
        ? this.#create(exchange, body)
        : exchange.sendJson(200, writePage(this.#runner.list(), exchange.query));
    }
    const batch = part === 'cancel' ? this.#runner.cancel(id) : this.#runner.retrieve(id);
    if (batch === undefined) return sendRefusal(exchange, 404, `No batch found with id '${id}'.`);
    if (batch === false) return sendRefusal(exchange, 409, `Cannot cancel batch ${id}: it has ended.`);
    return exchange.sendJson(200, batch);
  }

  async #create(exchange: Exchange, body: Buffer): Promise<boolean> {
    const json = readJsonObject(body.toString('utf8')) ?? {};
    const { input_file_id: fileId, endpoint, completion_window: completionWindow, metadata } = json;
    const file = typeof fileId === 'string' ? this.#files.get(fileId) : undefined;
    if (file === undefined) return sendRefusal(exchange, 400, `No such File object: ${String(fileId)}`);
    if (file.purpose !== 'batch') return sendRefusal(exchange, 400, `The purpose of ${file.id} is not batch.`);
    if (typeof endpoint !== 'string' || !openaiDialect.endpoints.has(endpoint)) {
      return sendRefusal(exchange, 400, `Invalid endpoint: ${String(endpoint)}`);
    }
    if (completionWindow !== '24h') return sendRefusal(exchange, 400, "Invalid 'completion_window': expected '24h'");
    const batch = this.#runner.create({ file, endpoint, completionWindow, metadata });
    return exchange.sendJson(200, describeBatch(batch));
  }
}

interface Asked {
  readonly body: Buffer;
  readonly id: string | undefined;
  readonly part: string | undefined;
}

function sendRefusal(exchange: Exchange, status: number, message: string): Promise<boolean> {
  return exchange.sendJson(status, openaiDialect.writeRefusal('badRequest', message).body);
}

/** A page of a list, after the item that the query names. */
function writePage(items: readonly object[], query: string): object {
  const asked = new URLSearchParams(query);
  const limit = Number(asked.get('limit') ?? 20);
  const ids = items.map((item) => (item as { id: string }).id);
  const first = ids.indexOf(asked.get('after') ?? '') + 1;
  const data = items.slice(first, first + limit);
  return {
    object: 'list',
    data,
    first_id: ids[first] ?? null,
    last_id: ids[first + data.length - 1] ?? null,
    has_more: first + data.length < items.length,
  };
}
