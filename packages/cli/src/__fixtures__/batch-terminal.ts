import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Row } from '@dgt/core';
import { startFakeServer, type FakeServer, type FakeServerOptions } from '@dgt/testkit/fake-server';
import { stringify } from 'yaml';
import { TestTerminal } from './command-line.js';

/** A line of a batch file. */
export interface BatchLine {
  readonly custom_id: string;
  readonly method: string;
  readonly url: string;
  readonly body: Row & { readonly model: string; readonly messages: readonly { readonly content: string }[] };
}

/** A terminal beside a fake server, which answers the calls of tasks at once or as batches. */
export class BatchTerminal extends TestTerminal implements AsyncDisposable {
  readonly server: FakeServer;

  private constructor(server: FakeServer) {
    super();
    this.server = server;
  }

  static async open(options: FakeServerOptions = {}): Promise<BatchTerminal> {
    return new BatchTerminal(await startFakeServer({ answer: ({ prompt }) => `<${prompt}>`, ...options }));
  }

  /**
   * Writes a task, and a configuration in which the server has its models.
   *
   * @param blocks what each block has that the model of these tests has not.
   */
  give(task: Row, blocks: readonly Row[] = [{}]): this {
    const named = { task_name: 'task', task_description: 'a test', data_builder: 'core/prompt_chain', ...task };
    this.write('task.yaml', stringify(named));
    const model = {
      name: 'generator',
      type: 'openai',
      model_id_or_path: 'fake',
      base_url: `${this.server.url}/v1`,
      api_key: 'a-key-of-tests',
    };
    const configured = { blocks: blocks.map((block) => ({ ...model, ...block })) };
    this.write('config.yaml', stringify({ databuilders: { [named.data_builder]: configured } }));
    return this;
  }

  /** Writes the file of a builder whose class a test has registered. */
  giveBuilder(name: string, blocks = ['generator']): void {
    const folder = `builders/${name}`;
    this.write(
      `${folder}/${name.split('/')[1]}.yaml`,
      stringify({ name, blocks: blocks.map((block) => ({ name: block, type: 'openai' })) }),
    );
    this.write(`${folder}/generate.ts`, '');
  }

  /** Runs a command on the task. */
  onTask(...argv: string[]) {
    return this.run(...argv, '--task-path', 'task.yaml', '--config-path', 'config.yaml');
  }

  readText(path: string): string {
    return readFileSync(join(this.workingFolder, path), 'utf8');
  }

  readRows<T = Row>(path: string): T[] {
    return this.readText(path)
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as T);
  }

  /** The keys of the calls that were made at once. */
  get keys(): string[] {
    return this.server.requests.flatMap(({ key }) => key ?? []);
  }

  /** Hands a file in, as its user does, and writes what it is answered with. */
  async answer(input = 'batchinput.jsonl', output = 'output.jsonl'): Promise<void> {
    const form = new FormData();
    form.set('purpose', 'batch');
    form.set('file', new Blob([this.readText(input)]), 'batchinput.jsonl');
    const { id: input_file_id } = await this.#ask('/files', { method: 'POST', body: form });
    const [{ url: endpoint }] = this.readRows<BatchLine>(input) as [BatchLine];
    const body = JSON.stringify({ input_file_id, endpoint, completion_window: '24h' });
    const headers = { 'Content-Type': 'application/json' };
    let batch = await this.#ask('/batches', { method: 'POST', headers, body });
    while (batch['status'] !== 'completed') batch = await this.#ask(`/batches/${batch['id'] as string}`);
    const files = [batch['output_file_id'], batch['error_file_id']].filter((file) => typeof file === 'string');
    const texts = files.map(async (file) => (await fetch(`${this.server.url}/v1/files/${file}/content`)).text());
    this.write(output, (await Promise.all(texts)).join(''));
  }

  async #ask(path: string, options: RequestInit = {}): Promise<Row> {
    return (await (await fetch(`${this.server.url}/v1${path}`, options)).json()) as Row;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.close();
    this[Symbol.dispose]();
  }
}
