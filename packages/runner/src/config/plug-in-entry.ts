import { dataloaders, datastores, DgtError, formatters, formatPlace, plugInSchema } from '@dgt/core';
import type { DataloaderClass, DatastoreClass, FormatterClass, Registry } from '@dgt/core';
import { findDGTDifference } from './dgt-differences.js';
import type { PlannedPlugIn, PlannedTask } from './planned.js';
import { findUnsafeTaskName } from './task-name.js';
import { checkAgainstSchema } from './schema-problems.js';
import type { PlainMapping, ReadingContext, YamlDocument } from './yaml-document.js';

/** What a task file says of where its rows come from and go to. */
export type TaskData = Pick<
  PlannedTask,
  'seedSource' | 'inputSource' | 'dataloader' | 'sinks' | 'formatter' | 'storeName'
>;

/** What reading the entries of plug-ins needs to know. */
export interface EntryReading {
  readonly document: YamlDocument;
  readonly context: ReadingContext;
  /** Whether all of the author's modules are loaded: otherwise one of them may be what registers an unknown type. */
  readonly isComplete: boolean;
}

/** Reads the datastores, the dataloader and the formatter that a task file names, and reports what is wrong with them. */
export async function readTaskData(reading: EntryReading): Promise<TaskData> {
  const { document } = reading;
  const datastore = (key: string, leaveOut: readonly string[] = []) =>
    readEntry<DatastoreClass>(key, datastores, { ...reading, leaveOut });
  const inline = Array.isArray(document.value['data']);
  return {
    seedSource: await datastore('seed_datastore'),
    inputSource: inline ? undefined : await datastore('data'),
    dataloader: await readEntry<DataloaderClass>('dataloader', dataloaders, reading),
    sinks: {
      data: await datastore('datastore', ['store_name']),
      final: await datastore('final_datastore'),
      formatted: await datastore('formatted_datastore'),
    },
    formatter: await readEntry<FormatterClass>('formatter', formatters, reading),
    storeName: readStoreName(reading),
  };
}

async function readEntry<C extends DatastoreClass | DataloaderClass | FormatterClass>(
  key: string,
  registry: Registry<C>,
  { document, context: { problems }, isComplete, leaveOut = [] }: EntryReading & { leaveOut?: readonly string[] },
): Promise<PlannedPlugIn<C> | undefined> {
  const written = document.value[key] as PlainMapping | undefined;
  const type = written?.['type'];
  // Another shape has been reported by the schema of the file.
  if (typeof type !== 'string' || type === '') return undefined;
  if (!isComplete && !registry.names().includes(type)) return undefined;
  const config = Object.fromEntries(
    Object.entries(written as PlainMapping).filter(([name]) => !leaveOut.includes(name)),
  );
  let plugIn: C;
  try {
    plugIn = await registry.load(type);
  } catch (error) {
    const place = { ...document.locate([key, 'type']), path: formatPlace([key, 'type']) };
    const difference = findTypeDifference(registry, type);
    if (difference !== undefined) problems.add({ ...place, ...difference, code: 'DGT_CONFIG_INVALID' });
    else if (DgtError.isInstance(error)) problems.addError(error, place);
    else {
      const problem = `${registry.kind} "${type}" cannot be loaded: ${(error as Error).message}`;
      problems.add({ ...place, problem, code: 'DGT_CONFIG_INVALID' });
    }
    return undefined;
  }
  const originOf = (path: readonly (string | number)[]) => ({ document, path: [key, ...path] });
  const judgeUnknownKey = (name: string, path: readonly unknown[]) =>
    (path.length === 0 && registry.kind === 'datastore' && findDGTDifference('datastore key', name)) || 'report';
  if (checkAgainstSchema(plugInSchema(plugIn), config, { problems, originOf, judgeUnknownKey }) === undefined)
    return undefined;
  return { type, class: plugIn, config, place: document.locate([key], 'key') };
}

function findTypeDifference(registry: Registry<unknown>, type: string): { problem: string; hint: string } | undefined {
  const { kind } = registry;
  if (registry.names().includes(type) || (kind !== 'dataloader' && kind !== 'formatter')) return undefined;
  return findDGTDifference(`${kind} type`, type);
}

/** `store_name`, or as in DGT what stands under `datastore`. */
function readStoreName({ document, context: { problems } }: EntryReading): string | undefined {
  const inner = (document.value['datastore'] as PlainMapping | undefined)?.['store_name'];
  const path =
    Object.hasOwn(document.value, 'store_name') || inner === undefined ? ['store_name'] : ['datastore', 'store_name'];
  const name = path.length === 1 ? document.value['store_name'] : inner;
  if (typeof name !== 'string' || name === '') return undefined;
  const reason = findUnsafeTaskName(name);
  if (reason === undefined) return name;
  problems.add({
    ...document.locate(path),
    path: formatPlace(path),
    problem: `${JSON.stringify(name)} cannot be the path of an output folder: ${reason}`,
    hint: 'Use a relative name such as team/topic.',
    code: 'DGT_TASK_NAME_UNSAFE',
  });
  return undefined;
}
