import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startFakeServer, type FakeServer } from '@dgt/testkit/fake-server';
import { describe, expect, it } from 'vitest';
import { TestTerminal } from '../__fixtures__/command-line.js';

const user = (content: string) => ({ role: 'user', content });
const assistant = (content: string) => ({ role: 'assistant', content });

function request(id: string, messages: object[] = [user(`${id}?`)]) {
  return { custom_id: id, method: 'POST', url: '/v1/chat/completions', body: { model: 'm', messages } };
}

function answer(id: string, content = `${id}.`) {
  const body = { choices: [{ index: 0, message: assistant(content), finish_reason: 'stop' }] };
  return { id: 'batch_req', custom_id: id, response: { status_code: 200, request_id: 'r', body }, error: null };
}

function expired(id: string) {
  return { id: 'batch_req', custom_id: id, response: null, error: { code: 'batch_expired', message: 'too late' } };
}

function candidates(id: string, outputs: readonly string[], choice: number) {
  const named = Object.fromEntries(outputs.map((output, index) => [`model_output_${index}`, output]));
  return { custom_id: id, ...named, selector_choice: String(choice), final_model_output: outputs[choice] };
}

class Files extends TestTerminal {
  save(name: string, rows: readonly object[]): string {
    this.write(name, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    return name;
  }

  rows(name: string): Record<string, unknown>[] {
    const lines = readFileSync(join(this.workingFolder, name), 'utf8').split('\n').filter(Boolean);
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** Converts to `out.jsonl`. */
  async convert(...args: string[]) {
    const { code, stdout, stderr } = await this.run('convert', '--output', 'out.jsonl', ...args);
    return { code, stdout, stderr };
  }
}

describe('dgt convert', () => {
  it('writes what reformat_results.py wrote, called as that was', async () => {
    using files = new Files();
    files.save('results.jsonl', [answer('b'), answer('a')]);
    const args = ['--input_file', 'results.jsonl', '--output_file', 'new/simple.jsonl'];
    for (const source of ['openai', 'openai_batch', 'openai-batch'])
      expect(await files.run('convert', ...args, '--source_type', source)).toEqual({
        code: 0,
        stdout: 'wrote 2 rows to new/simple.jsonl\n',
        stderr: '',
      });
    expect(files.rows('new/simple.jsonl')).toEqual([
      { id: 'b', generated_text: 'b.' },
      { id: 'a', generated_text: 'a.' },
    ]);
  });

  it('restores the order of the requests, keeps the first answer of each, and names what failed or is missing', async () => {
    using files = new Files();
    const requests = files.save(
      'in.jsonl',
      ['a', 'b', 'c', 'd', 'e'].map((id) => request(id)),
    );
    const errors = files.save('errors.jsonl', [expired('a'), expired('b'), expired('b')]);
    const output = files.save('output.jsonl', [
      answer('e'),
      answer('a'),
      answer('e', 'again'),
      answer('z'),
      answer('c'),
    ]);
    for (const inputs of [
      [errors, output],
      [output, errors],
    ]) {
      const { code, stderr } = await files.convert('--from', 'openai-batch', '--requests', requests, ...inputs);
      expect(code).toBe(2);
      expect(stderr.split('\n').map((line) => line.replace(/kept: .*/, 'kept'))).toEqual([
        '1 failed: b (batch_expired: too late)',
        '1 missing: requested, and in no file: d',
        '1 left out: no request has this id: z',
        '3 came back more than once; the first answer is kept',
        '',
      ]);
      expect(files.rows('out.jsonl').map(({ generated_text: text }) => text)).toEqual(['a.', 'c.', 'e.']);
    }
    expect(files.list()).toEqual(expect.not.arrayContaining(['out.jsonl.answers.tmp']));
  });

  it('writes conversations, instructions and pairs with the prompts of the requests', async () => {
    using files = new Files();
    const asked = [
      request('a', [{ role: 'system', content: 'Be kind' }, user('Hi')]),
      request('b', [user('Hi')]),
      request('c', [user('Hi'), assistant('Hello'), user('So?')]),
    ];
    const requests = files.save('in.jsonl', asked);
    const output = files.save('output.jsonl', [answer('c'), answer('b'), answer('a')]);
    const to = async (form: string) => {
      const { code, stderr } = await files.convert(
        '--from',
        'openai-batch',
        '--to',
        form,
        '--requests',
        requests,
        output,
      );
      return { code, stderr, rows: files.rows('out.jsonl') };
    };
    expect((await to('messages')).rows).toEqual([
      { conversation_id: 'a', messages: [{ role: 'system', content: 'Be kind' }, user('Hi'), assistant('a.')] },
      { conversation_id: 'b', messages: [user('Hi'), assistant('b.')] },
      { conversation_id: 'c', messages: [user('Hi'), assistant('Hello'), user('So?'), assistant('c.')] },
    ]);
    const said = [
      { from: 'human', value: 'Hi' },
      { from: 'gpt', value: 'b.' },
    ];
    expect((await to('sharegpt')).rows[1]).toEqual({ id: 'b', conversations: said });
    // The third is a conversation, which Alpaca has no place for.
    expect(await to('alpaca')).toEqual({
      code: 2,
      stderr: '1 failed: c (alpaca holds one question and its answer; this prompt has: user, assistant, user)\n',
      rows: [
        { instruction: 'Be kind', input: 'Hi', output: 'a.' },
        { instruction: 'Hi', input: '', output: 'b.' },
      ],
    });
  });

  it('makes pairs of what was chosen and each candidate that was not', async () => {
    using files = new Files();
    const requests = files.save('in.jsonl', [request('a'), request('b'), request('c')]);
    const records = files.save('cluster_0.jsonl', [
      candidates('b', ['same', 'same', 'same'], 0),
      candidates('a', ['x', 'best', 'y'], 1),
      candidates('c', ['best', 'best', 'z'], 0),
    ]);
    const args = ['--from', 'finetuned', '--requests', requests, records];
    expect(await files.convert('--to', 'dpo', ...args)).toEqual({
      code: 0,
      stdout: 'wrote 3 rows to out.jsonl\n',
      stderr: '1 answer without another that differs; no pair\n',
    });
    const pair = (id: string, rejected: string) => ({
      prompt: [user(`${id}?`)],
      chosen: [assistant('best')],
      rejected: [assistant(rejected)],
    });
    expect(files.rows('out.jsonl')).toEqual([pair('a', 'x'), pair('a', 'y'), pair('c', 'z')]);
    expect(await files.convert('--from', 'finetuned', records)).toMatchObject({ code: 0 });
    expect(files.rows('out.jsonl')).toEqual([
      { id: 'b', generated_text: 'same' },
      { id: 'a', generated_text: 'best' },
      { id: 'c', generated_text: 'best' },
    ]);
  });

  it('reads records that are as the documents have them, in objects, or without an output', async () => {
    using files = new Files();
    const records = files.save('records.jsonl', [
      { id: 1, generated_text: 'One.' },
      { custom_id: 'a', final_model_output: { post: 'Hi' } },
      { custom_id: 'b', model_output_0: 'x', model_output_1: 'y', selector_choice: 1 },
      { custom_id: 'c', model_output_0: null, selector_choice: 0, final_model_output: null },
    ]);
    const { code, stderr } = await files.convert('--from', 'finetuned', records);
    expect({ code, stderr }).toEqual({ code: 2, stderr: '1 failed: c (has no output (selector_choice 0))\n' });
    expect(files.rows('out.jsonl')).toEqual([
      { id: '1', generated_text: 'One.' },
      { id: 'a', generated_text: '{"post":"Hi"}' },
      { id: 'b', generated_text: 'y' },
    ]);
  });

  it.each([
    [{ task_name: 't', is_seed: false, question: 'Why?', answer: 'So.' }, 'Why?', 'So.'],
    [{ messages: [user('Why?'), assistant('So.')] }, 'Why?', 'So.'],
    [{ steps: [user('Why?'), assistant('So.')] }, 'Why?', 'So.'],
    [
      {
        conversations: [
          { from: 'human', value: 'Why?' },
          { from: 'gpt', value: 'So.' },
        ],
      },
      'Why?',
      'So.',
    ],
    [{ instruction: 'Why?', input: 'The sky.', output: 'So.' }, 'Why?\n\nThe sky.', 'So.'],
    [{ prompt: [user('Why?')], chosen: [assistant('So.')], rejected: [assistant('No.')] }, 'Why?', 'So.'],
    [{ question: 'Why?', candidates: ['No.', 'So.'], choice: 1, best: 'So.', worst: 'No.' }, 'Why?', 'So.'],
  ])('reads rows of dgt: %j', async (row, question, text) => {
    using files = new Files();
    const rows = files.save('final_data.jsonl', [{ ...row, id: 'x' }]);
    expect(await files.convert('--from', 'dgt', '--to', 'messages', rows)).toMatchObject({ code: 0, stderr: '' });
    expect(files.rows('out.jsonl')).toEqual([{ conversation_id: 'x', messages: [user(question), assistant(text)] }]);
    const pairs = await files.convert('--from', 'dgt', '--to', 'dpo', rows);
    if ('best' in row || 'chosen' in row) {
      expect(pairs).toMatchObject({ code: 0, stderr: '' });
      expect(files.rows('out.jsonl')).toMatchObject([{ chosen: [assistant('So.')], rejected: [assistant('No.')] }]);
    } else expect(pairs.stderr).toContain('x: holds one answer, and a pair needs a better and a worse one');
  });

  it('reads rollouts: the first is the answer, and the document is not', async () => {
    using files = new Files();
    const asked = [user('Why?')];
    const rows = files.save('final_data.jsonl', [
      { text: 'Why?', id: 'a', rollout_results: [{ text: 'So.', finish_reason: 'stop' }] },
      { text: asked, id: 'b', rollout_results: [{ text: 'So.' }, { text: 'Or so.' }] },
      { question: 'Why?', id: 'c', rollout_results: ['So.'] },
      { text: 'Why?', id: 'd', rollout_results: [] },
    ]);
    const { code, stderr } = await files.convert('--from', 'dgt', '--to', 'messages', rows);
    expect(stderr).toContain('1 failed: row 4 (does not end with an answer)\n');
    expect(stderr).toContain('1 answer with several choices; the first is written\n');
    expect(code).toBe(2);
    const messages = [...asked, assistant('So.')];
    expect(files.rows('out.jsonl')).toEqual(['a', 'b', 'c'].map((id) => ({ conversation_id: id, messages })));
  });

  it('counts rows that say what failed, as records of a pipeline do', async () => {
    using files = new Files();
    const rows = files.save('result.jsonl', [
      { input: { user_prompt_kwargs: { topic: 'sea' } }, response: 'Salt.', timestamp: 't' },
      { input: { user_prompt_kwargs: { topic: 'sky' } }, error: { code: 'C', message: 'HTTP 503' }, timestamp: 't' },
    ]);
    const { code, stderr } = await files.convert('--from', 'dgt', rows);
    expect({ code, stderr }).toEqual({ code: 2, stderr: '1 failed: row-2 (HTTP 503)\n' });
    expect(files.rows('out.jsonl')).toEqual([{ id: 'row-1', generated_text: 'Salt.' }]);
    const columns = files.save('columns.jsonl', [{ input: 'x = ', error: 'SyntaxError', output: 'x = 1' }]);
    expect(await files.convert('--from', 'dgt', columns)).toMatchObject({ code: 0, stderr: '' });
  });

  it('takes fields of other names, and numbers rows that have no id', async () => {
    using files = new Files();
    const rows = files.save('final_data.jsonl', [
      { said: { what: 'So.' }, why: 'Why?' },
      { said: { what: null }, why: '?' },
    ]);
    const fields = ['--text-field', 'said.what', '--prompt-field', 'why'];
    const { code, stderr } = await files.convert('--from', 'dgt', '--to', 'alpaca', ...fields, rows);
    expect({ code, stderr }).toEqual({ code: 2, stderr: '1 failed: row 2 (does not end with an answer)\n' });
    expect(files.rows('out.jsonl')).toEqual([{ instruction: 'Why?', input: '', output: 'So.' }]);
    const wrong = await files.convert('--from', 'dgt', '--text-field', 'says', rows);
    expect(wrong.stderr).toContain('--text-field: row 1 has no "says"');
    files.save('null.jsonl', [{ said: { what: 'So.' } }, { said: null }]);
    const empty = await files.convert('--from', 'dgt', '--text-field', 'said.what', 'null.jsonl');
    expect(empty.stderr).toContain('--text-field: row 2 has no "said.what"');
    const unnamed = await files.convert('--from', 'dgt', rows);
    expect(unnamed.stderr).toContain('final_data.jsonl: row 1: has no answer under generated_text, ');
    const unasked = await files.convert('--from', 'dgt', '--text-field', 'said.what', '--to', 'messages', rows);
    expect(unasked.stderr).toContain('row-1: has no prompt under prompt, question, ');
  });

  it('writes tables, from errors alone as well, and tells programs what became of all lines', async () => {
    using files = new Files();
    const output = files.save('output.jsonl', [answer('a', 'one, "two"'), answer('b', 'b')]);
    for (const file of ['out.csv', 'out.parquet'])
      expect(await files.run('convert', '--from', 'openai-batch', output, '--output', file)).toMatchObject({ code: 0 });
    expect(readFileSync(join(files.workingFolder, 'out.csv'), 'utf8')).toBe(
      'id,generated_text\na,"one, ""two"""\nb,b\n',
    );
    expect(await files.convert('--from', 'dgt', 'out.parquet')).toMatchObject({ code: 0 });
    expect(files.rows('out.jsonl')[0]).toEqual({ id: 'a', generated_text: 'one, "two"' });
    const ids = Array.from({ length: 7 }, (_, index) => `e${index}`);
    const errors = files.save('errors.jsonl', ids.map(expired));
    const { code, stdout } = await files.convert('--from', 'openai-batch', errors, '--json');
    expect({ code, ...(JSON.parse(stdout) as object) }).toMatchObject({
      code: 2,
      exit_code: 2,
      rows: 0,
      failed: { count: 7, first: [{ id: 'e0', reason: 'batch_expired: too late' }, {}, {}, {}, {}] },
      missing: { count: 0, first: [] },
    });
    expect(files.rows('out.jsonl')).toEqual([]);
  });

  it.each([
    [['--from', 'openai'], 'INPUT: expected a file of answers'],
    [['output.jsonl'], '--from: expected one of openai-batch, finetuned, dgt, got nothing'],
    [['--from', 'fintuned', 'output.jsonl'], 'got "fintuned" (did you mean "finetuned"?)'],
    [['--from', 'dgt', '--to', 'sharegtp', 'output.jsonl'], 'got "sharegtp" (did you mean "sharegpt"?)'],
    [['--from', 'dgt', '--source_type', 'openai', 'output.jsonl'], '--from and --source_type cannot be used together'],
    [['--from', 'openai-batch', '--to', 'messages', 'output.jsonl'], '--requests: expected the file of requests'],
    [['--from', 'openai', '--to', 'dpo', '--requests', 'in.jsonl', 'output.jsonl'], 'a batch has no better and worse'],
    [['--from', 'dgt', '--requests', 'in.jsonl', 'output.jsonl'], '--from dgt and --requests cannot be used together'],
    [['--from', 'openai-batch', 'in.jsonl'], 'in.jsonl: row 1: is a request and no answer'],
    [['--from', 'openai', '--requests', 'output.jsonl', 'output.jsonl'], 'expected a body with messages, prompt or'],
    [['--from', 'openai', '--requests', 'twice.jsonl', 'output.jsonl'], 'a: two requests have this custom_id'],
    [['--from', 'openai-batch', 'torn.jsonl'], 'torn.jsonl:1: is not JSON'],
    [['--from', 'openai-batch', 'none.jsonl'], 'cannot be read (it does not exist)'],
    [
      ['--from', 'openai-batch', 'output.jsonl', '--output', 'x.yaml'],
      '--output: expected a file that ends in .jsonl, ',
    ],
    [['--from', 'openai', 'output.jsonl', '--output', 'output.jsonl'], '--output: expected a file that is not read'],
  ])('says of %j what is wrong, and writes nothing', async (args, says) => {
    using files = new Files();
    files.save('in.jsonl', [request('a')]);
    files.save('twice.jsonl', [request('a'), request('a')]);
    files.save('output.jsonl', [answer('a')]);
    files.write('torn.jsonl', JSON.stringify(answer('a')).slice(0, 40));
    const { code, stderr } = await files.convert(...args);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(says) });
    expect(files.list()).toHaveLength(4);
  });
});

describe('dgt batch create', () => {
  it('writes what create_batchinput.py wrote, called as that was, or with dashes', async () => {
    using files = new Files();
    files.save('prompts.jsonl', [{ prompt: 'Hello world!', system: 'Be kind.' }]);
    for (const [input, model] of [
      ['--input_file', '--model_name'],
      ['--input-file', '--model-name'],
    ] as const)
      expect(await files.run('batch', 'create', input, 'prompts.jsonl', model, 'gpt-4-turbo')).toEqual({
        code: 0,
        stdout: 'wrote 1 request to batchinput.jsonl\n',
        stderr: '',
      });
    const body = { model: 'gpt-4-turbo', messages: [{ role: 'system', content: 'Be kind.' }, user('Hello world!')] };
    expect(files.rows('batchinput.jsonl')).toEqual([{ ...request('request-1'), body }]);
    expect((await files.run('batch', 'create', '--input_file', 'prompts.jsonl')).stderr).toContain('--model_name');
    const same = ['--input-file', 'prompts.jsonl', '--output-file', 'prompts.jsonl', '--model-name', 'm'];
    const { stderr } = await files.run('batch', 'create', ...same);
    expect(stderr).toContain('--output-file: expected a file that is not read');
  });

  it('makes a batch that a server takes, whose results can be converted, whatever is wrong with them', async () => {
    const batches = { failedShare: 0.1, duplicateShare: 0.2, missingShare: 0.1, statusZeroShare: 0.1 };
    await using server = await startFakeServer({ batches, answer: ({ prompt }) => `On ${prompt}` });
    using files = new Files();
    const prompts = Array.from({ length: 200 }, (_, index) => ({ id: `task-${index}`, prompt: `topic ${index}` }));
    files.save('prompts.jsonl', prompts);
    await files.run('batch', 'create', '--input-file', 'prompts.jsonl', '--model-name', 'm');
    const inputs = await runBatch(server, files);
    const args = ['--from', 'openai-batch', '--requests', 'batchinput.jsonl', ...inputs, '--json'];
    const { code, stdout } = await files.convert(...args);
    const report = JSON.parse(stdout) as { rows: number; failed: { count: number }; missing: { count: number } };
    expect(code).toBe(2);
    expect(report.rows + report.failed.count + report.missing.count).toBe(200);
    expect(Math.min(report.rows, report.failed.count, report.missing.count)).toBeGreaterThan(5);
    const rows = files.rows('out.jsonl') as { id: string; generated_text: string }[];
    expect(rows).toHaveLength(report.rows);
    const wanted = prompts.filter(({ id }) => rows.some((row) => row.id === id));
    expect(rows).toEqual(wanted.map(({ id, prompt }) => ({ id, generated_text: `On ${prompt}` })));
  });
});

/** Runs `batchinput.jsonl` as a batch, and saves what it leaves. */
async function runBatch({ url }: FakeServer, files: Files): Promise<string[]> {
  const call = async (path: string, init?: RequestInit) => (await fetch(`${url}/v1${path}`, init)).json();
  const form = new FormData();
  form.set('purpose', 'batch');
  form.set('file', new Blob([readFileSync(join(files.workingFolder, 'batchinput.jsonl'))]), 'batchinput.jsonl');
  const { id: file } = (await call('/files', { method: 'POST', body: form })) as { id: string };
  const settings = { input_file_id: file, endpoint: '/v1/chat/completions', completion_window: '24h' };
  const headers = { 'content-type': 'application/json' };
  const made = (await call('/batches', { method: 'POST', headers, body: JSON.stringify(settings) })) as { id: string };
  for (;;) {
    const batch = (await call(`/batches/${made.id}`)) as Record<'status' | 'output_file_id' | 'error_file_id', string>;
    if (batch.status !== 'completed') continue;
    for (const name of ['output', 'error'] as const) {
      const content = await fetch(`${url}/v1/files/${batch[`${name}_file_id`]}/content`);
      files.write(`${name}.jsonl`, await content.text());
    }
    return ['error.jsonl', 'output.jsonl'];
  }
}
