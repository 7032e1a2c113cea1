import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as core from '@dgt/core';
import { dataloaders, datastores, formatters, type DatastoreConfig, type StoreServices } from '@dgt/core';
import { dataloaderManifest, datastoreManifest, formatterManifest } from '@dgt/stores/manifest';
import * as split from '@dgt/stores/split';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { saveDataset } from '../packages/stores/src/__fixtures__/save-dataset.js';
import { StandInHub } from '../packages/stores/src/__fixtures__/stand-in-hub.js';
import { findExamples, readDocument } from './documents.js';

datastores.announce(datastoreManifest);
dataloaders.announce(dataloaderManifest);
formatters.announce(formatterManifest);

const page = readDocument('docs/stores.md');
const examples = findExamples(page);
const folder = mkdtempSync(join(tmpdir(), 'dgt-docs-'));
let hub: StandInHub;

const services: StoreServices = {
  ...core.createScriptStoreServices(),
  baseFolder: folder,
  get environment() {
    return hub.environment;
  },
  importModule: (file) => import(pathToFileURL(file).href) as Promise<Record<string, unknown>>,
  createDatastore: async (config) => makeDatastore(config),
};

async function makeDatastore(config: DatastoreConfig): Promise<core.Datastore> {
  const storeClass = await datastores.load(config.type);
  return new storeClass(config as never, services);
}

interface Entries {
  readonly data?: DatastoreConfig | Record<string, unknown>[];
  readonly dataloader?: { readonly type: string };
  readonly formatter?: { readonly type: string };
  readonly final_datastore?: DatastoreConfig;
}

/** What the rows of the entries of a task file look like to the task, or formatted. */
async function run({ data, dataloader, formatter }: Entries): Promise<unknown[]> {
  const store = await makeDatastore(Array.isArray(data) ? { type: 'default', data } : (data as DatastoreConfig));
  const loaderClass = await dataloaders.load('default');
  const formatterClass = formatter && (await formatters.load(formatter.type));
  const format = formatterClass && new formatterClass(formatter as never, services);
  const results: unknown[] = [];
  for await (const row of new loaderClass((dataloader ?? {}) as never, services).load(store as core.RowSource)) {
    results.push(format === undefined ? row : format.format(row, results.length));
  }
  return results;
}

/** Runs a script whose imports are of dgt, and gives what it prints. */
async function runScript(text: string): Promise<string[]> {
  const lines: string[] = [];
  const names = { ...core, ...split, console: { log: (line: unknown) => lines.push(String(line)) } };
  const body = ts.transpile(text.replaceAll(/^import .*$/gm, ''), {
    target: ts.ScriptTarget.ES2022,
    experimentalDecorators: true,
  });
  const script = new Function(...Object.keys(names), `return (async () => { ${body} })()`) as (
    ...values: unknown[]
  ) => Promise<void>;
  await script(...Object.values(names));
  return lines;
}

beforeAll(async () => {
  hub = await StandInHub.start();
  const animals = examples.filter(({ title }) => title?.startsWith('animals/'));
  saveDataset(join(folder, 'saved_animals'), 'name', { tame: [['cat'], ['dog']], wild: [['fox'], ['owl']] });
  hub.put('ada/animals', Object.fromEntries(animals.map(({ title = '', text }) => [title.slice(8), text])));
  for (const { title = '', text } of examples) {
    if (!/^[\w/]+\.\w+$/.test(title)) continue;
    mkdirSync(dirname(join(folder, title)), { recursive: true });
    writeFileSync(join(folder, title), text);
  }
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await hub[Symbol.asyncDispose]();
});

describe('the page on stores', () => {
  const reading = examples.flatMap(({ language, title = '', text }, index) => {
    const expected = examples.slice(index).find((example) => example.title === 'gives');
    const entries = language === 'yaml' ? (parse(text) as Entries) : {};
    return entries.data === undefined ? [] : [[title, entries, expected?.text ?? ''] as const];
  });

  it('has as many results as there are examples that give one', () => {
    expect(examples.filter(({ title }) => title === 'gives')).toHaveLength(reading.length);
    expect(reading.length).toBeGreaterThan(8);
  });

  it.each(reading)('gives what it says: %s', async (_title, entries, expected) => {
    const rows = expected
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(await run(entries)).toEqual(rows);
  });

  it('writes to the targets that it shows', async () => {
    const example = examples.find(({ title }) => title === 'two formats at once');
    const { final_datastore } = parse(example?.text ?? '') as Entries;
    const store = await makeDatastore(final_datastore as DatastoreConfig);
    const schema = core.Type.Object({ n: core.Type.Integer() });
    const written = await store.write?.([{ n: 1 }], { folder, name: 'final_data', schema });
    expect(written?.places.map((place) => place.slice(folder.length))).toEqual([
      '/final_data.jsonl',
      '/final_data.parquet',
    ]);
  });

  it('uploads to the hub that it shows', async () => {
    const example = examples.find(({ title }) => title === 'a dataset on a hub');
    const { final_datastore } = parse(example?.text ?? '') as Entries;
    const store = await makeDatastore(final_datastore as DatastoreConfig);
    const schema = core.Type.Object({ n: core.Type.Integer() });
    for (const name of ['final_data', 'final_data-00000'])
      await store.write?.([{ n: 1 }], { folder: join(folder, 'output'), name, schema });
    expect(Object.keys(hub.files('ada/grades') ?? {})).toEqual([
      'data/train-00000-of-00001.parquet',
      'data/train-00000.parquet',
    ]);
  });

  it.each(examples.filter(({ language }) => language === 'ts').map(({ title, text }) => [title, text] as const))(
    'prints what it says: %s',
    async (_title, text) => {
      const said = [...text.matchAll(/^\/\/ (.*)$/gm)].map(([, line]) => line);
      expect(said.length).toBeGreaterThan(0);
      expect(await runScript(text)).toEqual(said);
    },
  );

  it('names every datastore, dataloader and formatter, and every key that one takes', async () => {
    for (const registry of [datastores, dataloaders, formatters]) {
      for (const name of registry.names().filter((name) => !['countdown', 'shout'].includes(name))) {
        expect(page).toContain(`\`${name}\``);
        const keys = Object.keys((await registry.load(name)).configFields);
        expect(keys.filter((key) => !page.includes(`\`${key}\``))).toEqual([]);
      }
    }
    const splitKeys = Object.keys(split.splitConfig.properties);
    expect(splitKeys.filter((key) => !page.includes(`\`${key}\``))).toEqual([]);
  });
});
