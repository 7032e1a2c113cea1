import {
  ConfigError,
  DgtError,
  PluginError,
  Type,
  type Datastore,
  type Formatter,
  type Json,
  type Row,
  type StoreServices,
} from '@dgt/core';
import { join } from 'node:path';
import type { PlannedPlugIn, PlannedTask } from '../config/planned.js';
import type { OutputFiles } from '../output/output-files.js';
import { createFileSink, type Sink } from '../output/sink.js';
import { describeThrown } from './describe-exception.js';
import { makePlugIn } from './open-stores.js';

/** Where the rows of a dataset go when a run ends. */
export interface Sinks {
  readonly final: Sink;
  /** Undefined for a task without a formatter. */
  readonly formatted: Sink | undefined;
  /** Instead of `final`: a file for each chunk of the input, by its number from 0. */
  readonly openChunk: ((number: number, folder: string) => Sink) | undefined;
}

/** Opens the sinks of a task: files of its output folder, unless it names datastores. */
export function openSinks(planned: PlannedTask, files: OutputFiles, services: StoreServices): Sinks {
  const { sinks, formatter, settings, builder } = planned;
  const { properties } = new builder.class.task(planned.spec as never).output.schema;
  const fields = { task_name: Type.String(), is_seed: Type.Boolean(), ...properties };
  // Beside what a transformation makes travel columns of its input.
  const schema = Type.Object(fields, { additionalProperties: builder.class.kind === 'transformation' });
  const rows = sinks.final ?? sinks.data;
  const final = openSink('final_data', rows, { files, services, schema });
  const isWanted = formatter !== undefined && settings.saveFormattedOutput !== false;
  const openChunk = (number: number, folder: string) => {
    const name = `final_data-${String(number).padStart(5, '0')}`;
    const chunk = { ...files, folder, finalData: join(folder, `${name}.jsonl`) };
    return openSink(name, rows, { files: chunk, services, schema });
  };
  return {
    final,
    formatted: isWanted ? openFormatted(planned, formatter, { files, services }) : undefined,
    openChunk: settings.recordsPerChunk === undefined ? undefined : openChunk,
  };
}

function openFormatted(
  { sinks, builder }: PlannedTask,
  planned: PlannedPlugIn<new (config: never, services: StoreServices) => Formatter>,
  place: { files: OutputFiles; services: StoreServices },
): Sink {
  const formatter = makePlugIn<Formatter>(planned, place.services);
  const sink = openSink('formatted_data', sinks.formatted ?? sinks.data, place);
  return {
    ...sink,
    definition: { formatter: planned.config as Json, sink: sink.definition },
    write: (rows) => sink.write(formatRows(rows, formatter, { type: planned.type, folder: builder.folder })),
  };
}

function* formatRows(
  rows: Iterable<Row>,
  formatter: Formatter,
  place: { readonly type: string; readonly folder: string },
): Generator<Row> {
  let index = 0;
  // A line of text is as good a line of JSON as a record.
  for (const row of rows) yield formatRow(row, index++, formatter, place) as unknown as Row;
}

function formatRow(
  row: Row,
  index: number,
  formatter: Formatter,
  { type, folder }: { readonly type: string; readonly folder: string },
): Json {
  try {
    return formatter.format(row, index);
  } catch (error) {
    if (DgtError.isInstance(error)) throw error;
    const details = { type, row: index + 1, ...describeThrown(error, folder) };
    throw new PluginError('DGT_FORMATTER_THREW', details, { cause: error });
  }
}

function openSink(
  name: string,
  planned: PlannedPlugIn<new (config: never, services: StoreServices) => Datastore> | undefined,
  { files, services, schema }: { files: OutputFiles; services: StoreServices; schema?: ReturnType<typeof Type.Object> },
): Sink {
  const file = name === 'formatted_data' ? files.formattedData : files.finalData;
  if (planned === undefined) return createFileSink(name, file);
  const store = makePlugIn<Datastore>(planned, services);
  const { write } = store;
  if (write === undefined) throw new ConfigError('DGT_STORE_WRITE', { type: planned.type });
  return {
    name,
    definition: planned.config as Json,
    file,
    frontPages: async () => store.frontPages?.() ?? [],
    write: async (rows) => (await write.call(store, rows, { folder: files.folder, name, schema })).places,
  };
}
