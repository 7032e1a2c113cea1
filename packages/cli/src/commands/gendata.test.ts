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
});
