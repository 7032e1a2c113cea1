import type { StoreServices } from '@dgt/core';
import type { ListFileEntry } from '@huggingface/hub';
import type { ByteRanges, StoredBytes } from '../files/byte-source.js';
import { findHubAccess, type HubAccess } from './hub-credentials.js';
import { describeHubFailure, statusOf } from './hub-error.js';
import { createHubFetch } from './hub-fetch.js';
import { showHubPath } from './hub-path.js';

/** What is read at once, so that a torn connection costs no more than this. */
const pieceBytes = 1 << 23;

/** What every call of one dataset of a hub is made with. */
export interface HubCall {
  readonly repo: { readonly type: 'dataset'; readonly name: string };
  readonly hubUrl: string;
  readonly fetch: typeof fetch;
  readonly accessToken?: string;
}

/** Opens the calls of a dataset, which end when the signal fires. */
export async function openHubCall(
  repository: string,
  services: StoreServices,
  signal?: AbortSignal,
): Promise<{ access: HubAccess; call: HubCall }> {
  const access = await findHubAccess(services);
  const fetch = createHubFetch({ clock: services.clock });
  const { endpoint, token } = access;
  const call: HubCall = {
    repo: { type: 'dataset', name: repository },
    hubUrl: endpoint,
    fetch: signal === undefined ? fetch : (input, init) => fetch(input, { ...init, signal }),
    ...(token !== undefined && { accessToken: token }),
  };
  return { access, call };
}

/** A dataset of a hub as one commit has it, which is what its branch had when it was opened. */
export class HubDataset {
  readonly commit: string;
  readonly #place: { readonly repository: string; readonly revision: string | undefined };
  readonly #access: HubAccess;
  readonly #call: HubCall;
  /** What a commit holds never changes. */
  readonly #listings = new Map<string, Promise<readonly HubFileEntry[] | undefined>>();

  private constructor(commit: string, place: HubDataset['place'], opened: { access: HubAccess; call: HubCall }) {
    this.commit = commit;
    this.#place = place;
    this.#access = opened.access;
    this.#call = opened.call;
  }

  /**
   * Finds the commit of a revision.
   *
   * @throws {@link ConfigError} DGT_HUB_REFUSED, DGT_FILE_UNREADABLE; {@link RunError} DGT_HUB_UNAVAILABLE
   */
  static async open(
    place: HubDataset['place'],
    services: StoreServices,
    { signal }: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<HubDataset> {
    const { repository, revision = 'main' } = place;
    const opened = await openHubCall(repository, services, signal);
    const { datasetInfo } = await import('@huggingface/hub');
    try {
      const { repo, ...call } = opened.call;
      const { sha } = await datasetInfo({ ...call, name: repo.name, revision, additionalFields: ['sha'] });
      return new HubDataset(sha, place, opened);
    } catch (error) {
      throw describeHubFailure(error, showHubPath(place), opened.access);
    }
  }

  get place(): { readonly repository: string; readonly revision: string | undefined } {
    return this.#place;
  }

  /** What errors and people call something in it. */
  nameOf(path: string): string {
    return showHubPath(this.#place, path);
  }

  /** The files below a folder, hidden ones left out; undefined when there is no such folder. */
  listFiles(folder: string): Promise<readonly HubFileEntry[] | undefined> {
    const listing = this.#listings.get(folder) ?? this.#list(folder);
    this.#listings.set(folder, listing);
    return listing;
  }

  async #list(folder: string): Promise<readonly HubFileEntry[] | undefined> {
    const { listFiles } = await import('@huggingface/hub');
    const files: HubFileEntry[] = [];
    try {
      const path = encodePath(folder);
      for await (const entry of listFiles({ ...this.#call, path, recursive: true, revision: this.commit })) {
        if (entry.type === 'file' && !isHidden(entry, folder)) files.push({ path: entry.path, bytes: entry.size });
      }
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw describeHubFailure(error, this.nameOf(folder), this.#access);
    }
    return files;
  }

  /** Finds one file; undefined when there is none of this path, or a folder. */
  async findFile(path: string): Promise<HubFileEntry | undefined> {
    const { pathsInfo } = await import('@huggingface/hub');
    try {
      const [found] = await pathsInfo({ ...this.#call, paths: [path], revision: this.commit });
      return found?.type === 'file' ? { path: found.path, bytes: found.size } : undefined;
    } catch (error) {
      throw describeHubFailure(error, this.nameOf(path), this.#access);
    }
  }

  /** The bytes of a file, read over the network where and when they are wanted, until the signal fires. */
  bytesOf(entry: HubFileEntry, signal?: AbortSignal): StoredBytes {
    const { path, bytes } = entry;
    const slice = (start: number, end = bytes) => this.#read(entry, { start, end: Math.min(end, bytes), signal });
    return {
      name: this.nameOf(path),
      async *open() {
        // The next piece is on its way while one is worked on.
        let coming = slice(0, pieceBytes);
        for (let start = 0; start < bytes; start += pieceBytes) {
          const piece = await coming;
          coming = slice(start + pieceBytes, start + 2 * pieceBytes);
          coming.catch(() => {});
          yield new Uint8Array(piece);
        }
      },
      openRanges: async (): Promise<ByteRanges> => ({
        byteLength: bytes,
        slice,
        [Symbol.asyncDispose]: () => Promise.resolve(),
      }),
    };
  }

  async readText(entry: HubFileEntry): Promise<string> {
    return new TextDecoder().decode(await this.#read(entry, { start: 0, end: entry.bytes }));
  }

  async #read({ path, bytes: size }: HubFileEntry, { start, end, signal }: Range): Promise<ArrayBuffer> {
    const length = Math.max(0, end - start);
    const { downloadFile } = await import('@huggingface/hub');
    const { repo, hubUrl } = this.#call;
    const url = `${hubUrl}/datasets/${repo.name}/resolve/${this.commit}/${encodePath(path)}`;
    const bytes = new Uint8Array(length);
    try {
      const fetch: HubCall['fetch'] = (input, init) => this.#call.fetch(input, { ...init, signal: signal ?? null });
      const downloadInfo = { size, etag: '', url };
      const blob = await downloadFile({ ...this.#call, fetch, path, xet: false, downloadInfo });
      for (let at = 0; at < length; at += pieceBytes) {
        const until = Math.min(length, at + pieceBytes);
        const piece = await (blob as Blob).slice(start + at, start + until).arrayBuffer();
        if (piece.byteLength !== until - at) throw new Error(`gave ${piece.byteLength} bytes for ${until - at}`);
        bytes.set(new Uint8Array(piece), at);
      }
    } catch (error) {
      signal?.throwIfAborted();
      throw describeHubFailure(error, this.nameOf(path), this.#access);
    }
    return bytes.buffer;
  }
}

/** A part of a file, and what ends the reading of it. */
interface Range {
  readonly start: number;
  readonly end: number;
  readonly signal?: AbortSignal | undefined;
}

/** A file of a dataset. */
export interface HubFileEntry {
  readonly path: string;
  readonly bytes: number;
}

function isHidden({ path }: ListFileEntry, folder: string): boolean {
  return path
    .slice(folder.length)
    .split('/')
    .some((part) => part.startsWith('.'));
}

function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
