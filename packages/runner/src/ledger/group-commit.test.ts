import { RunError } from '@dgt/core';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TemporaryLedger } from '../__fixtures__/temporary-ledger.js';
import { closeDatabase, openDatabase, type Database } from './database.js';
import { GroupCommit } from './group-commit.js';

const groupSize = 64;

let place: TemporaryLedger;
let database: Database.Database;
let writes: GroupCommit;

beforeEach(() => {
  place = new TemporaryLedger();
  const file = join(place.folder, 'group.db');
  database = openDatabase(file, 'process', () => '');
  writes = new GroupCommit(database, file);
});

afterEach(() => {
  closeDatabase(database);
  place[Symbol.dispose]();
});

function write(key: string): () => void {
  return () => void database.prepare('INSERT INTO meta (key, value) VALUES (?, ?)').run(key, '1');
}

function written(): string[] {
  return (database.prepare('SELECT key FROM meta').all() as { key: string }[]).map(({ key }) => key);
}

function countCommits(): () => number {
  const exec = vi.spyOn(database, 'exec');
  return () => exec.mock.calls.filter(([text]) => text === 'COMMIT').length;
}

/** What has settled once everything that can move has moved. */
async function settledOf(promises: readonly Promise<void>[]): Promise<string[]> {
  const states = promises.map(() => 'pending');
  for (const [index, promise] of promises.entries()) {
    promise.then(
      () => (states[index] = 'resolved'),
      () => (states[index] = 'rejected'),
    );
  }
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
  return states;
}

describe('commits in groups', () => {
  it('run writes in the order in which they were given and resolve them in that order', async () => {
    const order: number[] = [];
    const resolved: number[] = [];
    const promises = [3, 1, 2].map((number) =>
      writes.add(() => void order.push(number)).then(() => resolved.push(number)),
    );
    expect(order).toEqual([]);
    await Promise.all(promises);
    expect(order).toEqual([3, 1, 2]);
    expect(resolved).toEqual([3, 1, 2]);
  });

  it('share one transaction for all writes of a turn of the event loop', async () => {
    const commits = countCommits();
    await Promise.all(Array.from({ length: groupSize - 1 }, (_, index) => writes.add(write(`a${index}`))));
    expect(commits()).toBe(1);
    await writes.add(write('later'));
    expect(commits()).toBe(2);
    expect(written()).toHaveLength(groupSize);
  });

  it('do not wait for the end of the turn once 64 writes wait', async () => {
    const commits = countCommits();
    const promises = Array.from({ length: 2 * groupSize + 1 }, (_, index) => writes.add(write(`a${index}`)));
    expect(commits()).toBe(2);
    expect(written()).toHaveLength(2 * groupSize);
    await Promise.all(promises);
    expect(commits()).toBe(3);
  });

  it('commit at once when flushed, and nothing when there is nothing', async () => {
    const commits = countCommits();
    writes.flush();
    const promise = writes.add(write('a'));
    writes.flush();
    expect(commits()).toBe(1);
    await promise;
    expect(written()).toEqual(['a']);
  });

  it('undo the whole group of a write that fails, and reject everyone who waits for it', async () => {
    await writes.add(write('before'));
    const group = [write('same'), write('between'), write('same')].map((one) => writes.add(one));
    expect(await settledOf(group)).toEqual(['rejected', 'rejected', 'rejected']);
    await expect(group[0]).rejects.toThrow('UNIQUE');
    expect(written()).toEqual(['before']);
  });

  it('write nothing any more after a failed commit, so that what is on disk stays a prefix', async () => {
    const failing = writes.add(() => {
      throw Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });
    });
    await expect(failing).rejects.toThrow(RunError);
    await expect(failing).rejects.toMatchObject({ code: 'DGT_DISK_FULL' });
    const later = vi.fn(write('later'));
    await expect(writes.add(later)).rejects.toMatchObject({ code: 'DGT_DISK_FULL' });
    writes.close();
    expect(later).not.toHaveBeenCalled();
    expect(written()).toEqual([]);
  });

  it('tell a damaged file as the ledger that it is, not as a mistake of whoever wrote', async () => {
    const failing = writes.add(() => {
      throw Object.assign(new Error('database disk image is malformed'), { code: 'SQLITE_CORRUPT' });
    });
    await expect(failing).rejects.toMatchObject({ code: 'DGT_LEDGER_UNUSABLE' });
  });

  it('commit what waits when closed, and stay silent towards whoever comes later', async () => {
    const waiting = writes.add(write('waiting'));
    writes.close();
    const late = vi.fn(write('late'));
    const promises = [waiting, writes.add(late)];
    expect(await settledOf(promises)).toEqual(['resolved', 'pending']);
    expect(late).not.toHaveBeenCalled();
    expect(written()).toEqual(['waiting']);
  });

  it('prepare the file for writing with the first commit and not before', async () => {
    const mode = () => (database.prepare('PRAGMA journal_mode').get() as { journal_mode: string }).journal_mode;
    expect(mode()).toBe('delete');
    await writes.add(write('a'));
    expect(mode()).toBe('wal');
  });
});
