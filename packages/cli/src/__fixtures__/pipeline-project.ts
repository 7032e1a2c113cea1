import { startFakeServer, type FakeServer, type FakeServerOptions } from '@dgt/testkit/fake-server';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TestTerminal } from './command-line.js';

/** The configuration of the template, as its document has it. */
export const templateConfig = `model:
  provider: openai
  api_key: your_api_key
  base_url: https://api.openai.com/v1
  model: "gpt-4o-2024-11-20"
  rate_limit: 20
  max_tokens: 5012
  temperature: 0.7

prompts:
  system_prompt_path: "prompts/system_prompts/default.txt"
  user_prompt_path: "prompts/user_prompts/default.txt"

output_data:
  output_dir: "output"
  experiment_name: "initial_test"
  need_time_stamp: true
`;

/** The rows of the template's document, as a module. */
export const templatePool = `export function load_sample_data() {
  const data_pool = [
    {
      "user_prompt_kwargs": {"topic": "人工智能", "word_count": "100字"},
      "system_prompt_kwargs": {"tone": "专业"},
    },
    {
      "user_prompt_kwargs": {"topic": "机器学习", "word_count": "150字"},
      "system_prompt_kwargs": {"tone": "通俗易懂"},
    },
    {
      "user_prompt_kwargs": {"topic": "数据科学", "word_count": "200字"},
      "system_prompt_kwargs": {"tone": "学术"},
    },
    {
      "user_prompt_kwargs": {"topic": "深度学习", "word_count": "180字"},
      "system_prompt_kwargs": {"tone": "简洁"},
    },
    {
      "user_prompt_kwargs": {"topic": "自然语言处理", "word_count": "160字"},
      "system_prompt_kwargs": {"tone": "技术性"},
    },
  ]
  return data_pool
}
`;

/** A record of `result.jsonl`. */
export interface ReadRecord {
  readonly input: Record<string, unknown>;
  readonly response?: string;
  readonly naive_response?: Record<string, unknown>;
  readonly timestamp: string;
  readonly extracted?: unknown;
  readonly error?: Record<string, unknown>;
}

/** A folder with what a user of the template has, and a fake server that answers. */
export class PipelineProject implements AsyncDisposable {
  readonly terminal = new TestTerminal();
  readonly server: FakeServer;

  private constructor(server: FakeServer) {
    this.server = server;
  }

  /** Without options the model repeats the prompt of the user between tags. */
  static async open(options: FakeServerOptions = {}): Promise<PipelineProject> {
    const answer: FakeServerOptions['answer'] = ({ prompt }) => `<draft>${prompt}</draft>`;
    const project = new PipelineProject(await startFakeServer({ answer, ...options }));
    project.write('config.yaml', project.aim(templateConfig));
    project.write('prompts/system_prompts/default.txt', '你是一位{tone}的作者。');
    project.write('prompts/user_prompts/default.txt', '请写一段关于{topic}的文字，{word_count}。');
    project.write('pool.ts', templatePool);
    return project;
  }

  /** A configuration that asks the fake server, as fast as it will go. */
  aim(config: string): string {
    return config
      .replace('https://api.openai.com/v1', `${this.server.url}/v1`)
      .replace('rate_limit: 20', 'rate_limit: 60000');
  }

  write(path: string, text: string): void {
    this.terminal.write(path, text);
  }

  run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    return this.terminal.run('pipeline', 'config.yaml', '--data', 'pool.ts', ...args);
  }

  path(...parts: string[]): string {
    return join(this.terminal.workingFolder, ...parts);
  }

  read(path: string): string {
    return readFileSync(this.path(path), 'utf8');
  }

  /** The folders of an experiment by their time stamps. */
  stamps(experiment = 'output/initial_test'): string[] {
    if (!existsSync(this.path(experiment))) return [];
    return readdirSync(this.path(experiment))
      .filter((name) => /^\d{8}-\d{6}$/.test(name))
      .toSorted();
  }

  /** The records of an experiment; of the newest, where it has time stamps. */
  records(experiment = `output/initial_test/${this.stamps().at(-1)}`): ReadRecord[] {
    return this.read(`${experiment}/result.jsonl`)
      .trimEnd()
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as ReadRecord);
  }

  /** The messages that reached the server, each request as `role: text` lines. */
  get asked(): string[] {
    return this.server.requests
      .filter(({ key }) => key !== undefined)
      .map(({ body }) => {
        const { messages } = body as { messages: { role: string; content: string }[] };
        return messages.map(({ role, content }) => `${role}: ${content}`).join('\n');
      });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.close();
    this.terminal[Symbol.dispose]();
  }
}
