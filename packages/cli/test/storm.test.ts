import { startFakeServer, type FakeServerOptions } from '@dgt/testkit';
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { TemporaryProject } from './project.js';

const rowCount = 120;
const secret = 'sk-storm-4711';
const folder = 'output/storm';

/** Nine ways to fail that pass, three tries in ten in all. */
const passing = {
  rateLimit: 0.02,
  overloaded: 0.02,
  serverError: 0.05,
  badGateway: 0.05,
  reset: 0.05,
  cutBody: 0.04,
  brokenJson: 0.04,
  emptyAnswer: 0.03,
  hang: 0.02,
};
/** Beside them two that end a row. */
const lasting = { refusal: 0.02, contextLength: 0.01 };

const task = {
  task_name: 'storm',
  task_description: 'Two questions about each row',
  data_builder: 'core/prompt_chain',
  data: { type: 'default', data_path: 'rows.jsonl' },
  unique_key: 'id',
  steps: [
    { out: 'first', user: 'First of {id}' },
    { out: 'second', user: 'Second of {id} after {first}' },
  ],
};

function startServer(faults?: FakeServerOptions['faults']) {
  const answer: FakeServerOptions['answer'] = ({ prompt }) => `so much on "${prompt}"`;
  return startFakeServer({ answer, requireKey: secret, ...(faults && { faults: { ...faults, dripMs: 100 } }) });
}

function createProject(): TemporaryProject {
  const rows = Array.from({ length: rowCount }, (_, id) => JSON.stringify({ id }));
  return new TemporaryProject().write('rows.jsonl', rows.join('\n')).write('task.yaml', JSON.stringify(task));
}

/** The real command against a server, which another run may find at another address. */
async function run(project: TemporaryProject, url: string, ...options: string[]) {
  const generator = {
    name: 'generator',
    type: 'openai',
    model_id_or_path: 'fake-model',
    base_url: `${url}/v1`,
    api_key: '${env:STORM_KEY}',
    call_limit: 32,
    timeout: 1,
    retry: { first_wait: 0.01, longest_wait: 0.1 },
  };
  project.write('model.yaml', JSON.stringify({ databuilders: { 'core/prompt_chain': { blocks: [generator] } } }));
  const args = ['run', 'task.yaml', '--config-path', 'model.yaml', '--quiet', ...options];
  return project.run(args, { STORM_KEY: secret });
}

const files = ['final_data', 'data', 'rejected', 'errors'];

function readAll(project: TemporaryProject): string[] {
  return files.map((file) => project.read(`${folder}/${file}.jsonl`));
}

/** Files that hold a text, and processes whose title does. */
function findSecret(project: TemporaryProject): string {
  const inFiles = execFileSync('sh', ['-c', `grep -rl ${secret} . || true`], { cwd: project.folder }).toString();
  const inTitles = execFileSync('sh', ['-c', `ps -eo args | grep -F ${secret} | grep -v grep || true`]).toString();
  return inFiles + inTitles;
}

/** What a server without faults makes of the same task. */
async function runInCalm(): Promise<string[]> {
  await using server = await startServer();
  using project = createProject();
  expect(await run(project, server.url)).toMatchObject({ code: 0, stderr: '' });
  return readAll(project);
}

describe('a run through a storm', () => {
  it('has the bytes of one in calm weather when all that fails passes', { timeout: 120_000 }, async () => {
    const calm = await runInCalm();
    await using server = await startServer({ rates: passing, seed: 1 });
    using project = createProject();
    expect(await run(project, server.url)).toMatchObject({ code: 0 });
    expect(readAll(project)).toEqual(calm);
    const { requests, byOutcome, answers } = server.counts();
    for (const fault of Object.keys(passing)) expect(byOutcome).toHaveProperty(fault);
    expect(requests).toBeGreaterThan(2 * rowCount * 1.35);
    expect(Object.values(answers)).toEqual(Array.from({ length: 2 * rowCount }, () => 1));
    server.reset();
    expect(await run(project, server.url)).toMatchObject({ code: 0 });
    expect(server.counts().answers).toEqual({});
  });

  it('accounts for every row, and has the bytes of calm weather once that is there', { timeout: 120_000 }, async () => {
    const calm = await runInCalm();
    using project = createProject();
    let inStorm: Readonly<Record<string, number>>;
    {
      await using server = await startServer({ rates: { ...passing, ...lasting }, seed: 2 });
      const { code, stdout, stderr } = await run(project, server.url);
      expect(code).toBe(2);
      expect(stdout + stderr).not.toContain(secret);
      inStorm = server.counts().answers;
    }
    const made = project.rows(`${folder}/final_data.jsonl`).map(({ id }) => id);
    const lost = project.rows(`${folder}/errors.jsonl`);
    expect(new Set(lost.map(({ code }) => code))).toEqual(new Set(['DGT_PROVIDER_REQUEST', 'DGT_PROMPT_TOO_LONG']));
    expect(made.length + lost.length).toBe(rowCount);
    expect(project.read(`${folder}/final_data.jsonl`)).toBe(
      calm[0]
        ?.split('\n')
        .filter((line) => line === '' || made.includes((JSON.parse(line) as { id: number }).id))
        .join('\n'),
    );
    expect(findSecret(project)).toBe('');
    await using server = await startServer();
    expect(await run(project, server.url, '--retry-errors')).toMatchObject({ code: 0 });
    expect(readAll(project)).toEqual(calm);
    // What was answered in the storm, refusals aside, is not asked for in the calm.
    const asked = Object.keys(server.counts().answers);
    expect(asked.length).toBeLessThanOrEqual(2 * lost.length);
    expect(Object.keys(inStorm).length).toBeGreaterThan(rowCount);
  });
});
