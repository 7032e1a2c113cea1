import {
  dataBuilders,
  dataPoint,
  GenerationDataBuilder,
  GenerationTask,
  LMProvider,
  Type,
  type Attempt,
  type DataBuilderClass,
} from '@dgt/core';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { BatchTerminal, type BatchLine } from '../__fixtures__/batch-terminal.js';

const cities = ['Lima', 'Oslo', 'Cairo'].map((city) => ({ city }));
const chain = {
  data: cities,
  steps: [
    { out: 'fact', system: 'Be brief', user: 'A fact about {city}', gen_kwargs: { max_tokens: 7 } },
    { out: 'question', user: 'A question on {fact}' },
  ],
};

class Line extends dataPoint({ text: Type.String() }) {}

let interrupt = (): unknown => undefined;

/** Asks once in each attempt. */
class Asking extends GenerationDataBuilder.of({
  task: GenerationTask.of({ input: Line }),
  blocks: { generator: LMProvider },
}) {
  override async generate([seed]: readonly Line[], { number }: Attempt) {
    if (seed?.text === 'unlucky') throw new TypeError('no luck');
    if (seed?.text === 'slow') await delay(50);
    if (seed?.text === 'never') await new Promise(() => interrupt());
    const [row] = await this.blocks.generator.run([{ input: `${seed?.text} ${number}` }]).toArray();
    return [new Line({ text: String(row?.result) })];
  }
}
/** Asks two models at once. */
class Two extends GenerationDataBuilder.of({
  task: GenerationTask.of({ input: Line }),
  blocks: { left: LMProvider, right: LMProvider },
}) {
  override async generate() {
    const asked = [this.blocks.left, this.blocks.right].map((block) => block.run([{ input: 'Hi' }]).toArray());
    const rows = (await Promise.all(asked)).flat();
    return rows.map(({ result }) => new Line({ text: String(result) }));
  }
}
dataBuilders.add('batch/two', Two as unknown as DataBuilderClass, 'this test');
dataBuilders.add('batch/asking', Asking as unknown as DataBuilderClass, 'this test');
const generation = {
  data_builder: 'batch/asking',
  seed_examples: [{ text: 'a seed' }],
  runner_config: { seed_batch_size: 1, machine_batch_size: 0 },
};

const prompts = (lines: readonly BatchLine[]) => lines.map(({ body }) => body.messages.at(-1)?.content);
const files = (terminal: BatchTerminal) => readdirSync(terminal.workingFolder).toSorted();

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('dgt batch create of a task', () => {
  it('writes the first call of each row as it would be posted, and nothing else', async () => {
    await using terminal = await BatchTerminal.open();
    const made = await terminal.give(chain).onTask('batch', 'create');
    expect(made).toEqual({ code: 0, stderr: '', stdout: 'wrote 3 requests to batchinput.jsonl\n' });
    expect(terminal.server.requests).toEqual([]);
    expect(files(terminal)).toEqual(['batchinput.jsonl', 'config.yaml', 'task.yaml']);
    const lines = terminal.readRows<BatchLine>('batchinput.jsonl');
    await terminal.onTask('run');
    const posted = terminal.server.requests.filter(({ key }) => lines.some(({ custom_id }) => custom_id === key));
    const asPosted = posted.map(({ key, path, body }) => ({ custom_id: key, method: 'POST', url: path, body }));
    expect(lines).toEqual(asPosted.toSorted((a, b) => indexIn(lines, a.custom_id) - indexIn(lines, b.custom_id)));
    expect(prompts(lines)).toEqual(['A fact about Lima', 'A fact about Oslo', 'A fact about Cairo']);
    expect(lines[0]?.body).toMatchObject({ model: 'fake', max_tokens: 7 });
  });

  it('writes all calls that a row makes at once', async () => {
    await using terminal = await BatchTerminal.open();
    const steps = [{ out: 'answers', for_each: 'topics', as: 'topic', n: 2, user: 'On {topic}' }];
    terminal.give({ data: [{ topics: ['a', 'b', 'c'] }, { topics: [] }, { topics: ['d'] }], steps });
    expect((await terminal.onTask('batch', 'create')).code).toBe(0);
    const lines = terminal.readRows<BatchLine>('batchinput.jsonl');
    expect(new Set(lines.map(({ custom_id }) => custom_id)).size).toBe(lines.length);
    terminal.server.reset();
    await terminal.onTask('run');
    expect(terminal.keys.toSorted()).toEqual(lines.map(({ custom_id }) => custom_id).toSorted());
  });

  it('writes the attempts of a generation that see none of its rows', async () => {
    await using terminal = await BatchTerminal.open();
    terminal.giveBuilder('batch/asking');
    terminal.give({ ...generation, num_outputs_to_generate: 16 });
    const { code, stderr } = await terminal.onTask('batch', 'create');
    expect(code, stderr).toBe(0);
    const lines = terminal.readRows<BatchLine>('batchinput.jsonl');
    expect(lines).toHaveLength(4);
    await terminal.answer();
    expect((await terminal.onTask('batch', 'ingest', 'output.jsonl')).stdout).toBe('recorded 4 answers\n');
    terminal.server.reset();
    expect((await terminal.onTask('run')).code).toBe(0);
    expect(terminal.keys).toHaveLength(12);
    expect(terminal.keys.filter((key) => lines.some(({ custom_id }) => custom_id === key))).toEqual([]);
    expect(terminal.readRows('output/task/final_data.jsonl')).toHaveLength(16);
  });

  it('leaves out what an interrupted run has recorded, and touches nothing of it', async () => {
    let asked = 0;
    await using terminal = await BatchTerminal.open({
      answer: ({ prompt }) => {
        if (++asked === 4) terminal.signals.emit('SIGINT');
        return `<${prompt}>`;
      },
    });
    terminal.give({ ...chain, data: Array.from({ length: 30 }, (_, index) => ({ city: `c${index}` })) });
    expect((await terminal.onTask('run')).code).toBe(130);
    const answered = new Set(terminal.keys);
    const ledger = hashOf(terminal, 'output/task/ledger.db');
    expect((await terminal.onTask('batch', 'create')).code).toBe(0);
    const lines = terminal.readRows<BatchLine>('batchinput.jsonl');
    expect(lines.filter(({ custom_id }) => answered.has(custom_id))).toEqual([]);
    expect(lines).toHaveLength(30 - terminal.readRows('output/task/final_data.jsonl').length);
    expect(prompts(lines).some((prompt) => prompt?.startsWith('A question'))).toBe(true);
    expect(hashOf(terminal, 'output/task/ledger.db')).toBe(ledger);
  });

  it('writes the shape, the tools and the address that a block asks for', async () => {
    await using terminal = await BatchTerminal.open();
    const schema = { type: 'object', properties: { risks: { type: 'array' } }, required: ['risks'] };
    terminal.give({ data: cities, steps: [{ out: 'risks', type: 'json', schema, user: 'Risks of {city}' }] });
    await terminal.onTask('batch', 'create');
    const [shaped] = terminal.readRows<BatchLine>('batchinput.jsonl');
    terminal.server.reset();
    await terminal.onTask('run');
    const posted = terminal.server.requests.find(({ key }) => key === shaped?.custom_id);
    expect(shaped?.body).toEqual(posted?.body);
    expect(shaped?.body).toHaveProperty('response_format.type', 'json_schema');

    terminal.giveBuilder('batch/asking');
    terminal.give({ ...generation, task_name: 'plain' }, [{ method: 'completion' }]);
    await terminal.onTask('batch', 'create');
    expect(terminal.readRows<BatchLine>('batchinput.jsonl')[0]).toMatchObject({
      url: '/v1/completions',
      body: { model: 'fake', prompt: 'a seed 1' },
    });
  });

  it('reads a large input a part at a time', async () => {
    await using terminal = await BatchTerminal.open();
    const rows = Array.from({ length: 20_000 }, (_, index) => `{"city":"c${index}"}\n`);
    terminal.write('cities.jsonl', rows.join(''));
    terminal.give({ ...chain, data: { type: 'default', data_path: 'cities.jsonl' } });
    const startedAt = performance.now();
    const { stdout } = await terminal.onTask('batch', 'create');
    expect(stdout).toBe('wrote 20,000 requests to batchinput.jsonl\n');
    expect(performance.now() - startedAt).toBeLessThan(20_000);
    const lines = terminal.readRows<BatchLine>('batchinput.jsonl');
    expect([0, 999, 1000, 19_999].map((index) => prompts(lines)[index])).toEqual(
      [0, 999, 1000, 19_999].map((index) => `A fact about c${index}`),
    );
  });

  it.each([
    [['--task-path', 'task.yaml', '--lm', 'ollama:m'], 'DGT_BATCH_UNFIT', '--lm openai:'],
    [['--task-path', 'task.yaml', '--input_file', 'p.jsonl'], 'DGT_OPTIONS_CONFLICT', '--input_file'],
    [['--task-path', 'task.yaml', '--model_name', 'm'], 'DGT_OPTIONS_CONFLICT', '--model_name'],
    [['--input_file', 'p.jsonl', '--model_name', 'm', '--lm', 'openai:m'], 'DGT_OPTIONS_CONFLICT', '--lm'],
    [['--input_file', 'p.jsonl'], 'DGT_OPTIONS_MISSING', '--model_name'],
    [[], 'DGT_OPTIONS_MISSING', '--task-path'],
  ])('refuses %j', async (options, error, named) => {
    await using terminal = await BatchTerminal.open();
    const { code, stderr } = await terminal.give(chain).run('batch', 'create', ...options);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(error) });
    expect(stderr).toContain(named);
    expect(files(terminal)).toEqual(['config.yaml', 'task.yaml']);
  });

  it('has one model a file, and says which blocks ask others', async () => {
    await using terminal = await BatchTerminal.open();
    terminal.giveBuilder('batch/two', ['left', 'right']);
    const blocks = ['left', 'right'].map((name) => ({ name, model_id_or_path: `the-${name}` }));
    terminal.give({ ...generation, data_builder: 'batch/two' }, blocks);
    const { code, stderr } = await terminal.onTask('batch', 'create');
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('DGT_BATCH_UNFIT') });
    expect(stderr).toContain('"left" asks the-left at /v1/chat/completions, and "right" asks the-right at');
    expect(files(terminal)).not.toContain('batchinput.jsonl');
    expect((await terminal.onTask('batch', 'create', '--lm', 'openai:one')).code).toBe(0);
  });

  it('puts the calls of several tasks into one file', async () => {
    await using terminal = await BatchTerminal.open();
    terminal.give(chain).write('second.yaml', terminal.readText('task.yaml').replace('name: task', 'name: second'));
    await terminal.onTask('batch', 'create', '--task-path', 'second.yaml');
    const lines = terminal.readRows<BatchLine>('batchinput.jsonl');
    expect(new Set(lines.map(({ custom_id }) => custom_id)).size).toBe(6);
    await terminal.answer();
    const { stdout } = await terminal.onTask('batch', 'ingest', 'output.jsonl', '--task-path', 'second.yaml');
    expect(stdout).toBe('recorded 6 answers\n');
  });

  it('waits for a builder that waits for something of its own before it calls', async () => {
    await using terminal = await BatchTerminal.open();
    terminal.giveBuilder('batch/asking');
    terminal.give({ ...generation, num_outputs_to_generate: 4, seed_examples: [{ text: 'slow' }] });
    const { stdout } = await terminal.onTask('batch', 'create');
    expect(stdout).toBe('wrote 1 request to batchinput.jsonl\n');
  });

  it('ends at once with Ctrl-C, and leaves no part of a file', async () => {
    await using terminal = await BatchTerminal.open();
    terminal.giveBuilder('batch/asking');
    terminal.give({ ...generation, seed_examples: [{ text: 'never' }] });
    interrupt = () => terminal.signals.emit('SIGINT');
    expect((await terminal.onTask('batch', 'create')).code).toBe(130);
    expect(files(terminal)).toEqual(['builders', 'config.yaml', 'task.yaml']);
  });

  it('says once that the key is missing, and not for each row', async () => {
    await using terminal = await BatchTerminal.open();
    terminal.give(chain);
    vi.stubEnv('OPENAI_API_KEY', '');
    vi.stubEnv('OPENAI_BASE_URL', '');
    const { code, stderr } = await terminal.run('batch', 'create', '--task-path', 'task.yaml', '--lm', 'openai:m');
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^error DGT_ENV_MISSING: /) });
  });

  it('tells what a builder throws, of a generation as its end and of a transformation as the end of a row', async () => {
    await using terminal = await BatchTerminal.open();
    terminal.giveBuilder('batch/asking');
    terminal.give({ ...generation, seed_examples: [{ text: 'unlucky' }] });
    const thrown = await terminal.onTask('batch', 'create');
    expect(thrown).toMatchObject({ code: 1, stderr: expect.stringContaining('DGT_BUILDER_THREW') });
    expect(thrown.stderr).toContain('no luck');
    expect(existsSync(join(terminal.workingFolder, 'batchinput.jsonl'))).toBe(false);
    terminal.give({ ...chain, data: [{ city: 'Lima' }, { town: 'Rye' }] });
    const { code, stdout, stderr } = await terminal.onTask('batch', 'create');
    expect({ code, stdout }).toEqual({ code: 2, stdout: 'wrote 1 request to batchinput.jsonl\n' });
    expect(stderr).toContain('task: row 2 ends as an error: ');
  });
});

describe('dgt batch ingest', () => {
  it('records answers so that the next wave can be written, and the run has no call left', async () => {
    await using terminal = await BatchTerminal.open();
    terminal.give(chain);
    await terminal.onTask('batch', 'create');
    await terminal.answer();
    expect(await terminal.onTask('batch', 'ingest', 'output.jsonl')).toMatchObject({
      code: 0,
      stdout: 'recorded 3 answers\n',
    });
    expect((await terminal.onTask('batch', 'create', '--output-file', 'second.jsonl')).code).toBe(0);
    expect(prompts(terminal.readRows<BatchLine>('second.jsonl'))).toEqual(
      cities.map(({ city }) => `A question on <A fact about ${city}>`),
    );
    await terminal.answer('second.jsonl', 'answers/second.jsonl');
    // In one go with what is recorded already.
    const { stdout, stderr } = await terminal.onTask('batch', 'ingest', 'answers/second.jsonl', 'output.jsonl');
    expect(stdout).toBe('recorded 3 answers\n');
    expect(stderr).toContain('3 answers had been recorded before');
    expect((await terminal.onTask('batch', 'create', '--output-file', 'third.jsonl')).stdout).toBe(
      'no call is open, so that there is nothing to write: `dgt run` goes on with the dataset\n',
    );
    terminal.server.reset();
    expect((await terminal.onTask('run')).code).toBe(0);
    expect(terminal.keys).toEqual([]);
    expect(terminal.readRows('output/task/final_data.jsonl')).toMatchObject(
      cities.map(({ city }) => ({ question: `<A question on <A fact about ${city}>>` })),
    );
  });

  it('leaves calls open that the batch did not answer, and names answers to other calls', async () => {
    await using terminal = await BatchTerminal.open({ batches: { failedShare: 0.5 } });
    terminal.give({ ...chain, data: Array.from({ length: 20 }, (_, index) => ({ city: `c${index}` })) });
    await terminal.onTask('batch', 'create');
    const lines = terminal.readRows<BatchLine>('batchinput.jsonl');
    await terminal.answer();
    const results = terminal.readRows<{ custom_id: string; response?: { status_code: number } }>('output.jsonl');
    const good = results.filter(({ response }) => response?.status_code === 200);
    expect(good.length).toBeLessThan(20);
    const foreign = JSON.stringify({ ...good[0], custom_id: 'another' });
    terminal.write('output.jsonl', `${terminal.readText('output.jsonl')}${foreign}\n`);
    const { code, stdout, stderr } = await terminal.onTask('batch', 'ingest', 'output.jsonl');
    expect({ code, stdout }).toEqual({ code: 0, stdout: `recorded ${good.length} answers\n` });
    expect(stderr).toContain(`${20 - good.length} requests without an answer, still open: `);
    expect(stderr).toContain('1 answer to no call of these tasks: another\n');
    await terminal.onTask('batch', 'create');
    const facts = terminal
      .readRows<BatchLine>('batchinput.jsonl')
      .filter(({ custom_id }) => lines.some((line) => line.custom_id === custom_id));
    expect(facts).toHaveLength(20 - good.length);
    expect(await terminal.run('cost', 'output')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('openai (batch)'),
    });
  });

  it('refuses a file of requests, and needs a task', async () => {
    await using terminal = await BatchTerminal.open();
    await terminal.give(chain).onTask('batch', 'create');
    expect((await terminal.onTask('batch', 'ingest', 'batchinput.jsonl')).stderr).toContain('is a request');
    expect((await terminal.run('batch', 'ingest', 'batchinput.jsonl')).stderr).toContain('DGT_PATHS_MISSING');
  });
});

function indexIn(lines: readonly BatchLine[], id: string | undefined): number {
  return lines.findIndex(({ custom_id }) => custom_id === id);
}

function hashOf(terminal: BatchTerminal, path: string): string {
  return createHash('sha256')
    .update(readFileSync(join(terminal.workingFolder, path)))
    .digest('hex');
}
