import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { script } from '../engine/scripted-model.js';
import { measureChain } from './chain.js';
import { peakMegabytes, round, timed } from '../figures.js';
import { transformInput, writeInput } from './dataset.js';

/** One measurement; each is made in a process of its own, in the folder of them all, and gives the line to print. */
export type Measure = (folder: string) => Promise<string>;

/** Rows that an interrupted run leaves for the one that goes on. */
const leftOver = 1000;

export const measures: Readonly<Record<string, Measure>> = {
  'input-100k': (folder) => prepareInput(folder, '100k', 100_000),
  'rows-100k': (folder) => measureRun(folder, '100k', 100_000),
  'resume-100k': (folder) => measureResume(folder, '100k'),
  'merge-100k': (folder) => measureMerge(folder, '100k'),
  'input-1m': (folder) => prepareInput(folder, '1m', 1_000_000),
  'rows-1m': (folder) => measureRun(folder, '1m', 1_000_000),
  'resume-1m': (folder) => measureResume(folder, '1m'),
  'chain-100k': (folder) => measureChain(join(folder, '100k'), 100_000),
  'chain-1m': (folder) => measureChain(join(folder, '1m'), 1_000_000),
};

/** In a process of its own, so that what writing takes is not counted with the run. */
async function prepareInput(folder: string, name: string, rows: number): Promise<string> {
  mkdirSync(join(folder, name), { recursive: true });
  await writeInput(join(folder, name), rows + leftOver);
  return `${round(statSync(join(folder, name, 'input.parquet')).size / 1e6)} MB of parquet`;
}

/** A run that is stopped after so many rows. */
async function measureRun(folder: string, name: string, rows: number): Promise<string> {
  const place = join(folder, name);
  rmSync(join(place, 'output'), { recursive: true, force: true });
  const stop = new AbortController();
  let first = 0;
  let last = 0;
  script.onCall = () => {
    first ||= performance.now();
    if (script.calls !== rows) return;
    last = performance.now();
    stop.abort();
  };
  const began = performance.now();
  await transformInput(place, { stop: stop.signal });
  const rate = rows / ((last - first) / 1000);
  const { user, system } = process.cpuUsage();
  const work = `${round((user + system) / rows)} us of the processor a row, start included`;
  return `${round(rate)} rows/s; ${work}; first call after ${((first - began) / 1000).toFixed(2)} s; peak ${peakMegabytes()} MB`;
}

/** The rest of the rows of {@link measureRun}, in another process. */
async function measureResume(folder: string, name: string): Promise<string> {
  const place = join(folder, name);
  let first = 0;
  script.onCall = () => {
    first ||= performance.now();
  };
  const began = performance.now();
  const { results } = await transformInput(place);
  const writing = (performance.now() - first) / 1000;
  const ledger = round(statSync(join(place, 'output/bench/ledger.db')).size / 1e6);
  return `first new call after ${((first - began) / 1000).toFixed(2)} s (ledger ${ledger} MB); the last ${leftOver} of ${round(results.rows)} rows and final_data ${writing.toFixed(1)} s; peak ${peakMegabytes()} MB`;
}

/** Four parts, one after the other, and what they come to. */
async function measureMerge(folder: string, name: string): Promise<string> {
  const place = join(folder, name);
  rmSync(join(place, 'output'), { recursive: true, force: true });
  const of = 4;
  const times: number[] = [];
  for (let number = 1; number <= of; number++)
    times.push(await timed(() => transformInput(place, { shard: { number, of } })));
  const merging = await timed(() => transformInput(place, { merge: true }));
  const parts = times.map((seconds) => seconds.toFixed(1)).join(', ');
  return `${of} parts in ${parts} s, merged in ${merging.toFixed(1)} s; peak ${peakMegabytes()} MB`;
}
