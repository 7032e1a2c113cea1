import { startFakeServer } from '@dgt/testkit/fake-server';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { TemporaryProject } from './project.js';

const rowCount = 60;
const inFlight = 10;

it('dgt gendata goes on after a kill -9: all rows in their order, no recorded answer asked for again', async () => {
  await using server = await startFakeServer({ latency: 15, answer: ({ prompt }) => `on ${prompt}` });
  using project = new TemporaryProject();
  const input = Array.from({ length: rowCount }, (_, id) => `${JSON.stringify({ id, topic: `t${id}` })}\n`);
  project.write('in.jsonl', input.join(''));
  project.write(
    'task.yml',
    'messages_list: [{ user: "A {topic}" }, { user: "B {a}" }]\noutput_keys: [a, b]\noutput_types: [str, str]\n',
  );
  const command = [
    'gendata',
    '--input',
    'in.jsonl',
    '--output',
    'out.jsonl',
    '--model',
    'openai',
    '--task',
    'task.yml',
  ];
  const args = [...command, '--unique-key', 'id', `--model-args=api_url=${server.url}/v1`, '--quiet'];
  const killed = project.start(args);
  await expect.poll(() => server.requests.length, { interval: 10, timeout: 20_000 }).toBeGreaterThan(40);
  killed.process.kill('SIGKILL');
  expect(await killed.finished).toMatchObject({ signal: 'SIGKILL' });
  expect(existsSync(join(project.folder, 'out.jsonl'))).toBe(false);
  const finished = await project.run(args);
  expect(finished.code, finished.stderr).toBe(0);
  expect(project.rows('out.jsonl')).toEqual(
    input.map((_, id) => ({ topic: `t${id}`, a: `on A t${id}`, b: `on B on A t${id}`, id, model: 'tgi' })),
  );
  const { calls } = server.report();
  expect(calls.keys).toBe(2 * rowCount);
  expect(calls.answeredAgain).toBeLessThanOrEqual(inFlight);
});
