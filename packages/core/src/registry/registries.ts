import type { BlockClass } from '../block/any-block.js';
import type { DataBuilderClass, TaskClass } from '../builder/data-builder.js';
import { Registry } from './registry.js';

/** A class that a store, loader or formatter is made from: all plug-ins have the same constructor. */
export type PluginClass = new (config: never, services: never) => object;

export const dataBuilders = new Registry<DataBuilderClass>('data builder');
export const blocks = new Registry<BlockClass>('block');
export const tasks = new Registry<TaskClass>('task');
export const datastores = new Registry<PluginClass>('datastore');
export const dataloaders = new Registry<PluginClass>('dataloader');
export const formatters = new Registry<PluginClass>('formatter');

/** Registers a data builder under the name that task files use. */
export const registerDataBuilder = decoratorFor(dataBuilders);
/** Registers a block under the name that `type:` uses. */
export const registerBlock = decoratorFor(blocks);
/** Registers a task class under a name. */
export const registerTask = decoratorFor(tasks);
/** Registers a datastore under the name that `type:` uses. */
export const registerDatastore = decoratorFor(datastores);
/** Registers a dataloader under the name that `type:` uses. */
export const registerDataloader = decoratorFor(dataloaders);
/** Registers a formatter under the name that `type:` uses. */
export const registerFormatter = decoratorFor(formatters);

/** A class decorator that works with TypeScript's own and with standard decorator semantics: it returns nothing. */
function decoratorFor<T>(registry: Registry<T>) {
  return (...names: readonly string[]) => {
    const origin = findCaller();
    return (target: T): void => {
      for (const name of names) registry.add(name, target, origin);
    };
  };
}

function findCaller(): string {
  const line = new Error().stack?.split('\n')[3] ?? '';
  return /\(?((?:file:\/\/)?\/[^)]+?):\d+\)?$/.exec(line)?.[1]?.replace('file://', '') ?? 'an unknown place';
}
