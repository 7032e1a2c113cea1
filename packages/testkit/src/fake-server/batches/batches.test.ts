import { OpenAI, toFile } from 'openai';
import { describe, expect, it } from 'vitest';
import { startFakeServer } from '../server.js';
import type { FakeServerOptions } from '../options.js';
import type { BatchOptions } from './batch-options.js';

interface ResultLine {
  readonly custom_id: string;
  readonly response: {
    readonly status_code: number;
    readonly body: { choices: { message: { content: string } }[] };
  } | null;
  readonly error: { readonly code: string } | null;
}

async function open(options: FakeServerOptions = {}) {
  const server = await startFakeServer(options);
  const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'k', maxRetries: 0 });
  return { server, client, [Symbol.asyncDispose]: () => server.close() };
}

function writeLine(id: string, body: object = {}): string {
  const request = { model: 'm', messages: [{ role: 'user', content: `prompt ${id}` }], ...body };
  return `${JSON.stringify({ custom_id: id, method: 'POST', url: '/v1/chat/completions', body: request })}\n`;
}

const ids = Array.from({ length: 40 }, (_, index) => `call-${index}`);

async function submit(client: OpenAI, text = ids.map((id) => writeLine(id)).join('')) {
  const file = await client.files.create({ file: await toFile(Buffer.from(text), 'in.jsonl'), purpose: 'batch' });
  const settings = { endpoint: '/v1/chat/completions', completion_window: '24h' } as const;
  return client.batches.create({ input_file_id: file.id, ...settings, metadata: { run: 'one' } });
}

/** Looks at a batch until it has ended, and gives every state it was seen in. */
async function follow(client: OpenAI, id: string) {
  const states: string[] = [];
  for (;;) {
    const batch = await client.batches.retrieve(id);
    states.push(batch.status);
    if (['completed', 'failed', 'expired', 'cancelled'].includes(batch.status)) return { batch, states };
  }
}

async function readResults(client: OpenAI, file: string | undefined | null): Promise<ResultLine[]> {
  if (file === undefined || file === null) return [];
  const text = await (await client.files.content(file)).text();
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as ResultLine);
}

async function run(batches: BatchOptions, options: FakeServerOptions = {}) {
  await using fake = await open({ ...options, batches });
  const { batch, states } = await follow(fake.client, (await submit(fake.client)).id);
  return {
    batch,
    states,
    output: await readResults(fake.client, batch.output_file_id),
    errors: await readResults(fake.client, batch.error_file_id),
    report: fake.server.report(),
  };
}

describe('batches of the fake server', () => {
  it('go from state to state, and answer every line once, in an order of their own', async () => {
    const { batch, states, output, errors, report } = await run({});
    expect(states).toEqual(['validating', 'in_progress', 'finalizing', 'completed']);
    expect(batch).toMatchObject({ metadata: { run: 'one' }, request_counts: { total: 40, completed: 40, failed: 0 } });
    expect(batch.error_file_id).toBeNull();
    expect(errors).toEqual([]);
    const answered = output.map(({ custom_id }) => custom_id);
    expect(answered).not.toEqual(ids);
    expect(answered.toSorted()).toEqual(ids.toSorted());
    expect(report).toMatchObject({ batchAnswers: 40, calls: { keys: 40, answeredAgain: 0 } });
  });

  it('give the answer that a request with the same key would have got', async () => {
    await using fake = await open();
    const { batch } = await follow(fake.client, (await submit(fake.client, writeLine('a'))).id);
    const [line] = await readResults(fake.client, batch.output_file_id);
    const live = await fake.client.chat.completions.create(
      { model: 'm', messages: [{ role: 'user', content: 'prompt a' }] },
      { headers: { 'Idempotency-Key': 'a' } },
    );
    expect(line?.response?.body).toEqual(live);
    expect(fake.server.report().calls.answeredAgain).toBe(1);
  });

  it('keep what is finished when they expire or are cancelled, and name the rest', async () => {
    const { batch, states, output, errors } = await run({ endings: ['expired'], doneShare: 0.5 });
    expect(states).toEqual(['validating', 'in_progress', 'expired']);
    expect(output.length).toBeGreaterThan(8);
    expect(errors.length).toBeGreaterThan(8);
    expect(output.length + errors.length).toBe(40);
    expect(errors.every(({ response, error }) => response === null && error?.code === 'batch_expired')).toBe(true);
    expect(batch.request_counts).toEqual({ total: 40, completed: output.length, failed: errors.length });

    await using fake = await open();
    const { id } = await submit(fake.client);
    expect((await fake.client.batches.cancel(id)).status).toBe('cancelling');
    const cancelled = await follow(fake.client, id);
    expect(cancelled.states).toEqual(['cancelling', 'cancelled']);
    const left = await readResults(fake.client, cancelled.batch.error_file_id);
    expect(left[0]?.error?.code).toBe('batch_cancelled');
    await expect(fake.client.batches.cancel(id)).rejects.toMatchObject({ status: 409 });
  });

  it('have lines twice, not at all, failed and with the status 0, as told', async () => {
    const twice = await run({ duplicateShare: 0.5 });
    expect(twice.output.length).toBeGreaterThan(45);
    expect(new Set(twice.output.map(({ custom_id }) => custom_id)).size).toBe(40);
    const missing = await run({ missingShare: 0.5 });
    expect(missing.output.length).toBeLessThan(35);
    expect(missing.batch.request_counts?.completed).toBe(40);
    const zero = await run({ statusZeroShare: 0.5 });
    expect(zero.output.some(({ response }) => response?.status_code === 0)).toBe(true);
    expect(zero.batch.request_counts?.failed).toBe(0);
    const failed = await run({ failedShare: 0.5 });
    expect(failed.errors.length).toBeGreaterThan(8);
    expect(failed.errors.every(({ response }) => response?.status_code === 500)).toBe(true);
  });

  it('name both files or neither, as told', async () => {
    const both = await run({ files: 'both' });
    expect([typeof both.batch.output_file_id, typeof both.batch.error_file_id]).toEqual(['string', 'string']);
    expect(both.errors).toEqual([]);
    const none = await run({ files: 'none' });
    expect(none.batch).toMatchObject({ status: 'completed', output_file_id: null, error_file_id: null });
  });

  it('put a line that is refused into the error file', async () => {
    const { output, errors } = await run({}, { badRequest: 'prompt call-7' });
    expect(output).toHaveLength(39);
    expect(errors).toMatchObject([{ custom_id: 'call-7', response: { status_code: 400 }, error: null }]);
  });

  it('fail with every line that is wrong', async () => {
    await using fake = await open();
    const text = `${writeLine('a')}{"custom_id"\n${writeLine('a')}${writeLine('b').replace('/chat/', '/')}${writeLine('c', { model: 'n' })}`;
    const { batch, states } = await follow(fake.client, (await submit(fake.client, text)).id);
    expect(states).toEqual(['validating', 'failed']);
    expect(batch.errors?.data?.map(({ code, line }) => [code, line])).toEqual([
      ['invalid_json_line', 2],
      ['duplicate_custom_id', 3],
      ['mismatched_url', 4],
      ['mismatched_model', null],
    ]);
  });

  it('fail when too much is waiting, and end one after the other as told', async () => {
    await using fake = await open({ batches: { maxEnqueuedTokens: 120, endings: ['failed', 'completed'] } });
    const first = await submit(fake.client);
    const second = await submit(fake.client);
    expect((await follow(fake.client, second.id)).batch.errors?.data?.[0]?.code).toBe('token_limit_exceeded');
    expect((await follow(fake.client, first.id)).batch.status).toBe('failed');
    const third = await submit(fake.client);
    expect((await follow(fake.client, third.id)).batch.status).toBe('completed');
  });

  it('take their time when told to, whoever looks', async () => {
    await using fake = await open({ batches: { stateMs: 10 } });
    const { id } = await submit(fake.client);
    await expect.poll(async () => (await fake.client.batches.list()).data[0]?.status).toBe('completed');
    expect((await fake.client.batches.retrieve(id)).output_file_id).toEqual(expect.any(String));
  });

  it('are listed page by page, the newest first', async () => {
    await using fake = await open();
    for (const id of ['a', 'b', 'c']) await submit(fake.client, writeLine(id));
    const listed: string[] = [];
    for await (const batch of fake.client.batches.list({ limit: 2 })) listed.push(batch.id);
    expect(listed).toEqual(['batch_fake000003', 'batch_fake000002', 'batch_fake000001']);
  });

  it('need a file that was uploaded for them', async () => {
    await using fake = await open();
    const settings = { endpoint: '/v1/chat/completions', completion_window: '24h' } as const;
    const create = (input_file_id: string) => fake.client.batches.create({ input_file_id, ...settings });
    await expect(create('file-none')).rejects.toMatchObject({ status: 400 });
    const other = await fake.client.files.create({
      file: await toFile(Buffer.from('x'), 'x.txt'),
      purpose: 'user_data',
    });
    await expect(create(other.id)).rejects.toMatchObject({ status: 400 });
    expect((await fake.client.files.retrieve(other.id)).bytes).toBe(1);
    expect(await fake.client.files.delete(other.id)).toMatchObject({ deleted: true });
    await expect(fake.client.files.content(other.id)).rejects.toMatchObject({ status: 404 });
  });
});
