import { startFakeServer, type FakeServer } from '@dgt/testkit/fake-server';
import Database from 'libsql';
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { TemporaryProject, repository, type RunningCommand } from './project.js';

const builders = join(repository, 'packages/cli/src/__fixtures__/builders');
const price = { input: 1, output: 4 };
/** Of every prompt of the builder, `line 0 of attempt 1`, and of every answer. */
const [promptTokens, answerTokens] = [5, 8];
const quota = 400;
const args = ['run', 'task.yaml', '--include-builders', builders, '--config-path', 'config.yaml', '--quiet'];

function startServer(latency: number): Promise<FakeServer> {
  // Every answer has as many words as every other, and none is that of another call.
  const answer = (request: unknown) => {
    const [, line, attempt] = /line (\d+) of attempt (\d+)/.exec(JSON.stringify(request)) ?? [];
    return `text: line ${line} attempt ${attempt} says nothing new`;
  };
  return startFakeServer({ answer, latency });
}

function makeProject(server: FakeServer): TemporaryProject {
  const generator = {
    name: 'generator',
    type: 'openai',
    model_id_or_path: 'small',
    base_url: `${server.url}/v1`,
    price,
  };
  const seeds = Array.from({ length: 4 }, (_, index) => ({ text: `seed ${index}` }));
  const task = { task_name: 'topic', task_description: 'Lines', data_builder: 'test/counting', seed_examples: seeds };
  const settings = { num_outputs_to_generate: quota, seed_batch_size: 4, machine_batch_size: 0 };
  return new TemporaryProject()
    .write('task.yaml', JSON.stringify({ ...task, ...settings }))
    .write('config.yaml', JSON.stringify({ databuilders: { 'test/counting': { blocks: [generator] } } }));
}

interface Bill {
  readonly tasks: readonly {
    readonly status: string;
    readonly total: { readonly tries: number; readonly prompt_tokens: number; readonly completion_tokens: number };
    readonly cost: number;
  }[];
}

async function readBill(project: TemporaryProject) {
  const { code, stdout, stderr } = await project.run(['cost', '--json']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return (JSON.parse(stdout) as Bill).tasks[0] as Bill['tasks'][number];
}

/** How many tries a ledger has, read from a copy by other means than those that are tested. */
function countTries(project: TemporaryProject): number {
  const copy = mkdtempSync(join(tmpdir(), 'dgt-ledger-'));
  for (const name of ['ledger.db', 'ledger.db-wal']) {
    const file = join(project.folder, 'output/topic', name);
    if (existsSync(file)) copyFileSync(file, join(copy, name));
  }
  const database = new Database(join(copy, 'ledger.db'));
  const { count } = database.prepare('SELECT count(*) AS count FROM tries').get() as { count: number };
  database.close();
  rmSync(copy, { recursive: true });
  return count;
}

async function untilAnswered(server: FakeServer, count: number, run: RunningCommand): Promise<void> {
  const answered = () => server.counts().byOutcome.ok ?? 0;
  while (answered() < count && run.process.exitCode === null) await delay(5);
}

describe('the bill of a dataset', () => {
  it('is what the server served but for the calls under way, after every kill', { timeout: 240_000 }, async () => {
    await using server = await startServer(15);
    using project = makeProject(server);
    let kills = 0;
    for (const share of [0.1, 0.35, 0.6, 0.8]) {
      const run = project.start(args);
      await untilAnswered(server, share * quota, run);
      run.process.kill('SIGKILL');
      if ((await run.finished).signal === 'SIGKILL') kills++;
      const bill = await readBill(project);
      const tries = countTries(project);
      expect(bill).toMatchObject({
        status: 'interrupted',
        total: { tries, prompt_tokens: promptTokens * tries, completion_tokens: answerTokens * tries },
      });
      expect(bill.cost).toBeCloseTo((tries * (promptTokens * price.input + answerTokens * price.output)) / 1e6, 12);
      const { tokens } = server.report();
      const unrecorded = tokens.completion / answerTokens - tries;
      // Ten may be under way at a kill.
      expect(unrecorded).toBeGreaterThanOrEqual(0);
      expect(unrecorded).toBeLessThanOrEqual(10 * kills);
    }
    expect(kills).toBe(4);
    expect(await project.run(args)).toMatchObject({ code: 0, stderr: '' });
    const bill = await readBill(project);
    const { tokens, calls } = server.report();
    expect(bill.status).toBe('complete');
    // What was under way at a kill was asked again: only that is not in the bill.
    expect(tokens.completion - bill.total.completion_tokens).toBe(calls.answeredAgain * answerTokens);
    expect(tokens.prompt - bill.total.prompt_tokens).toBe(calls.answeredAgain * promptTokens);
  });

  it('can be read while the run goes on, again and again, and does not disturb it', { timeout: 120_000 }, async () => {
    await using server = await startServer(30);
    using project = makeProject(server);
    const run = project.start(args);
    await untilAnswered(server, 20, run);
    let [last, running] = [0, 0];
    while (run.process.exitCode === null) {
      const { status, total } = await readBill(project);
      if (status === 'running') running++;
      expect(total.tries).toBeGreaterThanOrEqual(last);
      expect(total.completion_tokens).toBe(answerTokens * total.tries);
      last = total.tries;
    }
    expect(running).toBeGreaterThan(0);
    expect(await run.finished).toMatchObject({ code: 0, stderr: '' });
    const { tries } = (await readBill(project)).total;
    expect(tries).toBe(server.report().calls.keys);
  });
});
