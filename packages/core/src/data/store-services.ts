import { pathToFileURL } from 'node:url';
import { systemClock, type Clock } from '../clock.js';
import { consoleLog, type Log } from '../log.js';
import { datastores } from '../registry/registries.js';
import type { Datastore } from './datastore.js';

/** The entry of a datastore in YAML: its type and what the type takes. */
export interface DatastoreConfig {
  readonly type: string;
  readonly [option: string]: unknown;
}

/** What dgt hands to every datastore, dataloader and formatter beside its configuration. */
export interface StoreServices {
  readonly log: Log;
  readonly clock: Clock;
  /** The folder that relative paths in the configuration start at. */
  readonly baseFolder: string;
  /** Environment variables by name. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What standard input brings. */
  readonly input: AsyncIterable<Uint8Array | string>;
  /** Takes note of a key, so that it appears in no file, log or error. */
  keepSecret(value: string): void;
  /** Imports a module of the user, TypeScript as well, by its absolute path. */
  importModule(file: string): Promise<Readonly<Record<string, unknown>>>;
  /** Makes another datastore, such as one of several targets. */
  createDatastore(config: DatastoreConfig): Promise<Datastore>;
}

/** The services of a datastore that is used alone in a script: the folder and environment of the process. */
export function createScriptStoreServices(): StoreServices {
  const services: StoreServices = {
    log: consoleLog,
    clock: systemClock,
    baseFolder: process.cwd(),
    environment: process.env,
    input: process.stdin,
    keepSecret: () => {},
    importModule: (file) => import(pathToFileURL(file).href) as Promise<Record<string, unknown>>,
    createDatastore: async (config) => {
      const storeClass = await datastores.load(config.type);
      return new storeClass(config as never, services);
    },
  };
  return services;
}
