import {
  ConfigError,
  datastores,
  type Dataloader,
  type Datastore,
  type Json,
  type Row,
  type StoreServices,
  type Task,
  type TObject,
} from '@dgt/core';
import { pathToFileURL } from 'node:url';
import type { PlannedPlugIn, PlannedTask } from '../config/planned.js';
import type { InputSource } from '../transformation/input-source.js';
import { fitRow } from './fit-row.js';
import type { RunServices } from './run-services.js';

/** The services of the datastores, dataloaders and formatters of a run. */
export function createStoreServices(
  { log, clock, workingFolder, keepSecret }: Pick<RunServices, 'log' | 'clock' | 'workingFolder' | 'keepSecret'>,
  environment: StoreServices['environment'],
): StoreServices {
  const services: StoreServices = {
    log,
    clock,
    baseFolder: workingFolder,
    environment,
    input: process.stdin,
    keepSecret,
    // Through the hooks that are there for authors' modules, so TypeScript too.
    importModule: (file) => import(pathToFileURL(file).href) as Promise<Record<string, unknown>>,
    createDatastore: async (config) => {
      const storeClass = await datastores.load(config.type);
      return new storeClass(config as never, services);
    },
  };
  return services;
}

/** The seeds of a task: those that stand in its file, then those of its datastore. */
export async function readSeeds(planned: PlannedTask, task: Task, services: StoreServices): Promise<readonly Row[]> {
  const { seeds, seedSource, dataloader, settings } = planned;
  if (seedSource === undefined) return seeds;
  const { randomSeed } = settings;
  const source = openSource(seedSource, dataloader, { services, schema: task.input.schema, randomSeed });
  const rows: Row[] = [...seeds];
  for await (const row of source.read()) rows.push(row);
  return rows;
}

/** The rows of a transformation; undefined when the task names none. */
export function openInput(planned: PlannedTask, task: Task, services: StoreServices): InputSource | undefined {
  const { input, inputSource, dataloader, settings } = planned;
  if (inputSource === undefined) return input;
  const { randomSeed } = settings;
  return openSource(inputSource, dataloader, { services, schema: task.input.schema, randomSeed });
}

/** Makes a plug-in of a task. */
export function makePlugIn<T>(
  { class: plugInClass, config }: { class: new (config: never, services: StoreServices) => T; config: object },
  services: StoreServices,
): T {
  return new plugInClass(config as never, services);
}

function openSource(
  planned: NonNullable<PlannedTask['inputSource']>,
  loading: PlannedTask['dataloader'],
  { services, schema, randomSeed }: { services: StoreServices; schema: TObject; randomSeed: number },
): InputSource {
  const store = makePlugIn<Datastore>(planned, services);
  const loader = loading && makeLoader(loading, services);
  return {
    async *read(options) {
      const source = { read: (how?: object) => requireRead(store, planned).call(store, how) };
      const rows = loader === undefined ? source.read(options) : loader.load(source, { ...options, randomSeed });
      for await (const row of rows) yield fitRow(row, schema);
    },
    async fingerprint() {
      const content = await store.fingerprint?.();
      if (content === undefined) return undefined;
      return { content, dataloader: (loading?.config ?? null) as Json, random_seed: randomSeed };
    },
    // A loader may leave rows out.
    count: async () => (loader === undefined ? store.count?.() : undefined),
  };
}

/** The engine goes through seeds again and again, and through the rows of a transformation once, whatever the loader is told. */
function makeLoader(planned: NonNullable<PlannedTask['dataloader']>, services: StoreServices): Dataloader {
  const { loop_over: _loops, ...config } = planned.config;
  return makePlugIn<Dataloader>({ class: planned.class, config }, services);
}

function requireRead(store: Datastore, { type }: PlannedPlugIn<unknown>): NonNullable<Datastore['read']> {
  if (store.read !== undefined) return store.read;
  throw new ConfigError('DGT_STORE_READ', { type });
}
