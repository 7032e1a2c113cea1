import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What goes wrong with the next requests that match. */
export interface HubFault {
  /** Tells by `GET /path`. */
  readonly when: RegExp;
  /** How often; once when left out. */
  times?: number;
  /** An answer instead of the right one. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly error?: string;
  /** The answer breaks off in the middle. */
  readonly torn?: boolean;
  /** The request is carried out and its answer lost. */
  readonly lost?: boolean;
  /** Something that another does before the request is carried out. */
  readonly act?: () => void;
}

type Files = ReadonlyMap<string, Buffer>;

interface Repository {
  readonly isPrivate: boolean;
  readonly commits: Map<string, Files>;
  readonly branches: Map<string, string>;
}

interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly method: string;
  /** Decoded, without what is asked for behind it. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Buffer;
}

type Answer = { status?: number; headers?: Record<string, string>; json?: unknown; bytes?: Buffer };
type Route = readonly [RegExp, (call: Call, ...matched: string[]) => Answer];

/** A hub on this machine, as much of it as `@huggingface/hub` calls for datasets; LFS in place of Xet. */
export class StandInHub implements AsyncDisposable {
  /** Every request: `GET /path`, with the range that it asks for. */
  readonly requests: string[] = [];
  readonly faults: HubFault[] = [];
  /** The token that it knows. */
  readonly token = 'hf_stand_in_secret';
  /** Whose it is, and what it may. */
  readonly account = 'ada';
  role = 'write';
  /** Files of one page of a listing. */
  pageSize = 1000;
  readonly #repositories = new Map<string, Repository>();
  /** Large files by their hash, whichever repository they are of. */
  readonly #objects = new Map<string, Buffer>();
  readonly #server: Server;
  #commits = 0;
  readonly #commitListeners = new Set<() => void>();

  private constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  static async start(): Promise<StandInHub> {
    const hub = new StandInHub();
    await new Promise<void>((resolve) => hub.#server.listen(0, '127.0.0.1', resolve));
    return hub;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** What the environment holds for a program that is to use it. */
  get environment(): Record<string, string> {
    return { HF_ENDPOINT: this.endpoint, HF_TOKEN: this.token };
  }

  get #port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Puts files into a dataset, in one commit, which makes it when it is not there. @returns the commit. */
  put(
    name: string,
    files: Readonly<Record<string, string | Uint8Array>>,
    options: { isPrivate?: boolean } = {},
  ): string {
    const repository = this.#repositories.get(name) ?? this.#create(name, options.isPrivate ?? false);
    const entries = Object.entries(files).map(([path, content]) => [path, Buffer.from(content)] as const);
    return this.#commit(repository, 'main', new Map([...this.#filesOf(repository, 'main'), ...entries]));
  }

  /** The files of a dataset by their paths; undefined when there is no such dataset. */
  files(name: string, revision = 'main'): Record<string, Buffer> | undefined {
    const repository = this.#repositories.get(name);
    return repository && Object.fromEntries(this.#filesOf(repository, revision));
  }

  /** Resolves once a dataset has a file. */
  async untilThere(name: string, path: string): Promise<void> {
    while (this.files(name)?.[path] === undefined)
      await new Promise<void>((resolve) => this.#commitListeners.add(resolve));
  }

  isPrivate(name: string): boolean | undefined {
    return this.#repositories.get(name)?.isPrivate;
  }

  /** How many requests there were of a kind. */
  count(kind: RegExp): number {
    return this.requests.filter((request) => kind.test(request)).length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  readonly #routes: readonly Route[] = [
    [/^GET \/api\/whoami-v2$/, (call) => this.#account(call)],
    [
      /^GET \/api\/datasets\/([^/]+\/[^/]+)\/revision\/(.+)$/,
      (call, name, revision) => this.#info(call, name, revision),
    ],
    [
      /^GET \/api\/datasets\/([^/]+\/[^/]+)\/tree\/([^/]+)(?:\/(.*))?$/,
      (call, name, revision, folder) => this.#tree(call, { name, revision, folder }),
    ],
    [
      /^POST \/api\/datasets\/([^/]+\/[^/]+)\/paths-info\/([^/]+)$/,
      (call, name, revision) => this.#pathsInfo(call, name, revision),
    ],
    [
      /^GET \/datasets\/([^/]+\/[^/]+)\/resolve\/([^/]+)\/(.+)$/,
      (call, name, revision, path) => this.#resolve(call, { name, revision, path }),
    ],
    [/^GET \/cdn\/([0-9a-f]+)$/, (call, oid) => sendBytes(call, this.#objects.get(oid) as Buffer)],
    [/^POST \/api\/repos\/create$/, (call) => this.#createRepository(call)],
    [/^POST \/api\/datasets\/([^/]+\/[^/]+)\/preupload\/([^/]+)$/, (call, name) => this.#preupload(call, name)],
    [/^POST \/datasets\/([^/]+\/[^/]+)\.git\/info\/lfs\/objects\/batch$/, (call, name) => this.#lfsBatch(call, name)],
    [/^PUT \/lfs\/([0-9a-f]+)$/, (call, oid) => this.#upload(call, oid)],
    [
      /^POST \/api\/datasets\/([^/]+\/[^/]+)\/commit\/([^/]+)$/,
      (call, name, branch) => this.#commitFiles(call, name, branch),
    ],
  ];

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.endpoint);
    const path = decodeURIComponent(url.pathname);
    const { method = 'GET' } = request;
    const line = `${method} ${path}`;
    this.requests.push(request.headers.range === undefined ? line : `${line} ${request.headers.range}`);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const call = { request, response, method, path, query: url.searchParams, body: Buffer.concat(chunks) };
    const fault = this.#takeFault(line);
    if (fault?.status !== undefined) {
      send(response, {
        status: fault.status,
        headers: { ...fault.headers },
        json: { error: fault.error ?? 'a fault' },
      });
      return;
    }
    fault?.act?.();
    const answer = this.#answer(call, line);
    if (fault?.lost === true) response.destroy();
    else send(response, answer, fault?.torn);
  }

  #answer(call: Call, line: string): Answer {
    const { authorization } = call.request.headers;
    const isOwn = call.request.headers.host === `127.0.0.1:${this.#port}`;
    if (!isOwn && authorization !== undefined) return { status: 400, json: { error: 'the token was sent elsewhere' } };
    if (authorization !== undefined && authorization !== `Bearer ${this.token}`)
      return { status: 401, json: { error: 'Invalid credentials in Authorization header' } };
    for (const [pattern, answer] of this.#routes) {
      const [matched, ...parts] = pattern.exec(line) ?? [];
      if (matched !== undefined) {
        try {
          return answer(call, ...parts);
        } catch (error) {
          if (error instanceof Refusal) return error.answer;
          throw error;
        }
      }
    }
    return { status: 404, json: { error: `no such call: ${line}` } };
  }

  #takeFault(line: string): HubFault | undefined {
    const fault = this.faults.find(({ when }) => when.test(line));
    if (fault === undefined) return undefined;
    fault.times = (fault.times ?? 1) - 1;
    if (fault.times <= 0) this.faults.splice(this.faults.indexOf(fault), 1);
    return fault;
  }

  #find({ request }: Call, name: string): Repository {
    const repository = this.#repositories.get(name);
    const isKnown = request.headers.authorization !== undefined;
    if (repository !== undefined && (isKnown || !repository.isPrivate)) return repository;
    throw new Refusal({
      status: isKnown ? 404 : 401,
      headers: { 'x-error-code': 'RepoNotFound' },
      json: { error: 'Repository not found' },
    });
  }

  #filesOf({ branches, commits }: Repository, revision: string): Files {
    const files = commits.get(branches.get(revision === 'HEAD' ? 'main' : revision) ?? revision);
    if (files !== undefined) return files;
    throw new Refusal({
      status: 404,
      headers: { 'x-error-code': 'RevisionNotFound' },
      json: { error: 'No such revision' },
    });
  }

  #info(call: Call, name = '', revision = ''): Answer {
    const repository = this.#find(call, name);
    this.#filesOf(repository, revision);
    const sha = repository.branches.get(revision) ?? revision;
    const isPrivate = repository.isPrivate;
    return {
      json: { _id: '1', id: name, sha, private: isPrivate, downloads: 0, likes: 0, gated: false, lastModified: 0 },
    };
  }

  #tree(call: Call, { name = '', revision = '', folder = '' }): Answer {
    const prefix = folder === '' ? '' : `${folder}/`;
    const paths = [...this.#filesOf(this.#find(call, name), revision)].filter(([path]) => path.startsWith(prefix));
    if (paths.length === 0 && prefix !== '') return { status: 404, json: { error: `${folder} does not exist` } };
    const folders = new Set(paths.flatMap(([path]) => parentsOf(path.slice(prefix.length)).map((one) => prefix + one)));
    const entries = [
      ...[...folders].map((path) => ({ type: 'directory', path, size: 0, oid: '' })),
      ...paths.map(([path, content]) => describeFile(path, content)),
    ];
    const from = Number(call.query.get('cursor') ?? 0);
    const next = new URL(call.request.url ?? '', this.endpoint);
    next.searchParams.set('cursor', String(from + this.pageSize));
    const isLast = from + this.pageSize >= entries.length;
    const headers: Record<string, string> = isLast ? {} : { link: `<${next.href}>; rel="next"` };
    return { headers, json: entries.slice(from, from + this.pageSize) };
  }

  #pathsInfo(call: Call, name = '', revision = ''): Answer {
    const files = this.#filesOf(this.#find(call, name), revision);
    const { paths } = JSON.parse(call.body.toString()) as { paths: string[] };
    const json = paths.flatMap((path) => {
      const content = files.get(path);
      if (content !== undefined) return [describeFile(path, content)];
      const isFolder = [...files.keys()].some((file) => file.startsWith(`${path}/`));
      return isFolder ? [{ type: 'directory', path, size: 0, oid: '' }] : [];
    });
    return { json };
  }

  #resolve(call: Call, { name = '', revision = '', path = '' }): Answer {
    const content = this.#filesOf(this.#find(call, name), revision).get(path);
    if (content === undefined)
      return { status: 404, headers: { 'x-error-code': 'EntryNotFound' }, json: { error: 'Entry not found' } };
    if (!isLarge(path)) return sendBytes(call, content);
    // Large files lie elsewhere, where the token has no business.
    const oid = sha256(content);
    this.#objects.set(oid, content);
    return { status: 302, headers: { location: `http://localhost:${this.#port}/cdn/${oid}` } };
  }

  #account({ request }: Call): Answer {
    if (request.headers.authorization === undefined) return { status: 401, json: { error: 'Unauthorized' } };
    const accessToken = { displayName: 'stand-in', role: this.role };
    return { json: { type: 'user', id: '1', name: this.account, auth: { type: 'access_token', accessToken } } };
  }

  #createRepository(call: Call): Answer {
    const given = JSON.parse(call.body.toString()) as Record<string, string>;
    const name = `${given['organization']}/${given['name']}`;
    if (call.request.headers.authorization === undefined) return { status: 401, json: { error: 'Unauthorized' } };
    if (this.#repositories.has(name)) return { status: 409, json: { error: 'You already created this dataset repo' } };
    this.#create(name, given['visibility'] === 'private');
    return { json: { url: `${this.endpoint}/datasets/${name}`, id: '1' } };
  }

  #preupload(call: Call, name = ''): Answer {
    this.#find(call, name);
    const { files } = JSON.parse(call.body.toString()) as { files: { path: string }[] };
    return { json: { files: files.map(({ path }) => ({ path, uploadMode: isLarge(path) ? 'lfs' : 'regular' })) } };
  }

  #lfsBatch(call: Call, name = ''): Answer {
    this.#find(call, name);
    const { objects } = JSON.parse(call.body.toString()) as { objects: { oid: string; size: number }[] };
    const json = {
      transfer: 'basic',
      objects: objects.map(({ oid, size }) => ({
        oid,
        size,
        actions: this.#objects.has(oid) ? undefined : { upload: { href: `${this.endpoint}/lfs/${oid}` } },
      })),
    };
    return { json };
  }

  #upload({ body }: Call, oid = ''): Answer {
    if (sha256(body) !== oid) return { status: 400, json: { error: 'the bytes are not those of this hash' } };
    this.#objects.set(oid, body);
    return { json: {} };
  }

  #commitFiles(call: Call, name = '', branch = ''): Answer {
    const repository = this.#find(call, name);
    const files = new Map(this.#filesOf(repository, branch));
    for (const line of call.body.toString().trim().split('\n')) {
      const { key, value } = JSON.parse(line) as { key: string; value: Record<string, string> };
      const { path = '', parentCommit } = value;
      if (parentCommit !== undefined && parentCommit !== repository.branches.get(branch))
        return { status: 412, json: { error: 'A commit has happened since. Please refresh and try again.' } };
      if (key === 'file') files.set(path, Buffer.from(value['content'] ?? '', 'base64'));
      if (key === 'lfsFile') files.set(path, this.#objects.get(value['oid'] ?? '') as Buffer);
      if (key === 'deletedFile') files.delete(path);
    }
    const commitOid = this.#commit(repository, branch, files);
    return { json: { success: true, commitOid, commitUrl: `${this.endpoint}/commit/${commitOid}`, hookOutput: '' } };
  }

  #create(name: string, isPrivate: boolean): Repository {
    const repository: Repository = { isPrivate, commits: new Map(), branches: new Map() };
    this.#repositories.set(name, repository);
    this.#commit(repository, 'main', new Map());
    return repository;
  }

  #commit(repository: Repository, branch: string, files: Files): string {
    const commit = createHash('sha1')
      .update(`commit ${++this.#commits}`)
      .digest('hex');
    repository.commits.set(commit, files);
    repository.branches.set(branch, commit);
    for (const listener of this.#commitListeners) listener();
    this.#commitListeners.clear();
    return commit;
  }
}

class Refusal extends Error {
  constructor(readonly answer: Answer) {
    super('refused');
  }
}

function send(response: ServerResponse, { status = 200, headers = {}, json, bytes }: Answer, torn = false): void {
  const body = bytes ?? Buffer.from(json === undefined ? '' : JSON.stringify(json));
  const type = json === undefined ? 'application/octet-stream' : 'application/json';
  response.writeHead(status, { 'content-type': type, 'content-length': body.length, ...headers });
  if (!torn) response.end(body);
  else response.write(body.subarray(0, body.length >> 1), () => response.destroy());
}

function sendBytes({ request }: Call, content: Buffer): Answer {
  const etag = `"${sha256(content)}"`;
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
  if (first === undefined) return { headers: { etag }, bytes: content };
  const start = Number(first);
  const end = Math.min(content.length, last === '' || last === undefined ? content.length : Number(last) + 1);
  if (start >= content.length) return { status: 416, json: { error: 'no such range' } };
  const range = `bytes ${start}-${end - 1}/${content.length}`;
  return { status: 206, headers: { etag, 'content-range': range }, bytes: content.subarray(start, end) };
}

function describeFile(path: string, content: Buffer): object {
  const oid = createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
  const lfs = { oid: sha256(content), size: content.length, pointerSize: 130 };
  return { type: 'file', path, size: content.length, oid, ...(isLarge(path) && { lfs }) };
}

/** As the hub's usual `.gitattributes` have it. */
function isLarge(path: string): boolean {
  return /\.(?:parquet|arrow|gz|zst)$/.test(path);
}

function parentsOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
