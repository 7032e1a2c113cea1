import { startFakeServer, type FakeServer, type FakeServerOptions } from '@dgt/testkit/fake-server';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TestTerminal } from '../__fixtures__/command-line.js';
import { promptOf, type OutputRow } from '../../../../builders/core/__fixtures__/task-folder.js';

const messages = `
  - - role: user
      content: "Give me a use case for {persona} in {language}"
  - - role: system
      content: "You write {language}"
    - role: user
      content: "create a conversation on {use_case}"
  - - role: system
      content: "You know {conversation}"
    - role: user
      content: Create a system prompt.
`;
const steps = `
  - user: "Give me a use case for {persona} in {language}"
  - system: "You write {language}"
    user: "create a conversation on {use_case}"
  - system: "You know {conversation}"
    user: Create a system prompt.
`;
const taskOf = (list: string) => `messages_list:${list}
output_keys: [use_case, conversation, system_prompt]
output_types: [str, json, str]
random_extra_keys:
  language: [English, Spanish]
`;

const answer = (prompt: string) => {
  if (prompt.includes('create a conversation')) return '```json\n[{"role": "user", "content": "hi", "end": true}]\n```';
  return `<${prompt.split('\n').at(-1)}>`;
};

/** A folder with an input and a task of gendata, and a fake server. */
class Place implements AsyncDisposable {
  readonly terminal = new TestTerminal();
  readonly server: FakeServer;

  private constructor(server: FakeServer) {
    this.server = server;
  }

  static async open(options: FakeServerOptions & { respond?: (prompt: string) => string } = {}): Promise<Place> {
    const { respond = answer, ...server } = options;
    const place = new Place(
      await startFakeServer({ answer: ({ body }) => respond(promptOf(body as OutputRow)), ...server }),
    );
    place.terminal.write('task.yml', taskOf(messages));
    place.input(['A sailor', 'A nurse', 'A cook'].map((persona, index) => ({ id: `p${index}`, persona, spare: 1 })));
    return place;
  }

  input(rows: readonly object[]): void {
    this.terminal.write('persona.jsonl', rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  }

  /** Calls the command with the flags of the quick start; those that are given win. */
  run(flags: Readonly<Record<string, string>> = {}, ...more: string[]) {
    const all = {
      '--input': 'persona.jsonl',
      '--output': 'out/data.jsonl',
      '--model': 'openai',
      '--task': 'task.yml',
      '--model-args': `api_url=${this.server.url}/v1/,model=DeepSeek-V3,api_key=key-of-${'a'}-test`,
      ...flags,
    };
    return this.terminal.run('gendata', ...Object.entries(all).flat(), ...more);
  }

  read(path: string): string {
    return readFileSync(join(this.terminal.workingFolder, path), 'utf8');
  }

  rows(path = 'out/data.jsonl'): OutputRow[] {
    return this.read(path)
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as OutputRow);
  }

  /** What the server was asked since it was last asked for this. */
  prompts(): string[] {
    const asked = this.server.requests.filter(({ key }) => key !== undefined);
    const prompts = asked.map(({ body }) => promptOf(body as OutputRow));
    this.server.reset();
    return prompts;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.close();
    this.terminal[Symbol.dispose]();
  }
}

describe('dgt gendata', () => {
  it.each([
    ['lists of messages', taskOf(messages)],
    ['user and system', taskOf(steps)],
  ])('gives the fields that gendata gives, for steps as %s', async (_form, task) => {
    await using place = await Place.open();
    place.terminal.write('task.yml', task);
    const { code, stdout, stderr } = await place.run();
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('out/data.jsonl: 3 rows');
    const rows = place.rows();
    expect(rows.map((row) => [row['persona'], row['language'], row['_index']])).toEqual([
      ['A sailor', 'English', 0],
      ['A nurse', 'Spanish', 1],
      ['A cook', 'English', 2],
    ]);
    expect(Object.keys(rows[0] ?? {})).toEqual([
      'persona',
      'language',
      'use_case',
      'conversation',
      'system_prompt',
      '_index',
      'model',
    ]);
    expect(rows[1]).toMatchObject({
      use_case: '<user: Give me a use case for A nurse in Spanish>',
      conversation: [{ role: 'user', content: 'hi', end: true }],
      model: 'DeepSeek-V3',
    });
    // A step whose last message has no placeholder, and a value of an earlier step as JSON.
    expect(place.prompts()).toContain(
      'system: You know [{"role":"user","content":"hi","end":true}]\nuser: Create a system prompt.',
    );
  });

  it.each([
    ['data.json', (text: string) => JSON.parse(text) as unknown],
    [
      'data.ndjson',
      (text: string) =>
        text
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line) as unknown),
    ],
    ['data.csv', (text: string) => text.trimEnd().split('\n')],
  ])('writes %s', async (name, parse) => {
    await using place = await Place.open();
    place.input([{ persona: 'A', id: '007' }]);
    expect((await place.run({ '--output': name, '--unique-key': 'id' })).code).toBe(0);
    const conversation = [{ role: 'user', content: 'hi', end: true }];
    const use_case = '<user: Give me a use case for A in English>';
    const system_prompt = '<user: Create a system prompt.>';
    const row = {
      persona: 'A',
      language: 'English',
      use_case,
      conversation,
      system_prompt,
      id: '007',
      model: 'DeepSeek-V3',
    };
    const csv = JSON.stringify(conversation).replaceAll('"', '""');
    const lines = [Object.keys(row).join(','), `A,English,${use_case},"${csv}",${system_prompt},007,DeepSeek-V3`];
    expect(parse(place.read(name))).toEqual(name.endsWith('csv') ? lines : [row]);
    if (name === 'data.json') expect(place.read(name)).toBe(`${JSON.stringify([row], undefined, 4)}\n`);
  });

  it('writes and reads parquet and csv, and reads a task in JSON', async () => {
    await using place = await Place.open();
    expect((await place.run({ '--output': 'a.parquet' })).code).toBe(0);
    const task = {
      messages_list: [{ user: 'Again: {system_prompt} {_index}' }],
      output_keys: ['again'],
      output_types: ['str'],
    };
    place.terminal.write('task.json', JSON.stringify(task));
    const flags = { '--input': 'a.parquet', '--output': 'b.csv', '--task': 'task.json', '--unique-key': '_index' };
    expect((await place.run(flags)).code).toBe(0);
    expect((await place.run({ ...flags, '--input': 'b.csv', '--output': 'c.json' })).stderr).toContain(
      'output_keys: "again" stand in b.csv already',
    );
    expect(place.read('b.csv').split('\n')[2]).toBe(
      '<user: Create a system prompt.>,1,<user: Again: <user: Create a system prompt.> 1>,DeepSeek-V3',
    );
  });

  it('sends parameters over those of gendata, and waits for the model', async () => {
    await using place = await Place.open({ requireKey: 'key-of-a-test' });
    place.input([{ persona: 'A' }]);
    const bodyOf = async (params: string, output: string) => {
      place.terminal.write('params.yml', params);
      const { code, stderr } = await place.run(
        { '--output': output, '--model-params': 'params.yml' },
        '--wait-for-model',
      );
      expect(code, stderr).toBe(0);
      const sent = place.server.requests.findLast(({ key }) => key !== undefined);
      const { messages: _said, ...body } = { ...(sent?.body as OutputRow) };
      return body;
    };
    const model = 'DeepSeek-V3';
    expect(await bodyOf('temperature: 0.3\ntop_p: 1\ntimeout: 30\nmax_completion_tokens: 900\n', 'a.json')).toEqual({
      model,
      temperature: 0.3,
      top_p: 1,
      max_tokens: 900,
    });
    expect(await bodyOf('response_format: { type: text }\nextra_body: { user: me }\nn: 1\n', 'b.json')).toEqual({
      model,
      temperature: 0.2,
      max_tokens: 5000,
      response_format: { type: 'text' },
      user: 'me',
    });
    expect(place.read('b.dgt/dgt.yaml')).toContain('wait_for_model: true');
  });

  it('asks as many at once as torchrun had processes', async () => {
    await using place = await Place.open({ latency: 5 });
    expect((await place.run({}, '--nproc_per_node=2')).code).toBe(0);
    expect(place.read('out/data.dgt/dgt.yaml')).toContain('call_limit: 2');
    expect(place.server.report().mostInFlight).toBe(2);
  });

  it('takes text that looks like a reference to the environment for text', async () => {
    await using place = await Place.open();
    place.terminal.write(
      'task.yml',
      'messages_list: [{ user: "{persona} ${{env:HOME}}" }]\noutput_keys: [a b]\noutput_types: [str]\n',
    );
    place.input([{ persona: '$' }]);
    expect((await place.run()).code).toBe(0);
    expect(place.rows()).toEqual([{ persona: '$', 'a b': '<user: $ ${env:HOME}>', _index: 0, model: 'DeepSeek-V3' }]);
  });

  it('lists what there is, and writes samples that it does not replace', async () => {
    await using place = await Place.open();
    const run = (...flags: string[]) => place.terminal.run('gendata', ...flags);
    expect(await run('--list-data-methods')).toMatchObject({ code: 0, stdout: 'Available data methods: default\n' });
    expect(await run('--list-model-apis')).toMatchObject({ code: 0, stdout: 'Available model methods: openai\n' });
    expect(await run('--generate-model-params', 'openai')).toMatchObject({
      code: 0,
      stdout: 'Created: model_params_example.yml\n',
    });
    for (const [kind, columns] of [
      ['simple', ['language', 'persona', 'conversations']],
      ['complex', ['persona', 'use_case', 'language', 'tools', 'conversations', 'system_prompt']],
    ] as const) {
      expect(await run('--generate-task-sample', kind)).toMatchObject({
        code: 0,
        stdout: 'Created: task_example.yml\n',
      });
      expect(await run('--generate-task-sample', kind)).toMatchObject({ code: 1 });
      const flags = {
        '--task': 'task_example.yml',
        '--model-params': 'model_params_example.yml',
        '--output': `${kind}.jsonl`,
      };
      place.input([{ persona: 'A sailor' }]);
      const { code, stderr } = await place.run(flags);
      expect(code, stderr).toBe(2);
      expect(place.read(`${kind}.dgt/gendata/errors.jsonl`)).toContain('DGT_ANSWER_SHAPE');
      expect(JSON.stringify(place.read(`${kind}.dgt/dgt.yaml`))).toContain(columns.at(-1));
      rmSync(join(place.terminal.workingFolder, 'task_example.yml'));
    }
  });
});

describe('a row of gendata that cannot be made', () => {
  it('costs itself alone, whatever it is, and is made when it is asked for', async () => {
    let isBroken = true;
    await using place = await Place.open({
      badRequest: ({ prompt }) => isBroken && prompt.includes('poison'),
      respond: (prompt) =>
        isBroken && prompt.includes('conversation on <user: Give me a use case for mute')
          ? 'Sorry, no.'
          : answer(prompt),
    });
    place.input([...['A', 'poison', 'mute', 'B'].map((persona) => ({ persona })), { other: 1 }]);
    const first = await place.run();
    expect(first.code).toBe(2);
    expect(first.stdout).toContain('2 rows of 5 input rows; 3 ended as errors, which --retry-errors tries again');
    expect(place.rows().map(({ persona, _index }) => [persona, _index])).toEqual([
      ['A', 0],
      ['B', 3],
    ]);
    const errors = place.rows('out/data.dgt/gendata/errors.jsonl');
    expect(errors.map(({ code }) => code)).toEqual(['DGT_PROVIDER_REQUEST', 'DGT_ANSWER_SHAPE', 'DGT_TEMPLATE_FIELD']);
    expect(errors[1]?.['reason']).toContain('no JSON value from the model in 2 calls');
    expect(errors[2]?.['reason']).toContain('row 5: step "use_case", user needs {persona}; there are: ');
    isBroken = false;
    place.prompts();
    const again = await place.run({}, '--retry-errors');
    expect(again.code).toBe(2);
    expect(place.rows().map(({ persona, conversation }) => [persona, Array.isArray(conversation)])).toEqual(
      ['A', 'poison', 'mute', 'B'].map((persona) => [persona, true]),
    );
    expect(place.prompts().filter((prompt) => /for [AB] /.test(prompt))).toEqual([]);
  });

  it('is one whose answer was cut off at max_tokens', async () => {
    await using place = await Place.open({
      respond: (prompt) => (prompt.includes('A nurse') ? 'word '.repeat(50) : answer(prompt)),
    });
    place.terminal.write('params.yml', 'max_tokens: 20\n');
    expect((await place.run({ '--model-params': 'params.yml' })).code).toBe(2);
    expect(place.rows('out/data.dgt/gendata/errors.jsonl')).toMatchObject([{ code: 'DGT_ANSWER_CUT', attempt: 2 }]);
  });
});

describe('gendata, run again', () => {
  /** Runs until so many answers were given, and is ended then as by a second Ctrl-C. */
  async function cutOff(place: Place, flags: Readonly<Record<string, string>> = {}) {
    const running = place.run(flags);
    await expect.poll(() => place.server.requests.length, { interval: 5 }).toBeGreaterThan(6);
    for (let press = 0; press < 2; press++) {
      place.terminal.time += 1000;
      place.terminal.signals.emit('SIGINT');
    }
    return running;
  }

  const many = Array.from({ length: 12 }, (_, id) => ({ id, persona: `P${id}` }));

  it('goes on after it was ended, repeats no recorded answer, and keeps the order of the input', async () => {
    await using whole = await Place.open();
    await using place = await Place.open({ latency: { minMs: 1, maxMs: 20 } });
    for (const one of [whole, place]) one.input(many);
    await whole.run();
    const first = await cutOff(place);
    expect(first.code).toBe(130);
    expect(existsSync(join(place.terminal.workingFolder, 'out/data.jsonl'))).toBe(false);
    const answered = Object.values(place.server.counts().answers).reduce((sum, count) => sum + count, 0);
    place.prompts();
    expect((await place.run()).code).toBe(0);
    expect(place.read('out/data.jsonl')).toBe(whole.read('out/data.jsonl'));
    expect(place.prompts().length).toBeLessThanOrEqual(36 - answered + 10);
  });

  it('writes what there is with --finish, and goes on from there', async () => {
    await using place = await Place.open({ latency: 3 });
    place.input(many);
    await cutOff(place, { '--concurrency': '2' });
    place.prompts();
    const { code, stdout } = await place.run({ '--concurrency': '2' }, '--finish');
    const made = place.rows();
    expect([code, stdout]).toEqual([0, `out/data.jsonl: ${made.length} ${made.length === 1 ? 'row' : 'rows'}\n`]);
    expect(made.length).toBeLessThan(12);
    expect(place.prompts()).toEqual([]);
    expect((await place.run({ '--concurrency': '2' })).code).toBe(0);
    expect(place.rows().slice(0, made.length)).toEqual(made);
    expect(place.rows()).toHaveLength(12);
  });

  it('says that all is done, calls nothing and leaves the output as it is', async () => {
    await using place = await Place.open();
    await place.run();
    const written = place.read('out/data.jsonl');
    place.prompts();
    expect(await place.run()).toMatchObject({ code: 0, stdout: expect.stringContaining('already complete') as string });
    expect([place.prompts(), place.read('out/data.jsonl')]).toEqual([[], written]);
    rmSync(join(place.terminal.workingFolder, 'out/data.jsonl'));
    expect((await place.run()).code).toBe(0);
    expect([place.prompts(), place.read('out/data.jsonl')]).toEqual([[], written]);
  });

  it('refuses to replace an output that it did not write, and one that was made otherwise', async () => {
    await using place = await Place.open();
    place.terminal.write('out/data.jsonl', '{}\n');
    const foreign = await place.run();
    expect(foreign).toMatchObject({ code: 1, stdout: '' });
    expect(foreign.stderr).toContain('out/data.jsonl exists, and was not written by this command');
    expect(foreign.stderr).toContain('out/._data_*.jsonl (any text or number for the star)');
    rmSync(join(place.terminal.workingFolder, 'out/data.jsonl'));
    await place.run();
    place.terminal.write('task.yml', taskOf(messages.replace('Give me', 'Name me')));
    place.prompts();
    const changed = await place.run();
    expect(changed.stderr).toContain(
      'out/data.jsonl exists, and the task, the model, their settings or the input have changed',
    );
    expect([changed.code, place.prompts()]).toEqual([1, []]);
    expect((await place.run({}, '--replay')).code).toBe(0);
    expect(place.rows()[0]?.['use_case']).toContain('Name me');
  });

  it('never mixes rows of two tasks or models in silence', async () => {
    await using place = await Place.open();
    place.input(Array.from({ length: 40 }, (_, id) => ({ id, persona: `P${id}` })));
    await place.run();
    renameSync(join(place.terminal.workingFolder, 'out/data.jsonl'), join(place.terminal.workingFolder, 'kept.jsonl'));
    const other = { '--model-args': `api_url=${place.server.url}/v1/,model=Other,api_key=key-of-a-test` };
    place.prompts();
    const refused = await place.run(other);
    expect([refused.code, place.prompts()]).toEqual([1, []]);
    expect(refused.stderr).toContain('DGT_DEFINITION_CHANGED');
    place.input(Array.from({ length: 42 }, (_, id) => ({ id, persona: `P${id}` })));
    expect((await place.run(other, '--continue')).code).toBe(0);
    expect(place.rows().map(({ model }) => model)).toEqual([
      ...Array<string>(40).fill('DeepSeek-V3'),
      'Other',
      'Other',
    ]);
  });
});

describe('rows that gendata made before', () => {
  const rowOf = (id: unknown, more: object = {}) =>
    `${JSON.stringify({ persona: 'old', language: 'x', use_case: 'u', conversation: [], system_prompt: 's', id, model: 'Old', ...more })}\n`;

  it('count by their key, whatever file they are in, and those that the input does not have come last', async () => {
    await using place = await Place.open();
    place.input(['001', '002', '003', '004'].map((id) => ({ id, persona: id })));
    place.terminal.write('out/._data_0.jsonl', `${rowOf(3)}{"id": "torn\n${rowOf(1)}${rowOf(3, { persona: 'twice' })}`);
    place.terminal.write('out/._data_old.jsonl', `${rowOf('other')}{"id": 4}\n`);
    const { code, stderr } = await place.run({ '--unique-key': 'id' });
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('3 rows of out/._data_0.jsonl, out/._data_old.jsonl were made before');
    expect(stderr).toContain('1 of them are not in persona.jsonl; they will stand last in out/data.jsonl');
    expect(stderr).toContain('out/._data_0.jsonl:2: is no JSON object; left out');
    expect(stderr).toContain('out/._data_old.jsonl:2: has no "use_case"; left out');
    expect(place.rows().map(({ id, persona, model }) => [id, persona, model])).toEqual([
      ['001', 'old', 'Old'],
      ['002', '002', 'DeepSeek-V3'],
      ['003', 'old', 'Old'],
      ['004', '004', 'DeepSeek-V3'],
      ['other', 'old', 'Old'],
    ]);
    expect(place.prompts().some((prompt) => /for 00[13] /.test(prompt))).toBe(false);
    expect(readdirSync(join(place.terminal.workingFolder, 'out')).toSorted()).toEqual([
      '._data_0.jsonl',
      '._data_old.jsonl',
      'data.dgt',
      'data.jsonl',
    ]);
  });

  it('count by their place where no key is named, as does an output that was moved away', async () => {
    await using place = await Place.open();
    await place.run();
    const folder = join(place.terminal.workingFolder, 'out');
    renameSync(join(folder, 'data.jsonl'), join(folder, '._new_0.jsonl'));
    place.input(['A sailor', 'A nurse', 'A cook', 'A clerk'].map((persona) => ({ persona })));
    place.prompts();
    expect((await place.run({ '--output': 'out/new.jsonl' })).code).toBe(0);
    expect(place.prompts()).toHaveLength(3);
    expect(place.rows('out/new.jsonl').map(({ persona }) => persona)).toEqual([
      'A sailor',
      'A nurse',
      'A cook',
      'A clerk',
    ]);
  });

  it('count also when they come after a run has begun, for what it has not made', async () => {
    await using place = await Place.open({ badRequest: ({ prompt }) => prompt.includes('A cook') });
    await place.run({ '--unique-key': 'id' });
    place.terminal.write('out/._data_1.jsonl', rowOf('p1') + rowOf('p3'));
    place.input(
      ['A sailor', 'A nurse', 'A cook', 'A clerk'].map((persona, id) => ({ id: `p${id}`, persona, spare: 1 })),
    );
    place.prompts();
    expect((await place.run({ '--unique-key': 'id' }, '--continue')).code).toBe(2);
    expect(place.rows().map(({ id, persona }) => [id, persona])).toEqual([
      ['p0', 'A sailor'],
      ['p1', 'A nurse'],
      ['p3', 'old'],
    ]);
    expect(place.prompts()).toEqual([]);
    rmSync(join(place.terminal.workingFolder, 'out/data.jsonl'));
    await place.run({ '--unique-key': 'id' }, '--restart');
    expect(place.rows().map(({ persona }) => persona)).toEqual(['A sailor', 'old', 'old']);
  });

  it('are all that --finish writes where nothing else was made', async () => {
    await using place = await Place.open();
    place.terminal.write('out/._data_1.jsonl', rowOf(2));
    place.terminal.write('out/._data_0.jsonl', rowOf(1));
    expect((await place.run({ '--unique-key': 'id', '--output': 'out/data.csv' }, '--finish')).code).toBe(0);
    expect(place.read('out/data.csv')).toContain('old,x,u,[],s,1,Old\nold,x,u,[],s,2,Old\n');
    expect(place.prompts()).toEqual([]);
  });
});

describe('what is wrong with a call of gendata', () => {
  it.each<[string, Record<string, string>, string[], RegExp]>([
    ['an ending', { '--output': 'out.txt' }, [], /--output: expected a file that ends in \.json, .*, got "out\.txt"/],
    ['an input', { '--input': 'in.txt' }, [], /--input: expected a file that ends in/],
    ['no input', { '--input': 'none.json' }, [], /none\.json/],
    ['a model', { '--model': 'gpt' }, [], /Allowed choices are openai/],
    ['data-args', { '--data-args': 'seed=42' }, [], /--data-args: expected nothing, since the data method "default"/],
    ['a number', { '--concurrency': 'many' }, [], /--concurrency: expected a whole number/],
    ['a key', { '--unique-key': 'uuid' }, [], /row 1 of the input has no "uuid"; it has: id, persona, spare/],
    ['the column of the model', { '--unique-key': 'model' }, [], /--unique-key: expected another column, since in the/],
    ['model-args', { '--model-args': 'url=http:' }, [], /--model-args: expected api_url, api_key, model/],
  ])('is named: %s', async (_what, flags, more, expected) => {
    await using place = await Place.open();
    const { code, stderr } = await place.run(flags, ...more);
    expect(stderr).toMatch(expected);
    expect([code, place.prompts()]).toEqual([1, []]);
  });

  it('is named with all options that are missing', async () => {
    using terminal = new TestTerminal();
    const { code, stderr } = await terminal.run('gendata', '--input', 'a.json', '--model', 'openai');
    expect([code, stderr]).toEqual([1, expect.stringContaining('dgt gendata needs --output, --task')]);
  });

  it('is named with the lines of its files', async () => {
    await using place = await Place.open();
    place.terminal.write(
      'task.yml',
      'messages_list:\n  - [{ role: tool, content: 5 }]\n  - { system: x }\noutput_keys: [a, model]\noutput_types: [text]\nrandom_extra_keys: { l: [] }\nmore: 1\n',
    );
    place.terminal.write('params.yml', 'model: x\napi_key: sk-1234\ntop_x: 1\nn: 2\n');
    const { stderr } = await place.run({ '--model-params': 'params.yml' });
    for (const line of [
      'task.yml:2:14: messages_list[0][0].role: expected system, user, assistant, got "tool"',
      'task.yml:2:29: messages_list[0][0].content: expected a text, got 5',
      'messages_list[1].user: expected a text, got nothing',
      'messages_list, output_keys and output_types have 2, 2 and 1 items',
      'task.yml:4:18: output_keys[1]: "model" is the column of the model that made the row; name it otherwise',
      'output_types[0]: expected str or json, got "text"',
      'random_extra_keys.l: expected a list with something in it, got []',
      'task.yml:7:7: more: unknown key',
      'params.yml:1:1: model: cannot stand here',
      'api_key: cannot stand here',
      'top_x: no parameter that dgt knows (did you mean "top_p"?)',
      'n: gendata takes one answer of a step',
    ])
      expect(stderr).toContain(line);
    expect(stderr).not.toContain('sk-1234');
    place.terminal.write('task.yml', taskOf(steps).replace('[use_case, conversation,', '[use_case, use_case,'));
    expect((await place.run()).stderr).toContain('output_keys[1]: "use_case" is there twice');
  });

  it('never shows or keeps a key of the command line', async () => {
    await using place = await Place.open({ requireKey: 'sk-very,secret="=' });
    const url = place.server.url;
    const told = [await place.run({ '--model-args': `api_url=${url}/v1,api_key='sk-very,secret="='` }, '--debug')];
    expect(told[0]?.code).toBe(0);
    const withPassword = url.replace('//', '//user:sk-password@');
    const wrong = { '--output': 'out/b.json', '--model-args': `api_url=${withPassword}/v1,api_key=sk-wrong` };
    told.push(await place.run(wrong, '--debug'), await place.run(wrong, '--json'));
    expect(told.map(({ code }) => code)).toEqual([0, 1, 1]);
    const typo = '--model-arg=api_key=sk-typo';
    told.push(await place.terminal.run('gendata', typo), await place.terminal.run('gendata', '--json', typo));
    expect(told[3]?.stderr).toContain("unknown option '--model-arg'");
    const texts = told.flatMap(({ stdout, stderr }) => [stdout, stderr]);
    const folder = join(place.terminal.workingFolder, 'out');
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files.length).toBeGreaterThan(9);
    for (const file of files) texts.push(readFileSync(join(file.parentPath, file.name), 'latin1'));
    expect(texts.filter((text) => /sk-(very|password|wrong|typo)/.test(text))).toEqual([]);
  });
});
