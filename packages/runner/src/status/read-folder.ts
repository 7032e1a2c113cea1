import { createReadStream } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, join, relative } from 'node:path';
import { outputNames } from '../output/output-files.js';
import type { TaskResults } from '../output/task-results.js';
import type { TaskState, TaskStatus } from './task-status.js';

/** Who works on a folder, as its holder file says. */
export interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly started_at: string;
  readonly num_outputs_to_generate?: number;
}

/** Reads the status of one task from the files that are meant for people. */
export async function readFolder(folder: string, root: string): Promise<TaskStatus> {
  const results = await readJson<TaskResults>(join(folder, outputNames.results));
  const holder = await readHolder(folder);
  const ended = holder === undefined && results !== undefined;
  return {
    task_name: results?.task_name ?? (relative(root, folder) || basename(folder)),
    folder,
    ...(ended ? { status: results.status, message: results.message } : describeHolder(holder)),
    rows: ended ? results.rows : await countLines(join(folder, outputNames.data)),
    num_outputs_to_generate: holder?.num_outputs_to_generate ?? results?.num_outputs_to_generate,
    last_activity: await findLastActivity(folder),
  };
}

/** Undefined where no run works on a folder. */
export function readHolder(folder: string): Promise<Holder | undefined> {
  return readJson<Holder>(join(folder, outputNames.holder));
}

function describeHolder(holder: Holder | undefined): { status: TaskState; message: string } {
  if (holder === undefined) return { status: 'interrupted', message: 'the last run ended without a report' };
  const { pid, host, started_at: startedAt } = holder;
  const since = `process ${pid} since ${startedAt}`;
  if (host !== hostname()) return { status: 'elsewhere', message: `${since} on ${host}, which is not this machine` };
  if (isAlive(pid)) return { status: 'running', message: since };
  return { status: 'interrupted', message: `process ${pid} is gone; the same command goes on where it stopped` };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user exists all the same.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function countLines(file: string): Promise<number> {
  let lines = 0;
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
      for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) lines++;
    }
  } catch {
    // Not written yet.
  }
  return lines;
}

/** The time of the last event; where there is none, when a file that grows was last written. */
async function findLastActivity(folder: string): Promise<string | undefined> {
  const event = await readLastLine(join(folder, outputNames.events));
  if (event !== undefined) {
    try {
      return (JSON.parse(event) as { time: string }).time;
    } catch {
      // Cut off by a crash.
    }
  }
  for (const name of [outputNames.data, outputNames.results, outputNames.holder]) {
    const found = await stat(join(folder, name)).catch(() => undefined);
    if (found !== undefined) return found.mtime.toISOString();
  }
  return undefined;
}

/** The last whole line of a file, if it lies within the last 64 KiB. */
async function readLastLine(file: string): Promise<string | undefined> {
  try {
    await using handle = await open(file, 'r');
    const { size } = await handle.stat();
    const length = Math.min(size, 1 << 16);
    const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString('utf8').split('\n').at(-2);
  } catch {
    return undefined;
  }
}

async function readJson<T>(file: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as T;
  } catch {
    return undefined;
  }
}
