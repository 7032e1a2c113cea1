import { join } from 'node:path';
import {
  Datastore,
  DgtError,
  registerDatastore,
  RunError,
  Type,
  type FrontPage,
  type Row,
  type Rows,
  type WriteTarget,
  type WrittenRows,
} from '@dgt/core';
import { reasonOf } from '../files/data-error.js';
import { expandVariables } from '../files/expand-variables.js';
import { defaultReadOptions } from '../files/read-options.js';
import { writeRows } from '../files/write-rows.js';
import { parseHubPath, showHubPath, type HubPath } from '../hub/hub-path.js';
import type { HubUploads } from '../hub/hub-upload.js';

const config = {
  /** The dataset, and the folder in it: `hf://datasets/owner/name/data`. */
  path: Type.String({ minLength: 1 }),
  /** The split that the rows are called after. */
  data_split: Type.Optional(Type.String({ pattern: '^\\w+(?:\\.\\w+)*$', default: 'train' })),
  /** Whether a dataset that is not there yet becomes private. */
  private: Type.Optional(Type.Boolean({ default: true })),
};

/** Writes rows as parquet into the output folder and uploads each file to a dataset of a hub. */
@registerDatastore('hub')
export class HubDatastore extends Datastore.of({ config }) {
  readonly #place: HubPath;
  #uploads: Promise<HubUploads> | undefined;

  constructor(...parameters: ConstructorParameters<ReturnType<typeof Datastore.of<typeof config>>>) {
    super(...parameters);
    const { environment } = this.services;
    const place = parseHubPath(expandVariables(this.config.path, { where: 'datastore "hub"', environment }));
    if (place === undefined) throw this.configError(`path: "${this.config.path}" is not hf://datasets/owner/name`);
    this.#place = place;
  }

  override async write(rows: Rows<Row>, { folder, name, schema, signal }: WriteTarget): Promise<WrittenRows> {
    const file = join(folder, `${name}.parquet`);
    const { csv } = defaultReadOptions();
    const rowCount = await writeRows(rows, { file, format: 'parquet', schema, csv, signal });
    const path = this.#pathOf(name);
    const place = showHubPath(this.#place, path);
    try {
      await (await this.#open()).upload(file, path);
    } catch (error) {
      const reason = DgtError.isInstance(error) ? `${error.message}. ${error.remedy}` : reasonOf(error);
      throw new RunError('DGT_HUB_UPLOAD', { file, place, reason }, { cause: error });
    }
    return { places: [file, place], rowCount };
  }

  override async frontPages(): Promise<readonly FrontPage[]> {
    const { repository, revision, path } = this.#place;
    const uploads = await this.#open();
    return [
      {
        dataset: repository,
        revision,
        folder: path,
        split: this.config.data_split ?? 'train',
        pathOf: (name) => this.#pathOf(name),
        rewrite: (compose, options) => uploads.rewritePage(path, compose, options),
      },
    ];
  }

  #pathOf(name: string): string {
    return [this.#place.path, this.#remoteName(name)].filter((part) => part !== '').join('/');
  }

  /** What the viewer of a hub takes for a split, or a part of one whose count is not known yet. */
  #remoteName(name: string): string {
    const { data_split = 'train' } = this.config;
    const [, chunk] = /^final_data-(\d+)$/.exec(name) ?? [];
    if (chunk !== undefined) return `${data_split}-${chunk}.parquet`;
    return name === 'final_data' ? `${data_split}-00000-of-00001.parquet` : `${name}.parquet`;
  }

  #open(): Promise<HubUploads> {
    this.#uploads ??= import('../hub/hub-upload.js').then(
      ({ HubUploads }) => new HubUploads(this.#place, this.services, { isPrivate: this.config.private !== false }),
    );
    return this.#uploads;
  }
}
