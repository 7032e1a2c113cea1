import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readStatus } from './read-status.js';

/** No process has this number: it is above the largest that systems give. */
const deadPid = 2 ** 30;
const startedAt = '2026-01-02T03:04:05.000Z';

let output: string;

beforeEach(async () => {
  output = await mkdtemp(join(tmpdir(), 'dgt-status-'));
});

afterEach(async () => {
  await rm(output, { recursive: true });
});

async function writeTask(name: string, files: Readonly<Record<string, string | object>>): Promise<string> {
  const folder = join(output, name);
  await mkdir(folder, { recursive: true });
  for (const [file, content] of Object.entries(files))
    await writeFile(join(folder, file), typeof content === 'string' ? content : JSON.stringify(content));
  return folder;
}

const results = { task_name: 'team/topic', status: 'stalled', message: 'no row in 100 attempts', rows: 7 };
const holder = (pid: number, host = hostname()) => ({ pid, host, started_at: startedAt, num_outputs_to_generate: 50 });

describe('the status of a task', () => {
  it('is what its last run ended with', async () => {
    const folder = await writeTask('team/topic', {
      'task_results.json': { ...results, num_outputs_to_generate: 20 },
      'data.jsonl': '{}\n{}\n',
      'events.jsonl': '{"time":"2026-01-02T03:04:06.000Z"}\n{"time":"2026-01-02T03:04:07.000Z"}\n',
    });
    expect(await readStatus(folder)).toEqual([
      {
        task_name: 'team/topic',
        folder,
        status: 'stalled',
        message: 'no row in 100 attempts',
        rows: 7,
        num_outputs_to_generate: 20,
        last_activity: '2026-01-02T03:04:07.000Z',
      },
    ]);
  });

  it('is "running" while its process is alive, with the rows that stand in data.jsonl now', async () => {
    const folder = await writeTask('topic', {
      '.run.json': holder(process.pid),
      'task_results.json': results,
      'data.jsonl': '{}\n{}\n{}\n{"cut',
    });
    const [status] = await readStatus(folder);
    expect(status).toMatchObject({ status: 'running', rows: 3, num_outputs_to_generate: 50 });
    expect(status?.message).toBe(`process ${process.pid} since ${startedAt}`);
  });

  it('is "interrupted" when its process is gone without a report', async () => {
    const folder = await writeTask('topic', { '.run.json': holder(deadPid), 'data.jsonl': '{}\n' });
    expect(await readStatus(folder)).toMatchObject([{ status: 'interrupted', rows: 1, task_name: 'topic' }]);
    await rm(join(folder, '.run.json'));
    expect(await readStatus(folder)).toMatchObject([{ status: 'interrupted', num_outputs_to_generate: undefined }]);
  });

  it('does not pretend to know what another machine does', async () => {
    const folder = await writeTask('topic', { '.run.json': holder(process.pid, 'another.host') });
    const [status] = await readStatus(folder);
    expect(status).toMatchObject({ status: 'elsewhere', rows: 0 });
    expect(status?.message).toContain('another.host');
  });

  it('takes the time of a file when the last event was cut off by a crash', async () => {
    const folder = await writeTask('topic', { 'data.jsonl': '{}\n', 'events.jsonl': '{"time":\n' });
    const [status] = await readStatus(folder);
    expect(Date.parse(status?.last_activity ?? '')).toBeGreaterThan(Date.parse('2020-01-01'));
  });
});

describe('the folder to look at', () => {
  it('may be a file of a task, or lie above several', async () => {
    const folder = await writeTask('a/deep', { 'task_results.json': results });
    await writeTask('b', { 'ledger.db': '' });
    await writeTask('b/.previous', { 'ledger.db': '', 'data.jsonl': '{}\n' });
    expect(await readStatus(join(folder, 'task_results.json'))).toHaveLength(1);
    const all = await readStatus(output);
    expect(all.map(({ task_name: name, status }) => `${name}: ${status}`)).toEqual([
      'team/topic: stalled',
      'b: interrupted',
    ]);
  });

  it('is refused when dgt wrote nothing there', async () => {
    await writeTask('other', { 'notes.txt': '' });
    for (const path of [output, join(output, 'absent')])
      await expect(readStatus(path)).rejects.toMatchObject({ code: 'DGT_STATUS_MISSING', details: { path } });
  });
});
