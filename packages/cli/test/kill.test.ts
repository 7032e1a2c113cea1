import { createRandom, type Random } from '@dgt/core';
import type { RequestRecord } from '@dgt/testkit';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { TemporaryProject, repository, type RunningCommand } from './project.js';
import { recordedKeys } from './recorded-keys.js';

/** How often the run is killed; more with `DGT_TEST_KILLS=200 npx vitest run packages/cli/test/kill.test.ts`. */
const kills = Number(process.env['DGT_TEST_KILLS'] ?? 20);
const quota = 300;
const seed = 7;

const faults = {
  rates: { rateLimit: 0.05, serverError: 0.05, reset: 0.03, cutBody: 0.03, brokenJson: 0.03, emptyAnswer: 0.03 },
  retryAfter: 0,
  maxPerCall: 2,
};

/** A faulty model server in a process of its own, so that it outlives every run. */
async function startServer(report: string) {
  const main = join(repository, 'packages/testkit/dist/fake-server/main.js');
  const options = JSON.stringify({ faults, latency: 10 });
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

/** Resolves when the server has been asked for an answer since the report had this size, or the run has ended. */
async function firstCall(report: string, size: number, run: RunningCommand): Promise<void> {
  const isAsked = () => readFileSync(report).subarray(size).includes('"key":"');
  while (run.process.exitCode === null && !isAsked()) await delay(10);
}

const output = 'output/public/test/geography_qa';
const sizes = ['--num-outputs-to-generate', String(quota), '--seed-batch-size', '5'];
const args = ['run', '--task-path', 'task.yaml', ...sizes, '--quiet'];

/** The calls that a faulty server was asked for, a run after the other. */
class Asked {
  readonly #report: string;
  #seen = 0;

  constructor(report: string) {
    this.#report = report;
  }

  /** Requests since the last look. */
  next(): RequestRecord[] {
    const all = readReport(this.#report).filter(({ key }) => key !== undefined);
    const fresh = all.slice(this.#seen);
    this.#seen = all.length;
    return fresh;
  }
}

/** One run, killed after a while. Tells whether it was killed before it had finished. */
async function runAndKill(
  project: TemporaryProject,
  report: string,
  random: Random,
  environment: Record<string, string>,
): Promise<boolean> {
  const { size } = statSync(report);
  const run = project.start(args, environment);
  // One kill in five falls into the start, the others into the work.
  if (random.integer(5) > 0) await firstCall(report, size, run);
  await Promise.race([delay(random.integer(150)), run.finished]);
  run.process.kill('SIGKILL');
  return (await run.finished).signal === 'SIGKILL';
}

describe('a run that is killed again and again', () => {
  it('ends with the bytes of an undisturbed run and asks no recorded answer again', { timeout: 900_000 }, async () => {
    using calm = new TemporaryProject().addGeography();
    const report = join(calm.folder, 'report.jsonl');
    await using server = await startServer(report);
    const environment = { OLLAMA_HOST: server.url };
    expect(await calm.run(args, environment)).toMatchObject({ code: 0, stderr: '' });

    const random = createRandom(`kill moments ${seed}`);
    const asked = new Asked(report);
    asked.next();
    let killed = 0;
    let hits = 0;
    while (killed < kills) {
      using project = new TemporaryProject().addGeography();
      let recorded = new Set<string>();
      for (let unfinished = true; unfinished && killed < kills;) {
        unfinished = await runAndKill(project, report, random, environment);
        expect(asked.next().filter(({ key = '' }) => recorded.has(key))).toEqual([]);
        const now = recordedKeys(join(project.folder, output));
        if (unfinished) killed++;
        if (unfinished && now.size > recorded.size) hits++;
        recorded = now;
      }
      expect(await project.run(args, environment)).toMatchObject({ code: 0, stderr: '' });
      expect(asked.next().filter(({ key = '' }) => recorded.has(key))).toEqual([]);
      for (const file of ['final_data', 'data', 'rejected', 'errors']) {
        expect(project.read(`${output}/${file}.jsonl`)).toBe(calm.read(`${output}/${file}.jsonl`));
      }
      expect(project.rows(`${output}/final_data.jsonl`)).toHaveLength(quota);
      expect(await project.run(args, environment)).toMatchObject({ code: 0, stderr: '' });
      expect(asked.next()).toEqual([]);
    }
    // Many kills must have hit a run at work, or this test would show nothing.
    expect(hits).toBeGreaterThan(kills / 3);
  });
});
