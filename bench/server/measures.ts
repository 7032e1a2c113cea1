import { blocks } from '@dgt/core';
import { modelBlocks } from '@dgt/llm';
import { SecretStore, runProject } from '@dgt/runner';
import type { FakeServerOptions } from '@dgt/testkit/fake-server';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { seeds } from '../engine/pairs.js';
import { peakMegabytes } from '../figures.js';

/** A server and the run that is made against it. */
export interface Measure {
  readonly server: FakeServerOptions;
  readonly rows: number;
  readonly slots: number;
  /** What an answer takes on average, where a share of the ideal is claimed. @unit milliseconds */
  readonly meanMs?: number;
}

const tail = { medianMs: 200, sigma: 0.3, slowShare: 0.01, slowFactor: 10 };
/** The mean of a lognormal distribution, and of the slow ones among it. */
const tailMeanMs = tail.medianMs * Math.exp(tail.sigma ** 2 / 2) * (1 + tail.slowShare * (tail.slowFactor - 1));

/** A share is measured over a minute or more. */
export const measures: Readonly<Record<string, Measure>> = {
  zero: { server: {}, rows: 50_000, slots: 64 },
  'zero-256': { server: {}, rows: 100_000, slots: 256 },
  '200ms-64': { server: { latency: 200 }, rows: 20_000, slots: 64, meanMs: 200 },
  '200ms-256': { server: { latency: 200 }, rows: 80_000, slots: 256, meanMs: 200 },
  '2s-1024': { server: { latency: 2000 }, rows: 32_000, slots: 1024, meanMs: 2000 },
  '50ms-256': { server: { latency: 50 }, rows: 200_000, slots: 256, meanMs: 50 },
  'tail-256': { server: { latency: tail }, rows: 50_000, slots: 256, meanMs: tailMeanMs },
  'tail-256-small': { server: { latency: tail }, rows: 2000, slots: 256, meanMs: tailMeanMs },
};

blocks.announce(modelBlocks);

const builders = new URL('../engine/builders', import.meta.url).pathname;

interface Sample {
  readonly ms: number;
  readonly rows: number;
}

/** Makes a dataset against a server and tells how near it came to one whose slots are never idle. */
export async function measureRun({ server, rows, slots, meanMs }: Measure): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'dgt-bench-'));
  const { url, stop } = await serve(server);
  try {
    const generator = { name: 'generator', type: 'openai', model_id_or_path: 'fake-model', base_url: `${url}/v1` };
    const pairs = { blocks: [{ ...generator, api_key: 'none', call_limit: slots }] };
    writeFileSync(join(folder, 'override.yaml'), JSON.stringify({ databuilders: { pairs } }));
    const task = { task_name: 'bench', task_description: '', created_by: '', data_builder: 'pairs' };
    const config = { machine_batch_size: 0, seed_batch_size: 20 };
    writeFileSync(join(folder, 'task.yaml'), JSON.stringify({ ...task, runner_config: config, seed_examples: seeds }));
    const samples: Sample[] = [];
    const usageBefore = process.cpuUsage();
    const began = performance.now();
    let timer: NodeJS.Timeout | undefined;
    const [outcome] = await runProject({
      taskPaths: ['task.yaml'],
      builderRoots: [builders],
      workingFolder: folder,
      environment: {},
      configPath: 'override.yaml',
      overrides: { num_outputs_to_generate: rows },
      secrets: new SecretStore(),
      onStart: ([task]) => {
        const sample = () => samples.push({ ms: performance.now() - began, rows: task?.progress().done ?? 0 });
        sample();
        timer = setInterval(sample, 20);
      },
    });
    clearInterval(timer);
    const spentMs = performance.now() - began;
    if (outcome?.ending.reason !== 'complete') throw new Error(`ended ${outcome?.ending.message}`);
    const usage = process.cpuUsage(usageBefore);
    const cpuUs = (usage.user + usage.system) / rows;
    const made = `${rows} rows in ${(spentMs / 1000).toFixed(1)} s, ${Math.round((rows / spentMs) * 1000)} rows/s, ${Math.round(cpuUs)} us of processor a row`;
    const share = meanMs === undefined ? '' : `; ${describeShare(samples, { rows, slots, meanMs, spentMs })}`;
    const peak = peakMegabytes();
    return `${made}${share}; peak ${peak} MB; load ${loadavg()[0]?.toFixed(1)}`;
  } finally {
    stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function describeShare(
  samples: readonly Sample[],
  { rows, slots, meanMs, spentMs }: { rows: number; slots: number; meanMs: number; spentMs: number },
): string {
  const perMs = slots / meanMs;
  const after = (share: number) => samples.find((sample) => sample.rows >= share * rows) ?? { ms: 0, rows: 0 };
  const [from, to] = [after(0.1), after(0.9)];
  const settled = (to.rows - from.rows) / (to.ms - from.ms) / perMs;
  const whole = rows / perMs / spentMs;
  return `ratio to the ideal ${settled.toFixed(3)} between a tenth and nine tenths, ${whole.toFixed(3)} with start and end`;
}

async function serve(options: FakeServerOptions): Promise<{ url: string; stop: () => void }> {
  const args = [...process.execArgv, process.argv[1] as string, '--serve', JSON.stringify(options)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { url: line.trim(), stop: () => child.kill('SIGKILL') };
}
