import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Row } from '@dgt/core';
import { describe, expect, it } from 'vitest';
import { StandInHub } from '../../../stores/src/__fixtures__/stand-in-hub.js';
import { InferTerminal, standardRun } from '../__fixtures__/infer-terminal.js';

const results = `${standardRun}/synth`;
const parametersOf = ({ model: _model, messages: _messages, ...parameters }: Row) => parameters;
const questionsOf = (bodies: readonly Row[]) =>
  bodies.map(({ messages }) => (messages as { content: string }[]).at(-1)?.content as string);
const list = (terminal: InferTerminal, path: string) => readdirSync(join(terminal.workingFolder, path)).toSorted();

describe('dgt infer', () => {
  it('asks about each document, and writes columns of DataTrove in chunks', async () => {
    await using terminal = await InferTerminal.open();
    terminal.give([
      { question: 'What color is the sky?', level: 1, id: 'a' },
      { question: 'Why?', level: 2, id: 'b' },
      { question: 'How?', level: 3, id: 'c' },
    ]);
    const { code, stderr } = await terminal.infer('--examples-per-chunk', '2', '--max-tokens', '100');
    expect(code, stderr).toBe(0);
    expect(terminal.bodies.map(parametersOf)).toEqual([{ max_tokens: 100 }, { max_tokens: 100 }, { max_tokens: 100 }]);
    const [row] = await terminal.readChunk(0);
    expect(Object.keys(row ?? {})).toEqual(['text', 'id', 'level', 'dataset', 'rollout_results']);
    expect(row).toMatchObject({
      text: 'What color is the sky?',
      id: 'a',
      dataset: 'simplescaling/s1K-1.1',
      rollout_results: [
        { text: '<What color is the sky?>', finish_reason: 'stop', usage: { prompt_tokens: expect.any(Number) } },
      ],
    });
    expect((await terminal.readChunk(1)).map(({ id }) => id)).toEqual(['c']);
  });

  it('sends the parameters that are given, as often as rollouts are wanted, and the key of the environment', async () => {
    await using terminal = await InferTerminal.open({ requireKey: 'a-secret-of-tests' });
    terminal.environment['DGT_ENDPOINT_KEY'] = 'a-secret-of-tests';
    const parameters = ['--temperature', '0.5', '--top-k', '20', '--top-p', '0.9', '--seed', '7', '--max-tokens', '9'];
    const { code, stderr } = await terminal
      .ask(1)
      .infer(...parameters, '--rollouts-per-document', '2', '--server-type', 'vllm');
    expect(code, stderr).toBe(0);
    const sent = { temperature: 0.5, top_k: 20, top_p: 0.9, seed: 7, max_tokens: 9 };
    expect(terminal.bodies.map(parametersOf)).toEqual([sent, sent]);
    expect((await terminal.readChunk())[0]?.['rollout_results']).toHaveLength(2);
    expect(terminal.readText(`${standardRun}/dgt.yaml`)).toContain('api_key: ${env:DGT_ENDPOINT_KEY}');
    for (const name of list(terminal, results).filter((file) => !file.endsWith('.parquet')))
      expect(terminal.readText(`${results}/${name}`)).not.toContain('a-secret-of-tests');
  });

  it.each(['./questions', '/none', 'questions.jsonl', 'data/questions.parquet'])(
    'does not look for the path %s on the Hub when nothing is there',
    async (path) => {
      await using terminal = await InferTerminal.open();
      const { code, stderr } = await terminal.infer('--input-dataset-name', path);
      const message = `${path}: cannot be read (--input-dataset-name: no such file or folder, nor a dataset of the Hub)`;
      expect([code, stderr]).toEqual([1, expect.stringContaining(message)]);
      expect(terminal.server.requests).toEqual([]);
    },
  );

  it('goes on where it was killed: no answer is asked for again, and the figures are those of one run', async () => {
    let asked = 0;
    await using terminal = await InferTerminal.open({
      answer: ({ prompt }) => {
        if (++asked === 6 || asked === 12) terminal.interrupt();
        return `<${prompt}>`;
      },
    });
    terminal.ask(20);
    const flags = ['--examples-per-chunk', '4', '--max-concurrent-generations', '2'];
    expect((await terminal.infer(...flags)).code).toBe(130);
    expect((await terminal.infer(...flags)).code).toBe(130);
    expect((await terminal.infer(...flags)).code).toBe(0);
    const chunks = await Promise.all([0, 1, 2, 3, 4].map((number) => terminal.readChunk(number)));
    expect(chunks.flat().map(({ text }) => text)).toEqual(Array.from({ length: 20 }, (_, index) => `q${index + 1}`));
    // Those that were in flight when it was killed are the only ones to be asked twice.
    expect(asked).toBeLessThanOrEqual(24);

    await using whole = await InferTerminal.open();
    await whole.ask(20).infer(...flags);
    const [reader, model] = terminal.readStats();
    const [wholeReader, wholeModel] = whole.readStats();
    expect(reader).toEqual(wholeReader);
    for (const name of ['prompt_tokens', 'completion_tokens', 'successful_rollouts', 'documents_processed'])
      expect(model[name]).toEqual(wholeModel[name]);
    expect(wholeModel).toMatchObject({
      successful_requests: 20,
      failed_requests: 0,
      successful_rollouts: 20,
      failed_rollouts: 0,
      documents_processed: 20,
      failed_documents: 0,
      skipped_bad_requests: 0,
      prompt_tokens: { n: 20, unit: 'request' },
    });
  });

  it('asks anew when the prompt, the parameters or the input change, and nothing else when the chunks do', async () => {
    await using terminal = await InferTerminal.open();
    terminal.ask(3);
    const count = async (...argv: string[]) => {
      terminal.server.reset();
      const { code, stderr } = await terminal.infer(...argv);
      expect(code, stderr).toBe(0);
      return terminal.bodies.length;
    };
    expect(await count()).toBe(3);
    expect(await count()).toBe(0);
    expect(await count('--examples-per-chunk', '2')).toBe(0);
    expect((await terminal.readChunk(1)).map(({ text }) => text)).toEqual(['q3']);
    expect(await count('--prompt-template', 'Sum up: [[DOCUMENT]]')).toBe(3);
    expect(await count('--prompt-template', 'Sum up: [[DOCUMENT]]', '--temperature', '0')).toBe(3);
    terminal.give([{ question: 'another' }], 'other/train.jsonl');
    expect(await count('--input-dataset-name', 'other')).toBe(1);
    expect((await terminal.readChunk(0)).map(({ dataset, text }) => [dataset, text])).toEqual([['other', 'another']]);
  });

  it('refuses to put a changed prompt over a hundred answers without being told what is to become of them', async () => {
    await using terminal = await InferTerminal.open();
    await terminal.ask(101).infer();
    const { code, stderr } = await terminal.infer('--system-prompt', 'Be brief.');
    expect([code, stderr]).toEqual([1, expect.stringContaining('Choose: --replay')]);
    expect((await terminal.infer('--system-prompt', 'Be brief.', '--replay', '--quiet')).code).toBe(0);
    expect(terminal.bodies).toHaveLength(202);
  });

  it('loses no document of which the request is refused or has nothing to ask, and counts both', async () => {
    await using terminal = await InferTerminal.open({ badRequest: 'poison' });
    terminal.give([{ question: 'a' }, { question: 'poison' }, { question: '' }, { question: 'b' }]);
    const { code, stderr } = await terminal.infer();
    expect(code, stderr).toBe(0);
    expect((await terminal.readChunk()).map(({ text }) => text)).toEqual(['a', 'b']);
    const rejected = terminal.readText(`${results}/rejected.jsonl`);
    expect(rejected).toContain('the request was refused');
    expect(rejected).toContain('\\"question\\" is empty');
    const [reader, model] = terminal.readStats();
    expect(reader).toMatchObject({ documents: 3 });
    expect(model).toMatchObject({ documents_processed: 2, skipped_bad_requests: 1, failed_rollouts: 1 });
  });

  it('shortens a long document and leaves what stands around it', async () => {
    await using terminal = await InferTerminal.open({ contextLength: 200, answer: () => 'short' });
    terminal.give([{ question: 'word '.repeat(500) }]);
    const template = 'Sum up: [[DOCUMENT]]\nIn three words.';
    const limits = ['--max-tokens', '50', '--model-max-context', '200'];
    const { code, stderr } = await terminal.infer('--prompt-template', template, ...limits);
    expect(code, stderr).toBe(0);
    expect(questionsOf(terminal.bodies).at(-1)).toMatch(/^Sum up: (word ?)+\nIn three words\.$/);
    expect(terminal.readText(`${results}/task_results.json`)).toContain('prompts_truncated');
  });

  it('works on parts by themselves, which a merge brings together', async () => {
    await using terminal = await InferTerminal.open();
    terminal.ask(5);
    const flags = ['--examples-per-chunk', '2', '--tasks', '2'];
    expect((await terminal.infer(...flags, '--shard', '1/2')).code).toBe(0);
    expect((await terminal.infer(...flags, '--shard', '2/2')).code).toBe(0);
    expect(terminal.bodies).toHaveLength(5);
    const merged = await terminal.run('merge', '--config-path', `${standardRun}/dgt.yaml`);
    expect(merged.code, merged.stderr).toBe(0);
    expect((await terminal.readChunk(2)).map(({ text }) => text)).toEqual(['q5']);
    expect((await terminal.infer(...flags)).stdout).toContain('already complete, 5 rows, nothing called');
    expect(terminal.readStats()[1]).toMatchObject({ successful_requests: 5, documents_processed: 5 });
    const other = await terminal.infer(...flags, '--shard', '1/3');
    expect([other.code, other.stderr]).toEqual([1, expect.stringContaining('--shard: expected a part of the 2 of')]);
  });

  it('reads a number of examples in all, however many tasks there are', async () => {
    await using terminal = await InferTerminal.open();
    await terminal.ask(9).infer('--max-examples', '4', '--tasks', '3');
    expect(questionsOf(terminal.bodies).toSorted()).toEqual(['q1', 'q2', 'q3', 'q4']);
  });

  it.each([
    [['--max-tokens', '32768'], '--max-tokens: expected less than --model-max-context (32768)'],
    [['--max-examples', '0'], '--max-examples: expected -1 or at least 1, got 0'],
    [['--tp', '0'], '--tp: expected a whole number, at least 1, got "0"'],
    [['--temperature', 'warm'], '--temperature: expected a number, got "warm"'],
    [['--prompt-template', 'Sum up'], '--prompt-template: expected a text with [[DOCUMENT]] in it, got "Sum up"'],
    [['--prompt-template', '["../x", "[[DOCUMENT]]"]'], '--prompt-template: expected a name that a folder can have'],
    [['--server-type', 'tgi'], '--server-type: expected vllm, sglang, endpoint, dummy, custom, got "tgi"'],
    [['--speculative-config', 'fast'], '--speculative-config: expected JSON'],
  ])('refuses %s before anything is asked', async (argv, message) => {
    await using terminal = await InferTerminal.open();
    const { code, stderr } = await terminal.ask(1).infer(...argv);
    expect([code, stderr, terminal.server.requests]).toEqual([1, expect.stringContaining(message), []]);
  });
});

describe('a prompt template', () => {
  const ask = async (...argv: string[]) => {
    await using terminal = await InferTerminal.open();
    const { code, stderr } = await terminal.ask(1).infer(...argv);
    expect(code, stderr).toBe(0);
    return { folders: list(terminal, 'data'), messages: terminal.bodies[0]?.['messages'] };
  };

  it('may have a name, which is the folder of its results', async () => {
    const { folders, messages } = await ask('--prompt-template', '["short", "Sum up: [[DOCUMENT]]"]');
    expect([folders, messages]).toEqual([['short'], [{ role: 'user', content: 'Sum up: q1' }]]);
  });

  it('has nothing in it that is special but the document', async () => {
    const template = '{"a": [[ DOCUMENT ]]} [[other]] {{x}} [[DOCUMENT]]';
    const { messages } = await ask('--prompt-template', template, '--system-prompt', 'Say {[[DOCUMENT]]}.');
    expect(messages).toEqual([
      { role: 'system', content: 'Say {[[DOCUMENT]]}.' },
      { role: 'user', content: '{"a": [[ DOCUMENT ]]} [[other]] {{x}} q1' },
    ]);
  });
});

describe('the Hub', () => {
  const flags = ['--examples-per-chunk', '2', '--output-dataset-name', 'made'];

  it('gives the documents, and gets each chunk, in the folder of the prompt', async () => {
    await using hub = await StandInHub.start();
    await using terminal = await InferTerminal.open();
    Object.assign(terminal.environment, hub.environment);
    hub.put('open/questions', { 'test.jsonl': '{"question":"a"}\n{"question":"b"}\n{"question":"c"}\n' });
    const input = ['--input-dataset-name', 'open/questions', '--input-dataset-split', 'test'];
    const { code, stderr } = await terminal.infer(...input, ...flags);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('chunks go to hf://datasets/ada/made/default too');
    expect(Object.keys(hub.files('ada/made') ?? {}).toSorted()).toEqual([
      'README.md',
      'default/train-00000.parquet',
      'default/train-00001.parquet',
    ]);
    expect(hub.isPrivate('ada/made')).toBe(true);
    expect((await terminal.readChunk(0)).map(({ text, dataset }) => [text, dataset])).toEqual([
      ['a', 'open/questions'],
      ['b', 'open/questions'],
    ]);
    expect(stderr).not.toContain(hub.token);
  });

  it('is left alone without a token, and gets what was made as soon as there is one', async () => {
    await using hub = await StandInHub.start();
    await using terminal = await InferTerminal.open();
    const { stderr } = await terminal.ask(3).infer(...flags, '--quiet');
    expect(stderr).toContain(`there is no token of the Hub, so that nothing goes to made: chunks stay in ${results}`);
    expect(terminal.bodies).toHaveLength(3);
    // A token in a file that dgt reads anyway.
    terminal.write('.env', `HF_ENDPOINT=${hub.endpoint}\nHF_TOKEN=${hub.token}\n`);
    const parts = await terminal.infer(...flags, '--no-output-private');
    expect([parts.code, terminal.bodies.length], parts.stderr).toEqual([0, 3]);
    expect(Object.keys(hub.files('ada/made') ?? {})).toHaveLength(3);
    expect(hub.isPrivate('ada/made')).toBe(false);
  });

  it('refuses a token that may not write before anything is asked', async () => {
    await using hub = await StandInHub.start();
    hub.role = 'read';
    await using terminal = await InferTerminal.open();
    Object.assign(terminal.environment, hub.environment);
    const { code, stderr } = await terminal.ask(1).infer(...flags);
    expect([code, stderr, terminal.bodies]).toEqual([1, expect.stringContaining('DGT_HUB_REFUSED'), []]);
    expect((await terminal.infer(...flags, '--benchmark-mode')).code).toBe(0);
    expect(hub.files('ada/made')).toBeUndefined();
  });
});
