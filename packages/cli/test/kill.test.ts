import { createRandom } from '@dgt/core';
import { countRequests, type RequestRecord } from '@dgt/testkit';
import Database from 'libsql';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { nameCall } from '../../runner/src/generation/attempt-recorder.js';
import { TemporaryProject, repository } from './project.js';

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
  const child = spawn(process.execPath, [main, '--report', report, '--options', options], { stdio: ['ignore', 'pipe', 'inherit'] });
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
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line) as RequestRecord) : [];
}

/** The keys of all answers in a ledger. */
function recordedKeys(ledger: string): Set<string> {
  if (!existsSync(ledger)) return new Set();
  const database = new Database(ledger);
  const tables = database.prepare("SELECT count(*) AS count FROM sqlite_master WHERE name = 'calls'").get() as { count: number };
  const calls = tables.count === 0 ? [] : (database.prepare('SELECT lane, call FROM calls').all() as { lane: string; call: number }[]);
  database.close();
  return new Set(calls.map(({ lane, call }) => nameCall('public/test/geography_qa/0', lane, call).idempotencyKey));
}

const output = 'output/public/test/geography_qa';
const args = ['run', '--task-path', 'task.yaml', '--num-outputs-to-generate', String(quota), '--seed-batch-size', '5', '--quiet'];

describe('a run that is killed again and again', () => {
  it('ends with the bytes of an undisturbed run and asks no recorded answer again', { timeout: 600_000 }, async () => {
    using calm = new TemporaryProject().addGeography();
    using killed = new TemporaryProject().addGeography();
    await using server = await startServer(join(killed.folder, 'report.jsonl'));
    const environment = { OLLAMA_HOST: server.url };
    expect(await calm.run(args, environment)).toMatchObject({ code: 0 });

    const random = createRandom(`kill moments ${seed}`);
    const report = join(killed.folder, 'report.jsonl');
    let asked = readReport(report).length;
    for (let kill = 0; kill < kills; kill++) {
      const known = recordedKeys(join(killed.folder, output, 'ledger.db'));
      const run = killed.start(args, environment);
      // From before the ledger is open until well into the work, a little later each time.
      await Promise.race([delay(300 + random.integer(700)), run.finished]);
      run.process.kill('SIGKILL');
      await run.finished;
      const requests = readReport(report).slice(asked);
      asked += requests.length;
      expect(requests.filter(({ key }) => key !== undefined && known.has(key))).toEqual([]);
    }
    const known = recordedKeys(join(killed.folder, output, 'ledger.db'));
    expect(known.size).toBeGreaterThan(0);
    expect(await killed.run(args, environment)).toMatchObject({ code: 0 });
    const requests = readReport(report).slice(asked);
    expect(requests.filter(({ key }) => key !== undefined && known.has(key))).toEqual([]);
    for (const file of ['final_data', 'data', 'rejected', 'errors']) {
      expect(killed.read(`${output}/${file}.jsonl`)).toBe(calm.read(`${output}/${file}.jsonl`));
    }
    expect(killed.rows(`${output}/final_data.jsonl`)).toHaveLength(quota);

    const before = countRequests(readReport(report)).requests;
    expect(await killed.run(args, environment)).toMatchObject({ code: 0 });
    expect(countRequests(readReport(report)).byOutcome.ok).toBeGreaterThan(0);
    const asking = readReport(report).slice(before).filter(({ key }) => key !== undefined);
    expect(asking).toEqual([]);
  });
});
