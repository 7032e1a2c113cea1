import { pathToFileURL } from 'node:url';
import { datastores, type Clock, type StoreServices } from '@dgt/core';

/** The services of a datastore in a test: nothing of the process, unless it is given. */
export function createTestServices(baseFolder: string, more: Partial<StoreServices> = {}): StoreServices {
  const services: StoreServices = {
    log: { write: () => {} },
    clock: new NoWaiting(),
    baseFolder,
    environment: {},
    input: (async function* () {})(),
    keepSecret: () => {},
    importModule: (file) => import(pathToFileURL(file).href) as Promise<Record<string, unknown>>,
    createDatastore: async (config) => {
      const storeClass = await datastores.load(config.type);
      return new storeClass(config as never, services);
    },
    ...more,
  };
  return services;
}

/** A clock that jumps to the end of each sleep, and keeps them. */
export class NoWaiting implements Clock {
  readonly sleeps: number[] = [];

  now(): number {
    return this.sleeps.reduce((sum, slept) => sum + slept, 0);
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.sleeps.push(milliseconds);
    return Promise.resolve();
  }
}
