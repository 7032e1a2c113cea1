import { ConfigError, type Json, type StoreServices } from '@dgt/core';
import { fileBytes, type StoredBytes } from '../files/byte-source.js';
import type { FolderSearch } from '../files/dataset-folder.js';
import { expandVariables } from '../files/expand-variables.js';
import { formatOf, type FileFormat } from '../files/file-format.js';
import { findFiles } from '../files/find-files.js';
import type { HubDataset } from '../hub/hub-dataset.js';
import { isHubPath, parseHubPath, showHubPath } from '../hub/hub-path.js';

/** A file whose rows are read, of this machine or of a hub. */
export interface InputFile {
  /** What errors and people call it. */
  readonly name: string;
  /** Opens it; what is read over a network ends when the signal fires. */
  readonly open: (signal?: AbortSignal) => StoredBytes;
  readonly format: FileFormat;
  /** Changes when the rows may have changed. */
  readonly mark: Json;
  readonly isRemote: boolean;
}

/** Finds the files that paths name, here and on hubs. */
export class InputFinder {
  readonly #services: StoreServices;
  /** As they were when first asked for, so that one run reads one commit. */
  readonly #datasets = new Map<string, Promise<HubDataset>>();

  constructor(services: StoreServices) {
    this.#services = services;
  }

  /**
   * The files in the order in which they are read, each once.
   *
   * @throws {@link ConfigError} DGT_DATA_MISSING, DGT_FILE_UNREADABLE, DGT_ENV_MISSING, DGT_HUB_REFUSED; {@link RunError}
   *   DGT_HUB_UNAVAILABLE
   */
  async find(paths: readonly string[], search: FolderSearch): Promise<readonly InputFile[]> {
    const inputs = new Map<string, InputFile>();
    for (const path of paths) {
      const found = isHubPath(path) ? await this.#findOnHub(path, search) : await this.#findHere(path, search);
      for (const input of found) if (!inputs.has(input.name)) inputs.set(input.name, input);
    }
    return [...inputs.values()];
  }

  async #findHere(path: string, search: FolderSearch): Promise<readonly InputFile[]> {
    const { baseFolder, environment } = this.#services;
    const files = await findFiles({ ...search, paths: [path], baseFolder, environment });
    return files.map(({ file, name, format, bytes, modifiedMs }) => ({
      name,
      open: () => fileBytes(file, name),
      format,
      mark: [name, bytes, modifiedMs],
      isRemote: false,
    }));
  }

  async #findOnHub(written: string, search: FolderSearch): Promise<readonly InputFile[]> {
    const { environment } = this.#services;
    const place = parseHubPath(expandVariables(written, { where: search.where, environment }));
    if (place === undefined) {
      const reason = 'a path of a hub is hf://datasets/owner/name, then @revision and /path where they are wanted';
      throw new ConfigError('DGT_FILE_UNREADABLE', { file: written, reason });
    }
    const { HubDataset } = await import('../hub/hub-dataset.js');
    const { findHubFiles } = await import('../hub/find-hub-files.js');
    const key = showHubPath(place);
    const opening = this.#datasets.get(key) ?? HubDataset.open(place, this.#services);
    this.#datasets.set(key, opening);
    const dataset = await opening;
    const files = await findHubFiles(dataset, place.path, search);
    return files.map((file) => ({
      name: dataset.nameOf(file.path),
      open: (signal) => dataset.bytesOf(file, signal),
      format: formatOf(file.path) as FileFormat,
      mark: [dataset.nameOf(file.path), dataset.commit],
      isRemote: true,
    }));
  }
}
