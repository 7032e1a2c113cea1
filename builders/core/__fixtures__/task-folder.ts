import { startFakeServer, type FakeServer, type FakeServerOptions } from '@dgt/testkit/fake-server';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { TestTerminal } from '../../../packages/cli/src/__fixtures__/command-line.js';

/** Rows as they stand in the files of a run. */
export type OutputRow = Record<string, unknown>;

/** What came of one run. */
export interface TaskRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly rows: OutputRow[];
  readonly rejected: OutputRow[];
  readonly errors: OutputRow[];
  /** The prompts that reached the server, in the order in which they were answered. */
  readonly prompts: string[];
}

/** A folder with a task file of a published builder, and a fake server that answers its models. */
export class TaskFolder implements AsyncDisposable {
  readonly #terminal = new TestTerminal();
  readonly server: FakeServer;

  readonly #block: Readonly<Record<string, unknown>>;

  private constructor(server: FakeServer, block: Readonly<Record<string, unknown>>) {
    this.server = server;
    this.#block = block;
  }

  /** @param block what every model block takes beside where its model is. */
  static async open(
    options: FakeServerOptions,
    { block = {} }: { readonly block?: Readonly<Record<string, unknown>> } = {},
  ): Promise<TaskFolder> {
    return new TaskFolder(await startFakeServer(options), block);
  }

  write(path: string, text: string): void {
    this.#terminal.write(path, text);
  }

  /** Runs a task given as text or as keys; rows come in the task's `data` or in a file that was written. */
  async run(task: string | Readonly<Record<string, unknown>>, ...args: string[]): Promise<TaskRun> {
    const head = { task_name: 'task', task_description: 'a test' };
    const text = typeof task === 'string' ? task : stringify({ ...head, ...task });
    const builder = /data_builder: (\S+)/.exec(text)?.[1] as string;
    const name = /task_name: (\S+)/.exec(text)?.[1] as string;
    this.write('task.yaml', text);
    const model = {
      type: 'openai',
      model_id_or_path: 'fake',
      base_url: `${this.server.url}/v1`,
      api_key: 'a-key-of-tests',
      ...this.#block,
    };
    const names = builder === 'core/best_of_n' ? ['generator', 'judge'] : ['generator'];
    const blocks = names.map((block) => Object.assign({ name: block }, model));
    this.write('config.yaml', stringify({ databuilders: { [builder]: { blocks } } }));
    this.server.reset();
    const { code, stdout, stderr } = await this.#terminal.run(
      'run',
      '--task-path',
      'task.yaml',
      '--config-path',
      'config.yaml',
      ...args,
    );
    const asked = this.server.requests.filter(({ key }) => key !== undefined);
    const prompts = asked.map(({ body }) => promptOf(body as OutputRow));
    const read = (file: string) => this.#readRows(`output/${name}/${file}.jsonl`);
    return {
      code,
      stdout,
      stderr,
      prompts,
      rows: read('final_data'),
      rejected: read('rejected'),
      errors: read('errors'),
    };
  }

  /** Ends the run that is under way at once, as a second Ctrl-C does. */
  interrupt(): void {
    for (let press = 0; press < 2; press++) {
      this.#terminal.time += 1000;
      this.#terminal.signals.emit('SIGINT');
    }
  }

  /** Runs the command itself. */
  command(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    return this.#terminal.run(...argv);
  }

  readText(path: string): string {
    return readFileSync(join(this.#terminal.workingFolder, path), 'utf8');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.close();
    this.#terminal[Symbol.dispose]();
  }

  #readRows(path: string): OutputRow[] {
    let text: string;
    try {
      text = this.readText(path);
    } catch {
      return [];
    }
    return text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as OutputRow);
  }
}

/** The row without what dgt stamps on it. */
export function fieldsOf({ task_name: _task, is_seed: _seed, ...fields }: OutputRow): OutputRow {
  return fields;
}

/** The messages of a request, one a line: `user: What is ...`. */
export function promptOf(body: OutputRow): string {
  const { messages = [], prompt } = body as { messages?: { role: string; content: string }[]; prompt?: string };
  return prompt ?? messages.map(({ role, content }) => `${role}: ${content}`).join('\n');
}
