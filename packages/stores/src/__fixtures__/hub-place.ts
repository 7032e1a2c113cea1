import { readFileSync } from 'node:fs';
import { Type, type Datastore, type Row, type StoreServices } from '@dgt/core';
import { DefaultDatastore, HubDatastore } from '../datastores/index.js';
import { writeParquet } from '../files/parquet-writer.js';
import { StandInHub } from './stand-in-hub.js';
import { createTestServices, NoWaiting } from './store-services.js';
import { collect, TemporaryFolder } from './temporary-folder.js';

/** A hub, and a folder on this side. */
export class HubPlace implements AsyncDisposable {
  readonly folder = new TemporaryFolder();
  readonly clock = new NoWaiting();
  readonly secrets: string[] = [];
  readonly hub: StandInHub;

  private constructor(hub: StandInHub) {
    this.hub = hub;
  }

  static async open(): Promise<HubPlace> {
    return new HubPlace(await StandInHub.start());
  }

  /** A source whose environment has nothing of the person who runs the tests. */
  source(config: object, environment: Record<string, string> = this.hub.environment): DefaultDatastore {
    return new DefaultDatastore(config, this.#services(environment));
  }

  target(config: object, environment: Record<string, string> = this.hub.environment): HubDatastore {
    return new HubDatastore(config, this.#services(environment));
  }

  read(config: object, skip = 0): Promise<Row[]> {
    return collect(this.source(config).read({ skip }));
  }

  /** Writes numbered rows, as a run does at its end or for a chunk. */
  write(store: Datastore, rows: readonly Row[], name = 'final_data') {
    const write = store.write as NonNullable<Datastore['write']>;
    return write.call(store, rows, { folder: this.folder.path, name, schema: numbered });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.folder[Symbol.dispose]();
    await this.hub[Symbol.asyncDispose]();
  }

  #services(environment: Record<string, string>): StoreServices {
    const { clock, secrets, folder } = this;
    const keepSecret = (secret: string) => void secrets.push(secret);
    const own = { HOME: folder.path, HF_ENDPOINT: this.hub.endpoint, ...environment };
    return createTestServices(folder.path, { clock, environment: own, keepSecret });
  }
}

const numbered = Type.Object({ id: Type.Integer() });

/** Rows that are numbered from one on. */
export function numberRows(from: number, count: number): Row[] {
  return Array.from({ length: count }, (_, index) => ({ id: from + index }));
}

/** Numbered rows as the bytes of a parquet file. */
export async function toParquet(rows: readonly Row[]): Promise<Buffer> {
  using folder = new TemporaryFolder();
  await writeParquet(rows, numbered, folder.at('rows.parquet'));
  return readFileSync(folder.at('rows.parquet'));
}

/** Rows as JSON lines. */
export function toLines(rows: readonly object[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}
