import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '@dgt/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { mostWithin } from '../../../llm/src/__fixtures__/drive.js';
import { VirtualClock } from '../../../llm/src/__fixtures__/virtual-clock.js';
import { PipelineProject } from '../__fixtures__/pipeline-project.js';

afterEach(() => void vi.restoreAllMocks());

/** Every file below a folder, as text. */
function readAll(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile())
    .map((file) => readFileSync(file, 'latin1'))
    .join('\n');
}

/** A pool of so many rows, as a module. */
function countingPool(rows: number, more = ''): string {
  return `export default function* () {
  for (let n = 1; n <= ${rows}; n++) yield { user_prompt_kwargs: { topic: String(n), word_count: '1' }, system_prompt_kwargs: { tone: 't' } };
}
${more}`;
}

/** Requests of this process that are on their way, or whose answers are. */
class ClientTraffic implements Disposable {
  #onTheWay = 0;
  #begun = 0;
  readonly #listeners = Object.entries({
    'undici:request:create': () => {
      this.#begun++;
      this.#onTheWay++;
    },
    'undici:request:trailers': () => this.#onTheWay--,
    'undici:request:error': () => this.#onTheWay--,
  });

  constructor() {
    for (const [channel, listener] of this.#listeners) subscribe(channel, listener);
  }

  /** Resolves once every answer has come and nothing more was asked because of it. */
  async settle(): Promise<void> {
    for (let seen = -1; seen !== this.#begun || this.#onTheWay > 0;) {
      seen = this.#begun;
      await sleep(3);
    }
  }

  [Symbol.dispose](): void {
    for (const [channel, listener] of this.#listeners) unsubscribe(channel, listener);
  }
}

describe('dgt pipeline', () => {
  it('runs the config, prompts and data of the template as they stand', async () => {
    await using project = await PipelineProject.open();
    const { code, stdout, stderr } = await project.run();
    expect(code, stderr).toBe(0);
    const [stamp] = project.stamps();
    expect(stdout).toContain(`  output/initial_test/${stamp}/result.jsonl: 5 records\n`);
    expect(project.asked.toSorted()[0]).toBe('system: 你是一位专业的作者。\nuser: 请写一段关于人工智能的文字，100字。');
    const records = project.records();
    expect(records.map(({ input }) => input['user_prompt_kwargs'])).toMatchObject(
      ['人工智能', '机器学习', '数据科学', '深度学习', '自然语言处理'].map((topic) => ({ topic })),
    );
    const response = '<draft>请写一段关于人工智能的文字，100字。</draft>';
    expect(records[0]).toEqual({
      input: {
        user_prompt_kwargs: { topic: '人工智能', word_count: '100字' },
        system_prompt_kwargs: { tone: '专业' },
      },
      response,
      naive_response: {
        duration_ms: expect.any(Number),
        retry_count: 0,
        timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
        api_response: { choices: [{ text: response, finish_reason: 'stop' }], usage: expect.any(Object) },
        usage: { prompt_tokens: 2, completion_tokens: 1, total_tokens: 3 },
        model: 'gpt-4o-2024-11-20',
        finish_reason: 'stop',
      },
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    const { body } = project.server.requests.find(({ key }) => key !== undefined) as { body: object };
    expect(body).toMatchObject({ model: 'gpt-4o-2024-11-20', max_tokens: 5012, temperature: 0.7 });
  });

  it('writes the key of the configuration nowhere, uses it, and says what is safer', async () => {
    await using project = await PipelineProject.open({ requireKey: 'sk-of-the-yaml' });
    project.write('config.yaml', project.read('config.yaml').replace('your_api_key', 'sk-of-the-yaml'));
    const { code, stdout, stderr } = await project.run();
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('notice: api_key stands in the configuration itself; ${env:NAME} there keeps it out');
    expect(readAll(project.path('output')) + stdout + stderr).not.toContain('sk-of-the-yaml');

    project.write('config.yaml', project.read('config.yaml').replace('sk-of-the-yaml', '${env:MY_KEY}'));
    project.terminal.environment['MY_KEY'] = 'sk-of-the-yaml';
    const again = await project.run();
    expect([again.code, again.stderr]).toEqual([0, expect.not.stringContaining('notice')]);
  });

  it('fills each prompt from its own mapping, lets either be absent, and takes other keys along', async () => {
    await using project = await PipelineProject.open();
    project.write('prompts/system_prompts/default.txt', 'You are {{{topic}}}.');
    project.write('prompts/user_prompts/default.txt', 'Say {topic} and {tags}.');
    const rows = [
      { user_prompt_kwargs: { topic: 'a', tags: ['x', true, null] }, system_prompt_kwargs: { topic: 'b' } },
      {
        user_prompt_kwargs: { topic: 'c', tags: 1 },
        system_prompt_kwargs: { topic: 'd' },
        response: 0,
        task_name: 'own',
      },
    ];
    project.write('rows.jsonl', rows.map((row) => JSON.stringify(row)).join('\n'));
    expect((await project.run('--data', 'rows.jsonl')).code).toBe(0);
    // As Python's format writes what is no text.
    expect(project.asked.toSorted()).toEqual([
      "system: You are {b}.\nuser: Say a and ['x', True, None].",
      'system: You are {d}.\nuser: Say c and 1.',
    ]);
    expect(project.records().map(({ input }) => input)).toEqual(rows);

    project.write('prompts/system_prompts/default.txt', 'You are brief.');
    project.write('rows.jsonl', JSON.stringify({ user_prompt_kwargs: { topic: 'a', tags: 'b' } }));
    expect((await project.run('--data', 'rows.jsonl')).code).toBe(0);
    expect(project.asked.at(-1)).toBe('system: You are brief.\nuser: Say a and b.');
  });

  it('prefers what is explicit to the file, and what is flat to what is nested', async () => {
    await using project = await PipelineProject.open();
    project.write('config.yaml', `${project.read('config.yaml')}need_time_stamp: false\n`);
    const { code, stderr } = await project.run('--temperature', '0.9', '--max-tokens', '7', '--model', 'another');
    expect(code, stderr).toBe(0);
    expect(project.records('output/initial_test')).toHaveLength(5);
    const { body } = project.server.requests.find(({ key }) => key !== undefined) as { body: object };
    expect(body).toMatchObject({ model: 'another', max_tokens: 7, temperature: 0.9 });
    project.write('other.txt', 'Only {topic}');
    const given = ['--output-dir', 'elsewhere', '--experiment-name', 'demo_test', '--user-prompt-path', 'other.txt'];
    expect((await project.run(...given)).code).toBe(0);
    expect(project.records('elsewhere/demo_test')[0]?.response).toBe('<draft>Only 人工智能</draft>');
  });
});

describe('what the template did badly', () => {
  it('1: 60 requests a minute are for all rows together, however many are worked on at once', async () => {
    const clock = new VirtualClock();
    const arrivals: number[] = [];
    const answer = () => {
      arrivals.push(clock.now());
      return 'an answer';
    };
    await using project = await PipelineProject.open({ answer });
    project.write('pool.ts', countingPool(90));
    vi.spyOn(systemClock, 'now').mockImplementation(() => clock.now());
    vi.spyOn(systemClock, 'sleep').mockImplementation((ms, signal) => clock.sleep(ms, signal));
    using traffic = new ClientTraffic();
    const { code, stderr } = await clock.run(project.run('--rate-limit', '60', '--concurrency-limit', '50'), () =>
      traffic.settle(),
    );
    expect(code, stderr).toBe(0);
    expect(arrivals).toHaveLength(90);
    expect(project.server.report().calls.keys).toBe(90);
    expect(mostWithin(arrivals, 60_000)).toBeLessThanOrEqual(60);
    expect((arrivals.at(-1) as number) - (arrivals[0] as number)).toBeLessThan(92_000);
  });

  it('2: a record of a failure has its real cause: status, what the server said, and how often it was asked', async () => {
    await using project = await PipelineProject.open({ badRequest: '机器学习' });
    const { code, stdout } = await project.run();
    expect(code).toBe(2);
    expect(stdout).toContain('result.jsonl: 5 records, 1 of them failures');
    const records = project.records();
    expect(records.map(({ error }) => error !== undefined)).toEqual([false, true, false, false, false]);
    expect(records[1]).toEqual({
      input: {
        user_prompt_kwargs: { topic: '机器学习', word_count: '150字' },
        system_prompt_kwargs: { tone: '通俗易懂' },
      },
      error: {
        code: 'DGT_PROVIDER_REQUEST',
        message: expect.stringContaining('refused the request (HTTP 400): this request cannot be served'),
        status: 400,
        body: 'this request cannot be served',
        attempts: 1,
      },
      timestamp: expect.stringMatching(/Z$/),
    });
  });

  it('3: a missing variable or prompt file ends the run before the first call, with its row and name', async () => {
    await using project = await PipelineProject.open();
    const row = (topic: string) => JSON.stringify({ user_prompt_kwargs: { [topic]: 'x', word_count: '1' } });
    project.write('rows.jsonl', [row('topic'), row('topci')].join('\n'));
    project.write('prompts/system_prompts/default.txt', 'Be brief.');
    const { code, stderr } = await project.run('--data', 'rows.jsonl');
    expect(code).toBe(1);
    expect(stderr).toContain('row 2: prompts/user_prompts/default.txt with user_prompt_kwargs');
    expect(stderr).toContain('needs {topic} (did you mean "topci"?); there are: topci, word_count');

    project.write('rows.jsonl', JSON.stringify({ system_prompt_kwargs: {} }));
    expect((await project.run('--data', 'rows.jsonl')).stderr).toContain('row 1: prompts/user_prompts/default.txt');
    const missing = await project.run('--user-prompt-path', 'prompts/none.txt');
    expect([missing.code, missing.stderr]).toEqual([
      1,
      expect.stringContaining('prompts/none.txt: cannot be read (user_prompt_path: no such file)'),
    ]);
    expect(project.server.requests).toEqual([]);
    expect(project.stamps()).toEqual([]);
  });

  it('4: what is tried again depends on the status, and not on the words of a message', async () => {
    await using project = await PipelineProject.open({
      badRequest: ({ prompt }) => prompt.includes('150'),
      faults: { rates: { serverError: 1 }, maxPerCall: 1 },
    });
    const { code } = await project.run();
    expect(code).toBe(2);
    const records = project.records();
    expect(records.map(({ naive_response }) => naive_response?.['retry_count'])).toEqual([1, undefined, 1, 1, 1]);
    expect(records[1]?.error).toMatchObject({ status: 400, attempts: 1 });
  });

  it('5: an override under its short name counts, and one that is misspelt is an error', async () => {
    await using project = await PipelineProject.open();
    project.write('config.yaml', project.read('config.yaml').replace('temperature: 0.7', 'temprature: 0.7'));
    const { code, stderr } = await project.run();
    expect(code).toBe(1);
    expect(stderr).toContain('config.yaml:8:3: model: unknown key "temprature" (did you mean "temperature"?)');
    expect(project.server.requests).toEqual([]);
  });

  it('6: a run that was interrupted goes on, keeps the order, and repeats no answer; a finished one begins anew', async () => {
    await using project = await PipelineProject.open({ latency: 20 });
    project.write('pool.ts', countingPool(30));
    const interrupted = project.run('--concurrency-limit', '2');
    await project.terminal.untilSaid('begins');
    while (project.server.requests.length < 5) await new Promise((resolve) => setImmediate(resolve));
    project.terminal.signals.emit('SIGINT');
    expect((await interrupted).code).toBe(130);
    const [stamp] = project.stamps();
    expect(existsSync(project.path('output/initial_test', stamp as string, 'result.jsonl'))).toBe(false);

    // Another limit is no other experiment.
    const { code, stderr } = await project.run('--concurrency-limit', '20');
    expect(code, stderr).toBe(0);
    expect(project.stamps()).toEqual([stamp]);
    expect(project.records().map(({ input }) => (input['user_prompt_kwargs'] as { topic: string }).topic)).toEqual(
      Array.from({ length: 30 }, (_, index) => String(index + 1)),
    );
    expect(project.asked).toHaveLength(30);

    expect((await project.run()).code).toBe(0);
    expect(project.stamps()).toHaveLength(2);
    expect(project.asked).toHaveLength(60);
  });

  it('6: without time stamps the same run again repeats no call and no record', async () => {
    await using project = await PipelineProject.open();
    for (let time = 0; time < 2; time++) expect((await project.run('--need-time-stamp', 'false')).code).toBe(0);
    expect(project.records('output/initial_test')).toHaveLength(5);
    expect(project.asked).toHaveLength(5);
  });

  it('7: says what a run took in tokens and cost', async () => {
    await using project = await PipelineProject.open();
    const { stdout } = await project.run('--model', 'gpt-4o-mini');
    expect(stdout).toMatch(/5 calls made, \d+ tokens \(\d+ in, \d+ out\)/);
  });
});

describe('an experiment', () => {
  it('is another one where the prompts or the model are others', async () => {
    await using project = await PipelineProject.open({ requireKey: 'none' });
    expect((await project.run()).code).toBe(1);
    expect((await project.run()).code).toBe(1);
    expect(project.stamps()).toHaveLength(1);
    expect((await project.run('--model', 'another')).code).toBe(1);
    project.write('prompts/user_prompts/default.txt', 'Otherwise {topic}');
    expect((await project.run()).code).toBe(1);
    expect(project.stamps()).toHaveLength(3);
  });

  it('asks again for rows that failed, where they are', async () => {
    let refuses = true;
    await using project = await PipelineProject.open({ badRequest: ({ prompt }) => refuses && prompt.includes('150') });
    expect((await project.run()).code).toBe(2);
    refuses = false;
    expect((await project.run('--retry-errors')).code).toBe(0);
    expect(project.stamps()).toHaveLength(1);
    expect(project.records().filter(({ error }) => error !== undefined)).toEqual([]);
    expect(project.asked).toHaveLength(6);
  });

  it('holds the prompts as they are, braces, references and all, so that `dgt run` makes it too', async () => {
    await using project = await PipelineProject.open();
    project.write('prompts/user_prompts/default.txt', 'A line\n\n  {{json}} ${{env:HOME}} {topic}: {word_count}\n');
    expect((await project.run('--need-time-stamp', 'false')).code).toBe(0);
    expect(project.asked[0]).toContain('user: A line\n\n  {json} ${env:HOME} 人工智能: 100字\n');
    project.terminal.environment['DGT_PIPELINE_API_KEY'] = 'a-key';
    const config = 'output/initial_test/dgt.yaml';
    const { code, stdout, stderr } = await project.terminal.run(
      'run',
      '--config-path',
      config,
      '--output-dir',
      'again',
    );
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('again/run/final_data.jsonl');
  });
});

describe('the function that parses responses', () => {
  const parse = `export function parse_response(response: string) {
  const [, text] = /<draft>(.*)<\\/draft>/.exec(response) ?? [];
  return text === undefined ? null : { text };
}`;

  it('stands beside the rows, or in a module of its own', async () => {
    await using project = await PipelineProject.open();
    project.write('pool.ts', countingPool(1, parse));
    expect((await project.run()).code).toBe(0);
    expect(project.records()[0]?.extracted).toEqual({ text: '请写一段关于1的文字，1。' });
    project.write('upper.ts', 'export const parse_response = (response: string) => response.length;');
    expect((await project.run('--parse', 'upper.ts')).code).toBe(0);
    expect(project.records()[0]?.extracted).toBe('<draft>请写一段关于1的文字，1。</draft>'.length);
  });

  it('may be mended: it is applied again to what is recorded, and nothing is called', async () => {
    await using project = await PipelineProject.open();
    project.write(
      'throws.ts',
      `export function parse_response(response) { if (response.includes('150')) throw new Error('no 150'); return 1; }`,
    );
    const { code, stderr } = await project.run('--parse', 'throws.ts');
    expect(code).toBe(2);
    expect(stderr).toContain('the extract function threw at 1 response (row 2): no 150; their responses are recorded');
    expect(project.records()[1]?.error).toMatchObject({ code: 'DGT_FUNCTION_THREW', attempts: 1 });
    const [stamp = ''] = project.stamps();
    project.write('mended.ts', 'export const parse_response = (response: string) => response.length;');
    expect((await project.run('--parse', 'mended.ts', '--timestamp', stamp)).code).toBe(0);
    expect(project.records().map(({ extracted }) => typeof extracted)).toEqual(Array(5).fill('number'));
    expect(project.stamps()).toEqual([stamp]);
    expect(project.asked).toHaveLength(5);
    const slip = await project.run('--parse', 'mended.ts', '--timestamp', '20260101-000000');
    expect([slip.code, slip.stderr]).toEqual([
      1,
      expect.stringContaining(`expected an experiment of output/initial_test (${stamp}), got 20260101-000000`),
    ]);
    expect(project.asked).toHaveLength(5);
  });

  it('that finds nothing is told of, and its record says null', async () => {
    await using project = await PipelineProject.open({ answer: () => 'no tag' });
    project.write('pool.ts', countingPool(7, parse));
    const { code, stderr } = await project.run();
    expect(code).toBe(0);
    expect(stderr).toContain('warning: nothing was extracted from 7 responses (rows 1, 2, 3, 4, 5, ...)');
    expect(project.records()[6]?.extracted).toBeNull();
  });
});

describe('the data of a pipeline', () => {
  it.each([
    ['pool.py', 'print()', 'expected a module in TypeScript or JavaScript, or a file of rows'],
    [
      'none.ts',
      'export const rows = [];',
      'whose default export, or only function beside parse_response, gives the rows',
    ],
    ['two.ts', 'export const a = () => []; export const b = () => [];', 'two.ts with a, b'],
    ['text.ts', 'export default () => ["text"];', 'text.ts: default: row 1: is a string, not an object'],
    [
      'kwargs.jsonl',
      '{"user_prompt_kwargs": "text", "system_prompt_kwargs": {"tone": "t"}}',
      'row 1: user_prompt_kwargs: expected an object, got "text"',
    ],
    ['syntax.ts', 'export default (', 'syntax.ts'],
    ['absent.ts', undefined, 'absent.ts: cannot be read (--data: no such file)'],
  ])('%s is refused with what is wrong with it', async (name, text, message) => {
    await using project = await PipelineProject.open();
    if (text !== undefined) project.write(name, text);
    const { code, stderr } = await project.run('--data', name);
    expect([code, stderr]).toEqual([1, expect.stringContaining(message)]);
    expect(project.server.requests).toEqual([]);
  });

  it('is asked for, and an option that is misspelt is named instead', async () => {
    await using project = await PipelineProject.open();
    const without = await project.terminal.run('pipeline');
    expect([without.code, without.stderr]).toEqual([1, expect.stringContaining('dgt pipeline needs --data')]);
    const misspelt = await project.terminal.run('pipeline', '--dta', 'pool.ts');
    expect(misspelt.stderr).toContain("unknown option '--dta'\n(Did you mean --data?)");
  });

  it('may come later: an async generator of plain JavaScript', async () => {
    await using project = await PipelineProject.open();
    const row = "{ user_prompt_kwargs: { topic: 'a', word_count: '1' }, system_prompt_kwargs: { tone: 't' } }";
    project.write('later.mjs', `export default async function* () { await null; yield ${row}; }`);
    expect((await project.run('--data', 'later.mjs')).code).toBe(0);
    expect(project.records()).toHaveLength(1);
  });
});
