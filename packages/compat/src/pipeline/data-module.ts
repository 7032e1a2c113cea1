import { ConfigError, createScriptStoreServices, type Row } from '@dgt/core';
import { DefaultDatastore, readGivenRows } from '@dgt/stores/datastores';
import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { ExtractFunction } from './extraction.js';
import type { PipelineHost } from './pipeline-host.js';

/** The names of a function that makes structured data of a response. */
const parseNames = ['parse_response', 'parseResponse'];

/** The rows that a file gives, and the function beside them. */
export interface DataSource {
  readonly rows: AsyncIterable<Row>;
  readonly parseResponse: ExtractFunction | undefined;
}

/**
 * Opens what `--data` names: a TypeScript or JavaScript module with a function that gives the rows, or a file of rows.
 *
 * @throws {@link ConfigError} DGT_OPTION_INVALID, DGT_FILE_UNREADABLE; {@link PluginError} DGT_PLUG_IN_LOAD
 */
export async function openData(path: string, host: PipelineHost): Promise<DataSource> {
  if (path.endsWith('.py')) {
    const expected = 'a module in TypeScript or JavaScript, or a file of rows (jsonl, json, csv, parquet)';
    throw new ConfigError('DGT_OPTION_INVALID', { option: '--data', expected, value: path });
  }
  if (!isModule(path)) {
    const services = { ...createScriptStoreServices(), baseFolder: host.workingFolder };
    return { rows: new DefaultDatastore({ data_path: path }, services).read(), parseResponse: undefined };
  }
  const functions = await importFunctions(path, { option: '--data', host });
  const parseResponse = parseNames.map((name) => functions.get(name)).find(Boolean) as ExtractFunction | undefined;
  for (const name of parseNames) functions.delete(name);
  const [only, ...others] = functions.keys();
  const name = functions.has('default') || others.length > 0 ? 'default' : only;
  const give = name === undefined ? undefined : functions.get(name);
  if (give === undefined) {
    const found = [...functions.keys()].join(', ') || 'none';
    const expected = 'a module whose default export, or only function beside parse_response, gives the rows';
    throw new ConfigError('DGT_OPTION_INVALID', { option: '--data', expected, value: `${path} with ${found}` });
  }
  return { rows: readGivenRows(() => give(), { name: `${basename(path)}: ${name}` }), parseResponse };
}

/**
 * The function of `--parse`: the default export of a module, or the one called `parse_response`, or its only one.
 *
 * @throws {@link ConfigError} DGT_OPTION_INVALID, DGT_FILE_UNREADABLE; {@link PluginError} DGT_PLUG_IN_LOAD
 */
export async function openParser(path: string, host: PipelineHost): Promise<ExtractFunction> {
  const functions = await importFunctions(path, { option: '--parse', host });
  const [only, ...others] = functions.values();
  const named = [...parseNames, 'default'].map((name) => functions.get(name)).find(Boolean);
  const parse = named ?? (others.length === 0 ? only : undefined);
  if (parse !== undefined) return parse as ExtractFunction;
  const found = [...functions.keys()].join(', ') || 'none';
  const expected = 'a module with a function called parse_response';
  throw new ConfigError('DGT_OPTION_INVALID', { option: '--parse', expected, value: `${path} with ${found}` });
}

type AnyFunction = (...values: unknown[]) => unknown;

async function importFunctions(
  path: string,
  { option, host }: { readonly option: string; readonly host: PipelineHost },
): Promise<Map<string, AnyFunction>> {
  if (!existsSync(resolve(host.workingFolder, path)))
    throw new ConfigError('DGT_FILE_UNREADABLE', { file: path, reason: `${option}: no such file` });
  const functions = Object.entries(await host.importModule(path)).filter(([, value]) => typeof value === 'function');
  return new Map(functions as [string, AnyFunction][]);
}

function isModule(path: string): boolean {
  return /\.[cm]?[jt]s$/i.test(path);
}
