import { startFakeServer, type FakeServer } from '@dgt/testkit';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { recordedKeys } from './recorded-keys.js';
import { TemporaryProject, collect, repository } from './project.js';

const output = 'output/public/test/geography_qa';
const run = ['run', '--task-path', 'task.yaml'];

function host(server: FakeServer) {
  return { OLLAMA_HOST: server.url };
}

/** Resolves when the server has answered so many calls. */
async function answered(server: FakeServer, count: number): Promise<void> {
  while ((server.counts().byOutcome.ok ?? 0) < count) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('a run', () => {
  it('outlives a server that is down for a while', async () => {
    await using server = await startFakeServer({ latency: 2 });
    using project = new TemporaryProject().addGeography();
    const running = project.start(run, host(server));
    await answered(server, 5);
    await server.down();
    setTimeout(() => void server.up(), 1500);
    const { code, stderr } = await running.finished;
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(project.rows(`${output}/final_data.jsonl`)).toHaveLength(50);
  });

  it('ends resumably when its server dies for good, and finishes when there is a server again', async () => {
    using project = new TemporaryProject().addGeography();
    const yaml = 'builders/public/test/geography_qa/geography_qa.yaml';
    project.write(yaml, project.read(yaml).replace('max_tokens: 128', 'max_tokens: 128\n    max_outage: 1'));
    {
      await using server = await startFakeServer({ latency: 2 });
      const running = project.start(run, host(server));
      await answered(server, 25);
      await server.down();
      const { code, stderr, stdout } = await running.finished;
      expect({ code, text: stdout + stderr }).toMatchObject({
        code: 1,
        text: expect.stringContaining('DGT_ENDPOINT_DOWN'),
      });
    }
    await using server = await startFakeServer({});
    expect(await project.run(run, host(server))).toMatchObject({ code: 0 });
    expect(project.rows(`${output}/final_data.jsonl`)).toHaveLength(50);
  });

  it('finishes what is in flight after one Ctrl-C, and goes on from there', async () => {
    await using server = await startFakeServer({ latency: 30 });
    using project = new TemporaryProject().addGeography();
    const running = project.start([...run, '--seed-batch-size', '5'], host(server));
    await answered(server, 12);
    running.process.kill('SIGINT');
    const { code, stderr } = await running.finished;
    expect({ code, stderr }).toMatchObject({ code: 130 });
    const { answers } = server.counts();
    expect(await project.run([...run, '--seed-batch-size', '5'], host(server))).toMatchObject({ code: 0 });
    const after = server.counts().answers;
    expect(Object.keys(answers).filter((key) => after[key] !== 1)).toEqual([]);
    expect(project.rows(`${output}/final_data.jsonl`)).toHaveLength(50);
  });

  it('stops after one Ctrl-C also while its server is down: nothing is in flight then', async () => {
    await using server = await startFakeServer({ latency: 2 });
    using project = new TemporaryProject().addGeography();
    const running = project.start(run, host(server));
    await answered(server, 5);
    await server.down();
    // Calls are waiting for their next try by now.
    await new Promise((resolve) => setTimeout(resolve, 300));
    running.process.kill('SIGINT');
    expect(await running.finished).toMatchObject({ code: 130 });
    const recorded = recordedKeys(join(project.folder, output));
    const { answers } = server.counts();
    await server.up();
    expect(await project.run(run, host(server))).toMatchObject({ code: 0 });
    expect(recorded.size).toBeGreaterThanOrEqual(5);
    // What the server said while it went down may never have arrived.
    for (const key of recorded) expect(server.counts().answers[key]).toBe(answers[key]);
  });

  it('leaves a finished dataset where it is when a restart cannot begin', async () => {
    await using server = await startFakeServer({});
    using project = new TemporaryProject().addGeography();
    expect(await project.run(run, host(server))).toMatchObject({ code: 0 });
    const { code, stderr } = await project.run([...run, '--restart', '--lm', 'openai:gpt-4o-mini']);
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('OPENAI_API_KEY') });
    expect(existsSync(join(project.folder, output, '.previous'))).toBe(false);
    const { answers } = server.counts();
    expect((await project.run(run, host(server))).stdout).toContain('already complete');
    expect(server.counts().answers).toEqual(answers);
  });

  it('ends at once after SIGTERM twice', async () => {
    let tell = () => {};
    const asked = new Promise<void>((resolve) => {
      tell = resolve;
    });
    await using server = await startFakeServer({
      faults: { rates: { hang: 1 }, maxPerCall: 99 },
      badRequest: ({ key }) => {
        if (key !== undefined) tell();
        return false;
      },
    });
    using project = new TemporaryProject().addGeography();
    const running = project.start(run, host(server));
    await asked;
    running.process.kill('SIGTERM');
    // Within a moment a second signal counts as the same key press, which npm may hand on twice.
    await new Promise((resolve) => setTimeout(resolve, 500));
    running.process.kill('SIGTERM');
    expect(await running.finished).toMatchObject({ code: 143, stderr: expect.stringContaining('again to stop now') });
  });

  it("shows the author's own line when a builder throws, and keeps what was answered", async () => {
    await using server = await startFakeServer({});
    using project = new TemporaryProject().addGeography();
    const file = 'builders/public/test/geography_qa/generate.ts';
    const source = project.read(file);
    project.write(
      file,
      source.replace('const pair = parsePair(result);', 'const pair = parsePair(result); null.trim();'),
    );
    const { code, stderr, stdout } = await project.run(run, host(server));
    const text = stdout + stderr;
    expect(code).toBe(1);
    const line =
      project
        .read(file)
        .split('\n')
        .findIndex((text) => text.includes('null.trim()')) + 1;
    expect(text).toContain(`generate.ts:${line}`);
    expect(text).toContain('null.trim()');
    expect(text).not.toContain('node_modules');
    expect(text).not.toContain('packages/runner');
    const asked = server.counts().byOutcome.ok ?? 0;
    expect(asked).toBeGreaterThan(0);
    project.write(file, source);
    expect(await project.run(run, host(server))).toMatchObject({ code: 0 });
    expect(Math.max(...Object.values(server.counts().answers))).toBe(1);
  });

  it('refuses a second run on the same task and names the first', async () => {
    // Long enough that the first run is still at work when the second begins, on any machine.
    await using server = await startFakeServer({ latency: 700 });
    using project = new TemporaryProject().addGeography();
    const first = project.start(run, host(server));
    await answered(server, 1);
    const { code, stderr } = await project.run(run, host(server));
    expect(code).toBe(1);
    expect(stderr).toContain('DGT_RUN_LOCKED');
    expect(stderr).toContain(`process ${first.process.pid}`);
    expect(await first.finished).toMatchObject({ code: 0 });
  });

  it('runs several tasks side by side, each into its own folder', async () => {
    await using server = await startFakeServer({});
    using project = new TemporaryProject().addGeography();
    for (const name of ['one', 'two']) {
      project.write(
        `tasks/${name}/task.yaml`,
        project.read('task.yaml').replace('task_name: public/test/geography_qa', `task_name: ${name}`),
      );
    }
    const { code } = await project.run(
      ['run', '--task-paths', 'tasks', '--num-outputs-to-generate', '12'],
      host(server),
    );
    expect(code).toBe(0);
    for (const name of ['one', 'two']) expect(project.rows(`output/${name}/final_data.jsonl`)).toHaveLength(12);
    expect(project.read('output/one/final_data.jsonl')).not.toBe(project.read('output/two/final_data.jsonl'));
  });

  it('makes 99 rows and one error record from 100 calls of which the server refuses one', async () => {
    let refused: string | undefined;
    await using server = await startFakeServer({
      answer: ({ key }) => `Question: What is at ${key}?\nAnswer: nothing`,
      badRequest: ({ key }) => key === (refused ??= key),
    });
    using project = new TemporaryProject().addGeography();
    const seeds = Array.from(
      { length: 100 },
      (_, index) => `  - { question: "What is the height of hill ${index}?", answer: low }`,
    );
    const [head = ''] = project.read('task.yaml').split('seed_examples:');
    project.write('task.yaml', `${head}seed_examples:\n${seeds.join('\n')}\n`);
    const sizes = ['--num-outputs-to-generate', '99', '--seed-batch-size', '100', '--machine-batch-size', '0'];
    const { code, stderr, stdout } = await project.run([...run, ...sizes], host(server));
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stdout).toContain('DGT_PROVIDER_REQUEST');
    expect(project.rows(`${output}/final_data.jsonl`)).toHaveLength(99);
    expect(project.rows(`${output}/errors.jsonl`)).toEqual([
      expect.objectContaining({
        block: 'generator',
        code: 'DGT_PROVIDER_REQUEST',
        row: expect.objectContaining({ input: expect.any(String) }),
      }),
    ]);
    expect(server.counts().requests).toBeLessThan(105);
  });

  it('keeps an API key out of every file and every line that it prints', async () => {
    const secret = 'sk-very-secret-4711';
    await using server = await startFakeServer({ requireKey: 'another' });
    using project = new TemporaryProject().addGeography();
    const yaml = 'builders/public/test/geography_qa/geography_qa.yaml';
    const block = `type: openai\n    base_url: ${server.url}/v1\n    api_key: \${env:MY_KEY}`;
    project.write(yaml, project.read(yaml).replace('type: ollama', block));
    const { code, stdout, stderr } = await project.run([...run, '--debug'], { MY_KEY: secret });
    expect(code).toBe(1);
    expect(stdout + stderr).toContain('DGT_PROVIDER_AUTH');
    expect(stdout + stderr).not.toContain(secret);
    const found = execFileSync('sh', ['-c', `grep -rl ${secret} . || true`], { cwd: project.folder }).toString();
    expect(found).toBe('');
  });
});

/** A file system of its own, as small as the test likes, needs a namespace that this machine may not give. */
function canMount(): boolean {
  try {
    execFileSync('unshare', ['-rm', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe.runIf(canMount())('a full disk', () => {
  it('ends the run with what is recorded, and the run goes on when there is space', async () => {
    await using server = await startFakeServer({});
    using project = new TemporaryProject().addGeography();
    const dgt = `${process.execPath} ${join(repository, 'packages/cli/bin/dgt.js')} run --task-path task.yaml --num-outputs-to-generate 400 --seed-batch-size 20`;
    const script = [
      'mkdir output && mount -t tmpfs -o size=160k tmpfs output || exit 99',
      `${dgt}; echo "first: $?"`,
      'mount -o remount,size=20m output',
      `${dgt}; echo "second: $?"`,
      'cp -r output kept',
    ].join('\n');
    const env = { PATH: process.env['PATH'] ?? '', HOME: project.folder, ...host(server) };
    const { stdout: text } = await collect(
      spawn('unshare', ['-rm', 'sh', '-c', `(${script}) 2>&1`], { cwd: project.folder, env }),
    );
    expect(text).toContain('first: 1');
    expect(text).toContain('DGT_DISK_FULL');
    expect(text).toContain('second: 0');
    expect(existsSync(join(project.folder, 'kept'))).toBe(true);
    expect(project.rows('kept/public/test/geography_qa/final_data.jsonl')).toHaveLength(400);
    expect(Math.max(...Object.values(server.counts().answers))).toBeLessThanOrEqual(2);
  });
});
