import { createRandom } from '@dgt/core';
import type { RequestRecord } from '@dgt/testkit';
import Database from 'libsql';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { nameCall } from '../../runner/src/generation/attempt-recorder.js';
import { TemporaryProject, repository, type RunningCommand } from './project.js';

/** How often the run is killed; more with `DGT_TEST_KILLS=200 npx vitest run packages/cli/test/kill.test.ts`. */
const kills = Number(process.env['DGT_TEST_KILLS'] ?? 20);
const quota = 150 + 5 * kills;
const seed = 7;

const faults = {
  rates: { rateLimit: 0.05, serverError: 0.05, reset: 0.03, cutBody: 0.03, brokenJson: 0.03, emptyAnswer: 0.03 },
  retryAfter: 0,
  maxPerCall: 2,
};

/** A faulty model server in a process of its own, so that it outlives every run. */
async function startServer(report: string) {
  const main = join(repository, 'packages/testkit/dist/fake-server/main.js');
  const options = JSON.stringify({ faults, latency: 4 });
  const child = spawn(process.execPath, [main, '--report', report, '--options', options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return {
    url: line.toString().trim(),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await once(child, 'close');
    },
  };
}

function readReport(file: string): RequestRecord[] {
  return existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as RequestRecord)
    : [];
}

/** Requests for an answer, in order. */
function askedOf(report: string): RequestRecord[] {
  return readReport(report).filter(({ key }) => key !== undefined);
}

/** The keys of all answers in a ledger, read from a copy: an open ledger is a locked one. */
function recordedKeys(folder: string): Set<string> {
  const copy = mkdtempSync(join(tmpdir(), 'dgt-ledger-'));
  for (const name of ['ledger.db', 'ledger.db-wal']) {
    if (existsSync(join(folder, name))) copyFileSync(join(folder, name), join(copy, name));
  }
  const database = new Database(join(copy, 'ledger.db'));
  const tables = database.prepare("SELECT count(*) AS count FROM sqlite_master WHERE name = 'calls'").get() as {
    count: number;
  };
  const calls =
    tables.count === 0
      ? []
      : (database.prepare('SELECT lane, call FROM calls').all() as { lane: string; call: number }[]);
  database.close();
  rmSync(copy, { recursive: true });
  return new Set(calls.map(({ lane, call }) => nameCall('public/test/geography_qa/0', lane, call).idempotencyKey));
}

/** Resolves when the server has been asked anything since the report had this size, or the run has ended. */
async function firstRequest(report: string, size: number, run: RunningCommand): Promise<void> {
  while (run.process.exitCode === null && statSync(report).size === size) await delay(10);
}

const output = 'output/public/test/geography_qa';
const args = [
  'run',
  '--task-path',
  'task.yaml',
  '--num-outputs-to-generate',
  String(quota),
  '--seed-batch-size',
  '5',
  '--quiet',
];

describe('a run that is killed again and again', () => {
  it('ends with the bytes of an undisturbed run and asks no recorded answer again', { timeout: 600_000 }, async () => {
    using calm = new TemporaryProject().addGeography();
    using killed = new TemporaryProject().addGeography();
    await using server = await startServer(join(killed.folder, 'report.jsonl'));
    const environment = { OLLAMA_HOST: server.url };
    expect(await calm.run(args, environment)).toMatchObject({ code: 0, stderr: '' });

    const random = createRandom(`kill moments ${seed}`);
    const report = join(killed.folder, 'report.jsonl');
    let asked = askedOf(report).length;
    let recorded = 0;
    let progressed = 0;
    for (let kill = 0; kill < kills; kill++) {
      const known = recordedKeys(join(killed.folder, output));
      if (known.size > recorded) progressed++;
      recorded = known.size;
      const { size } = statSync(report);
      const run = killed.start(args, environment);
      // One kill in five falls into the start, the others into the work.
      if (random.integer(5) > 0) await firstRequest(report, size, run);
      await Promise.race([delay(random.integer(400)), run.finished]);
      run.process.kill('SIGKILL');
      await run.finished;
      const requests = askedOf(report).slice(asked);
      asked += requests.length;
      expect(requests.filter(({ key = '' }) => known.has(key))).toEqual([]);
    }
    const known = recordedKeys(join(killed.folder, output));
    // Most kills must have hit a run at work, or this test would show nothing.
    expect(progressed).toBeGreaterThan(kills / 3);
    expect(await killed.run(args, environment)).toMatchObject({ code: 0, stderr: '' });
    const requests = askedOf(report).slice(asked);
    expect(requests.filter(({ key = '' }) => known.has(key))).toEqual([]);
    for (const file of ['final_data', 'data', 'rejected', 'errors']) {
      expect(killed.read(`${output}/${file}.jsonl`)).toBe(calm.read(`${output}/${file}.jsonl`));
    }
    expect(killed.rows(`${output}/final_data.jsonl`)).toHaveLength(quota);

    const before = askedOf(report).length;
    expect(await killed.run(args, environment)).toMatchObject({ code: 0, stderr: '' });
    expect(askedOf(report)).toHaveLength(before);
  });
});
