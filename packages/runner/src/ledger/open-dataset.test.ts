import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answerRecord } from '../__fixtures__/temporary-ledger.js';
import { locateOutput, type OutputFiles } from '../output/output-files.js';
import { Ledger } from './ledger.js';
import { closeDataset, openDataset } from './open-dataset.js';

let folder: string;
let files: OutputFiles;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dgt-open-'));
  files = locateOutput(folder, 'team/topic');
});

afterEach(() => rmSync(folder, { recursive: true }));

async function open(options: { restart?: boolean } = {}): Promise<Ledger> {
  return openDataset(files, { restart: false, durability: 'process', quota: 5, ...options });
}

/** A dataset with one paid answer and its files. */
async function makeDataset(): Promise<void> {
  const ledger = await open();
  await ledger.recordAnswer(answerRecord());
  await closeDataset(files, ledger);
  for (const file of [files.data, files.finalData]) writeFileSync(file, 'rows');
}

describe('a restart', () => {
  it('keeps the dataset under .previous, and its final_data in place as well', async () => {
    await makeDataset();
    writeFileSync(join(files.folder, 'notes.txt'), 'of the user');
    const ledger = await open({ restart: true });
    expect(ledger.totals().calls).toBe(0);
    await closeDataset(files, ledger);
    expect(readdirSync(files.previous).sort()).toEqual(['data.jsonl', 'final_data.jsonl', 'ledger.db']);
    expect(readdirSync(files.folder).sort()).toEqual(['.previous', 'final_data.jsonl', 'ledger.db', 'notes.txt']);
  });

  it('that follows one which came to nothing keeps what that one kept', async () => {
    await makeDataset();
    for (let times = 0; times < 2; times++) {
      const begun = await open({ restart: true });
      await begun.setMeta('definition', { random_seed: times });
      writeFileSync(files.data, '');
      await closeDataset(files, begun);
    }
    const ledger = await open({ restart: true });
    expect(ledger.getMeta('definition')).toBeUndefined();
    await closeDataset(files, ledger);
    const kept = Ledger.open(join(files.previous, 'ledger.db'));
    expect(kept.totals().calls).toBe(1);
    kept.close();
  });

  it('takes a damaged ledger out of the way', async () => {
    mkdirSync(files.folder, { recursive: true });
    writeFileSync(files.ledger, Buffer.alloc(8192, 1));
    const ledger = await open({ restart: true });
    expect(ledger.totals().calls).toBe(0);
    await closeDataset(files, ledger);
    expect(readdirSync(files.previous)).toEqual(['ledger.db']);
  });
});

describe('a folder that cannot be written', () => {
  it('is told as such, and is not left locked', async () => {
    await makeDataset();
    mkdirSync(files.holder);
    await expect(open()).rejects.toMatchObject({ code: 'DGT_OUTPUT_UNWRITABLE' });
    rmSync(files.holder, { recursive: true });
    await closeDataset(files, await open());
  });

  it('is told when a file stands in its place', async () => {
    writeFileSync(dirname(files.folder), '');
    await expect(open()).rejects.toMatchObject({ code: 'DGT_OUTPUT_UNWRITABLE' });
  });
});
