import type { BlockClass } from '../block/any-block.js';
import type { DataBuilderClass, TaskClass, TaskShape } from '../builder/data-builder.js';
import type { DataloaderClass } from '../data/dataloader.js';
import type { DatastoreClass } from '../data/datastore.js';
import type { FormatterClass } from '../data/formatter.js';
import { findCaller } from './find-caller.js';
import { Registry } from './registry.js';

/** Data builders by the name that `data_builder:` of a task file uses. */
export const dataBuilders = new Registry<DataBuilderClass>('data builder');
/** Blocks by the name that `type:` of a builder file uses. */
export const blocks = new Registry<BlockClass>('block');
/** Task classes by name. */
export const tasks = new Registry<TaskClass>('task');
/** Datastores by the name that `type:` uses. */
export const datastores = new Registry<DatastoreClass>('datastore');
/** Dataloaders by the name that `type:` uses. */
export const dataloaders = new Registry<DataloaderClass>('dataloader');
/** Formatters by the name that `type:` uses. */
export const formatters = new Registry<FormatterClass>('formatter');

/** Registers a data builder under the name that task files use. */
export const registerDataBuilder = decoratorFor(dataBuilders);
/** Registers a block under the name that `type:` uses. */
export const registerBlock = decoratorFor(blocks);
/** Registers a task class under a name. */
export const registerTask = decoratorFor<TaskClass, new (spec: never) => TaskShape>(tasks);
/** Registers a datastore under the name that `type:` uses. */
export const registerDatastore = decoratorFor(datastores);
/** Registers a dataloader under the name that `type:` uses. */
export const registerDataloader = decoratorFor(dataloaders);
/** Registers a formatter under the name that `type:` uses. */
export const registerFormatter = decoratorFor(formatters);

/** A class decorator that works with TypeScript's own and with standard decorator semantics: it returns nothing. */
function decoratorFor<T, Declared = T>(registry: Registry<T>) {
  return function register(...names: readonly string[]) {
    const origin = findCaller(register);
    return (target: Declared): void => {
      for (const name of names) registry.add(name, target as unknown as T, origin);
    };
  };
}
