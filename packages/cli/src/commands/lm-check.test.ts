import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startFakeServer } from '@dgt/testkit/fake-server';
import { describe, expect, it } from 'vitest';
import { TestTerminal } from '../__fixtures__/command-line.js';

const words = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => line.replaceAll(/\s+/g, ' ').replaceAll(/\d+ ms/g, 'TIME'));

describe('dgt lm check', () => {
  it('asks each model at each address, and says of those that are down why and what to do', async () => {
    await using good = await startFakeServer({ models: ['m'] });
    await using bad = await startFakeServer({ faults: { rates: { serverError: 1 } } });
    using terminal = new TestTerminal();
    const flags = ['--lm', 'openai:m', '--lm', 'openai:other', '--base-url', `${good.url}/v1`];
    const { code, stdout } = await terminal.run(
      'lm',
      'check',
      ...flags,
      '--base-url',
      `${bad.url}/v1`,
      '--mode',
      'all',
    );
    expect(code).toBe(1);
    expect(words(stdout)).toEqual([
      'model endpoint mode state first token total',
      `openai m ${good.url}/v1 non-stream up - TIME`,
      `openai m ${good.url}/v1 stream up TIME TIME`,
      `openai m ${bad.url}/v1 non-stream down - TIME`,
      `openai m ${bad.url}/v1 stream down - TIME`,
      `openai other ${good.url}/v1 non-stream down - TIME`,
      `openai other ${good.url}/v1 stream down - TIME`,
      `openai other ${bad.url}/v1 non-stream down - TIME`,
      `openai other ${bad.url}/v1 stream down - TIME`,
      expect.stringMatching(/^openai m: DGT_PROVIDER_UNAVAILABLE: .*HTTP 500/),
      expect.any(String),
      expect.stringContaining('has no model "other"; it has: m'),
      ' Correct model_id_or_path, or load the model on that server.',
      expect.stringMatching(/^openai other: DGT_PROVIDER_UNAVAILABLE/),
      expect.any(String),
    ]);
  });

  it('gives each address its key, and prints none of them', async () => {
    await using one = await startFakeServer({ requireKey: 'key-of-one' });
    await using two = await startFakeServer({ requireKey: 'key-of-two' });
    using terminal = new TestTerminal();
    Object.assign(terminal.environment, { ONE: 'key-of-one', TWO: 'key-of-two' });
    const flags = [
      '--lm',
      'openai:m',
      '--base-url',
      `${one.url}/v1`,
      '--base-url',
      `${two.url}/v1`,
      '--key-env',
      'ONE',
    ];
    expect((await terminal.run('lm', 'check', ...flags, '--key-env', 'TWO')).code).toBe(0);
    const { code, stdout, stderr } = await terminal.run('lm', 'check', ...flags, '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      exit_code: 1,
      models: [
        {
          provider: 'openai',
          model: 'm',
          endpoint: `${one.url}/v1`,
          mode: 'non-stream',
          state: 'up',
          first_token_ms: null,
        },
        { state: 'down', error: { code: 'DGT_PROVIDER_AUTH', remedy: expect.any(String) } },
      ],
    });
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).not.toContain('key-of');
  });

  it('asks the models that a file lists', async () => {
    await using server = await startFakeServer({ requireKey: 'key-in-file' });
    using terminal = new TestTerminal();
    terminal.environment['MY_KEY'] = 'key-in-file';
    terminal.write(
      'models.yaml',
      `models:\n` +
        `  - { type: openai, model_id_or_path: a, base_url: ${server.url}/v1, api_key: "\${env:MY_KEY}" }\n` +
        `  - { type: anthropic, model_id_or_path: b, base_url: ${server.url}, api_key: "\${env:MY_KEY}", max_tokens: 9 }\n` +
        `  - { name: twin, type: openai, model_id_or_path: a, base_url: ${server.url}/v1, api_key: "\${env:MY_KEY}" }\n`,
    );
    const { code, stdout } = await terminal.run('lm', 'check', 'models.yaml');
    expect({ code, lines: words(stdout).slice(1) }).toEqual({
      code: 0,
      lines: [`openai a ${server.url}/v1 non-stream up - TIME`, `anthropic b ${server.url} non-stream up - TIME`],
    });
    terminal.write('wrong.yaml', 'models:\n  - type: opena\n    model_id_or_path: a\n  - type: openai\n    modle: a\n');
    const wrong = await terminal.run('lm', 'check', 'wrong.yaml');
    expect(wrong.code).toBe(1);
    for (const says of ['wrong.yaml:2:11', 'unknown block "opena"', 'wrong.yaml:5:5', 'unknown key "modle"'])
      expect(wrong.stderr).toContain(says);
  });

  it('asks the model blocks of tasks, their fallbacks and judges too', async () => {
    await using server = await startFakeServer();
    using terminal = new TestTerminal();
    terminal.write('questions.jsonl', '{"q": "Why?"}\n');
    terminal.write(
      'task.yaml',
      'task_name: t\ntask_description: d\ndata_builder: core/best_of_n\ndata: { type: default, data_path: questions.jsonl }\n' +
        'user: "{q}"\njudge: { method: vote }\n',
    );
    const at = `base_url: ${server.url}/v1`;
    terminal.write(
      'models.yaml',
      'databuilders:\n  core/best_of_n:\n    blocks:\n' +
        `      - { name: generator, type: openai, model_id_or_path: writer, ${at}, fallback: { type: openai, model_id_or_path: spare, ${at} } }\n` +
        `      - { name: judge, type: openai, model_id_or_path: judge, ${at} }\n`,
    );
    const { code, stdout } = await terminal.run(
      'lm',
      'check',
      '--task-path',
      'task.yaml',
      '--config-path',
      'models.yaml',
    );
    expect({
      code,
      models: words(stdout)
        .slice(1)
        .map((line) => line.split(' ')[1]),
    }).toEqual({
      code: 0,
      models: ['writer', 'spare', 'judge'],
    });
  });

  it('asks again and again until it is stopped, and tells a webhook', async () => {
    const posted: { state: string }[] = [];
    const hook = createServer((request, response) => {
      request.on('data', (piece: Buffer) => posted.push(JSON.parse(piece.toString()) as { state: string }));
      request.on('end', () => response.end());
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => hook.once('listening', resolve));
    const address = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/token-of-the-hook`;
    await using server = await startFakeServer();
    await server.down();
    using terminal = new TestTerminal();
    const flags = ['--lm', 'openai:m', '--base-url', `${server.url}/v1`, '--every', '0.01s', '--webhook', address];
    const running = terminal.run('lm', 'check', ...flags);
    await terminal.stdout.untilWritten('down');
    await server.up();
    await terminal.stdout.untilWritten(' up ');
    terminal.signals.emit('SIGINT');
    const { code, stdout, stderr } = await running;
    await new Promise((resolve) => hook.close(resolve));
    expect(code).toBe(130);
    expect(stdout).toContain('2026-01-02T03:04:05.000Z\n');
    expect(posted.map(({ state }) => state)).toEqual(['down', 'up']);
    expect(stdout + stderr + JSON.stringify(posted)).not.toContain('token-of-the-hook');
  });

  it.each([
    [[], '--lm: expected a model such as ollama:llama3.2'],
    [['--base-url', 'http://here'], '--lm: expected the model to ask for at --base-url'],
    [['--lm', 'openai'], 'expected TYPE:MODEL'],
    [['--lm', 'rouge_scorer:x'], 'expected the type of a model block'],
    [['--lm', 'openai:m', '--key-env', 'NO_SUCH_KEY'], 'DGT_ENV_MISSING'],
    [
      ['--lm', 'openai:m', '--key-env', 'ONE', '--key-env', 'ONE'],
      '--key-env: expected one, or as many as --base-url: 1',
    ],
    [['--lm', 'openai:m', '--every', 'often'], '--every: expected a time'],
    [['--lm', 'openai:m', '--webhook', 'not-an-address'], '--webhook: expected an address'],
    [['nothing.yaml'], 'nothing.yaml'],
  ])('says of %j what is wrong', async (flags, says) => {
    using terminal = new TestTerminal();
    terminal.environment['ONE'] = 'key-of-one';
    const { code, stderr } = await terminal.run('lm', 'check', ...flags);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(says) });
  });
});
