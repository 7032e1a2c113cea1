import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { backoffMs, ConfigError, type ComposePage, type FrontPage, type StoreServices } from '@dgt/core';
import { HubDataset, openHubCall, type HubCall } from './hub-dataset.js';
import { describeHubFailure, statusOf } from './hub-error.js';
import { hubBackoff, HubSilence, hubTries } from './hub-fetch.js';
import { showHubPath, type HubPath } from './hub-path.js';
import type { HubAccess } from './hub-credentials.js';

/** How long an upload is begun again, beside the waiting of each of its requests. @unit milliseconds */
const patienceMs = 300_000;

/** The page that a hub shows of a dataset. */
const pageName = 'README.md';

/** A dataset of a hub that files are uploaded to. */
export class HubUploads {
  readonly #place: Omit<HubPath, 'path'>;
  readonly #services: StoreServices;
  readonly #isPrivate: boolean;
  #opening: Promise<{ access: HubAccess; call: HubCall }> | undefined;

  /** @param options.isPrivate whether the dataset is to be private, where this makes it. */
  constructor(place: Omit<HubPath, 'path'>, services: StoreServices, options: { readonly isPrivate: boolean }) {
    this.#place = place;
    this.#services = services;
    this.#isPrivate = options.isPrivate;
  }

  /**
   * Uploads a file in a commit of its own, unless the dataset holds it already. Makes the dataset when there is none.
   *
   * @throws {@link ConfigError} DGT_HUB_REFUSED, DGT_FILE_UNREADABLE; {@link RunError} DGT_HUB_UNAVAILABLE
   */
  async upload(file: string, path: string): Promise<void> {
    await this.#insist(path, async (call) => {
      if (await this.#holds(call, path, file)) return;
      await this.#commit(call, { path, content: pathToFileURL(file) });
    });
  }

  /**
   * Writes the front page in a commit that follows upon what the page was composed after: when another writer was first, it is
   * composed again. Makes the dataset when there is none.
   *
   * @param folder whose files the page is told of.
   * @throws {@link ConfigError} DGT_HUB_REFUSED; {@link RunError} DGT_HUB_UNAVAILABLE
   */
  rewritePage(
    folder: string,
    compose: ComposePage,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): ReturnType<FrontPage['rewrite']> {
    const rewrite = async () => {
      const there = await HubDataset.open(this.#place, this.#services, { signal });
      const { call } = await openHubCall(this.#place.repository, this.#services, signal);
      const entry = await there.findFile(pageName);
      const page = entry && (await there.readText(entry));
      const files = ((await there.listFiles(folder)) ?? []).map(({ path }) => path);
      const text = compose({ page, files });
      if (text === undefined) return 'left';
      if (text === page) return 'unchanged';
      await this.#commit(call, { path: pageName, content: new Blob([text]), parentCommit: there.commit });
      return 'written';
    };
    return this.#insist(pageName, rewrite, signal);
  }

  /** Does something again that another writer or a lost answer may have spoilt. */
  async #insist<T>(path: string, act: (call: HubCall) => Promise<T>, signal?: AbortSignal): Promise<T> {
    this.#opening ??= this.#open();
    this.#opening.catch(() => (this.#opening = undefined));
    const { access, call } = await orAborted(this.#opening, signal);
    const { clock } = this.#services;
    const begunAt = clock.now();
    for (let tries = 1; ; tries++) {
      try {
        return await act(call);
      } catch (error) {
        signal?.throwIfAborted();
        // Whether a commit failed whose answer is lost is seen when what is there is looked at again.
        const isOver = tries >= hubTries || clock.now() - begunAt > patienceMs;
        if (isOver || !mayPass(error)) throw describeHubFailure(error, this.#nameOf(path), access);
      }
      await clock.sleep(backoffMs(tries - 1, hubBackoff), signal);
    }
  }

  async #open(): Promise<{ access: HubAccess; call: HubCall }> {
    const { repository } = this.#place;
    const opened = await openHubCall(repository, this.#services);
    const { access, call } = opened;
    if (call.accessToken === undefined) {
      const reason = 'HF_TOKEN is not set, nor a token saved; uploading needs one that may write';
      throw new ConfigError('DGT_HUB_REFUSED', { what: this.#nameOf(), endpoint: access.endpoint, reason });
    }
    const { createRepo, datasetInfo } = await import('@huggingface/hub');
    try {
      await datasetInfo({ ...call, name: repository });
    } catch (error) {
      if (statusOf(error) !== 404) throw describeHubFailure(error, this.#nameOf(), access);
      const visibility = this.#isPrivate ? 'private' : 'public';
      await createRepo({ ...call, accessToken: call.accessToken, visibility }).catch((refusal: unknown) => {
        // Another process was first.
        if (statusOf(refusal) !== 409) throw describeHubFailure(refusal, this.#nameOf(), access);
      });
    }
    return opened;
  }

  /** Whether the dataset has the file at this path, with the same content. */
  async #holds(call: HubCall, path: string, file: string): Promise<boolean> {
    const { pathsInfo } = await import('@huggingface/hub');
    const [found] = await pathsInfo({ ...call, paths: [path], revision: this.#branch });
    const { size } = await stat(file);
    if (found === undefined || found.size !== size) return false;
    if (found.lfs !== undefined) return found.lfs.oid === (await hashFile('sha256', file));
    return found.oid === (await hashFile('sha1', file, `blob ${size}\0`));
  }

  async #commit(
    call: HubCall,
    { path, content, parentCommit }: { path: string; content: URL | Blob; parentCommit?: string },
  ): Promise<void> {
    const { commit } = await import('@huggingface/hub');
    await commit({
      ...call,
      title: `Upload ${path}`,
      branch: this.#branch,
      ...(parentCommit !== undefined && { parentCommit }),
      operations: [{ operation: 'addOrUpdate', path, content }],
      useXet: false,
    });
  }

  get #branch(): string {
    return this.#place.revision ?? 'main';
  }

  #nameOf(path?: string): string {
    return showHubPath(this.#place, path);
  }
}

/** Rejects when the signal fires, whatever becomes of the promise. */
function orAborted<T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (signal === undefined) return promise;
  const aborted = new Promise<never>((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  return Promise.race([promise, aborted]);
}

/** Whether another commit came between, or what happened is not known. */
function mayPass(error: unknown): boolean {
  const status = statusOf(error);
  return error instanceof HubSilence || status === 412 || (status !== undefined && status >= 500);
}

async function hashFile(algorithm: string, file: string, before = ''): Promise<string> {
  const hash = createHash(algorithm).update(before);
  for await (const chunk of createReadStream(file)) hash.update(chunk as Uint8Array);
  return hash.digest('hex');
}
