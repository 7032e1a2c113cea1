import {
  Datastore,
  registerDatastore,
  Type,
  type DatastoreConfig,
  type FrontPage,
  type Json,
  type ReadOptions,
  type Row,
  type Rows,
  type WriteTarget,
  type WrittenRows,
} from '@dgt/core';
import { writeTogether } from './write-together.js';

const target = Type.Unsafe<DatastoreConfig>(
  Type.Object({ type: Type.String({ minLength: 1 }) }, { additionalProperties: true }),
);

const config = {
  /** Read from, and written to. */
  primary: target,
  /** Written to as well. */
  additional: Type.Optional(Type.Array(target)),
};

/**
 * Writes the same rows to several datastores and reads from the first. A target that fails is an error, and then no target
 * that has not finished yet keeps its rows.
 */
@registerDatastore('multi_target')
export class MultiTargetDatastore extends Datastore.of({ config }) {
  #targets: Promise<readonly Datastore[]> | undefined;

  override async *read(options?: ReadOptions): AsyncGenerator<Row> {
    const primary = await this.#primary();
    if (primary.read === undefined)
      throw this.configError(`primary: "${this.config.primary.type}" cannot be read from`);
    yield* primary.read(options);
  }

  override async fingerprint(): Promise<Json | undefined> {
    return (await this.#primary()).fingerprint?.();
  }

  override async count(): Promise<number | undefined> {
    return (await this.#primary()).count?.();
  }

  override async write(rows: Rows<Row>, writeTarget: WriteTarget): Promise<WrittenRows> {
    const targets = await this.#open();
    const types = this.#configs.map(({ type }) => type);
    const unwritable = targets.findIndex((target) => target.write === undefined);
    if (unwritable >= 0) throw this.configError(`"${types[unwritable]}" cannot be written to`);
    const results = await writeTogether(
      rows,
      targets.map(
        (target) => (copy) => (target.write as NonNullable<Datastore['write']>).call(target, copy, writeTarget),
      ),
    );
    return { places: results.flatMap(({ places }) => places), rowCount: results[0]?.rowCount ?? 0 };
  }

  override async frontPages(): Promise<readonly FrontPage[]> {
    const pages = await Promise.all((await this.#open()).map((target) => target.frontPages?.() ?? []));
    return pages.flat();
  }

  get #configs(): readonly DatastoreConfig[] {
    return [this.config.primary, ...(this.config.additional ?? [])];
  }

  async #primary(): Promise<Datastore> {
    return (await this.#open())[0] as Datastore;
  }

  #open(): Promise<readonly Datastore[]> {
    this.#targets ??= Promise.all(this.#configs.map((config) => this.services.createDatastore(config)));
    return this.#targets;
  }
}
