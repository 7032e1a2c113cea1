import type { CallContext, LMRow, TryRecord } from '@dgt/core';
import { createScriptServices, Lane } from '@dgt/core';
import { startFakeServer, type FakeServer, type FakeServerOptions } from '@dgt/testkit/fake-server';
import { createTestServices } from '../../__fixtures__/services.js';
import type { ModelProvider } from '../../model-provider.js';
import { parameterAliases } from '../../parameter-fields.js';
import { AnthropicProvider } from '../anthropic/provider.js';
import { AzureOpenAIProvider } from '../azure-openai/provider.js';
import { OllamaProvider } from '../ollama/provider.js';
import { OpenAIProvider } from '../openai/provider.js';

/** The configuration of a block, or the body of a request. */
export type Config = Readonly<Record<string, unknown>>;
type ProviderClass = new (config: never, services?: never) => ModelProvider;

/** A provider that the contract is held against. */
export interface Subject {
  readonly name: string;
  readonly provider: ProviderClass;
  /** What is to be added to a server's address. */
  readonly base: string;
  /** Without one the API has no completions. */
  readonly completionPath?: string;
  readonly chatPath: string;
  readonly keyName: string;
  /** Configuration that the provider cannot do without. */
  readonly needs: Config;
  /** What the parameters of a request are, as the server saw them. */
  readParameters(body: Config): Config;
  nativeMaxTokens(method: string): string;
  readonly nativeStop: string;
  /** Whether one request can ask for several answers. */
  readonly hasChoices: boolean;
  /** Whether the API lists its models. */
  readonly hasModels: boolean;
  readonly hasSeed: boolean;
  readonly hasLogprobs: boolean;
  /** What the user says, as the API has it. */
  writeUser(text: string): Config;
  /** A `response_format` with a schema, as the API has it. */
  writeFormat(schema: Config): Config;
}

const plainUser = (content: string): Config => ({ role: 'user', content });

const openaiLike = {
  completionPath: '/v1/completions',
  chatPath: '/v1/chat/completions',
  readParameters: (body: Config) => body,
  nativeStop: 'stop',
  hasChoices: true,
  hasSeed: true,
  hasLogprobs: true,
  writeUser: plainUser,
  writeFormat: (schema: Config) => ({
    response_format: { type: 'json_schema', json_schema: { name: 'river', schema } },
  }),
};

/** All providers that speak to a server. */
export const subjects: readonly Subject[] = [
  {
    name: 'ollama',
    provider: OllamaProvider as unknown as ProviderClass,
    base: '',
    completionPath: '/api/generate',
    chatPath: '/api/chat',
    keyName: 'OLLAMA_API_KEY',
    needs: {},
    readParameters: (body) => body['options'] as Config,
    nativeMaxTokens: () => 'num_predict',
    nativeStop: 'stop',
    hasChoices: false,
    hasModels: true,
    hasSeed: true,
    hasLogprobs: true,
    writeUser: plainUser,
    writeFormat: (schema) => ({ format: schema }),
  },
  {
    ...openaiLike,
    name: 'openai',
    provider: OpenAIProvider as unknown as ProviderClass,
    base: '/v1',
    keyName: 'OPENAI_API_KEY',
    needs: {},
    nativeMaxTokens: () => 'max_tokens',
    hasModels: true,
  },
  {
    ...openaiLike,
    name: 'azure_openai',
    provider: AzureOpenAIProvider as unknown as ProviderClass,
    base: '',
    keyName: 'AZURE_OPENAI_API_KEY',
    needs: { api_key: 'right' },
    nativeMaxTokens: (method) => (method === 'completion' ? 'max_tokens' : 'max_completion_tokens'),
    hasModels: false,
  },
  {
    name: 'anthropic',
    provider: AnthropicProvider as unknown as ProviderClass,
    base: '',
    chatPath: '/v1/messages',
    keyName: 'ANTHROPIC_API_KEY',
    needs: { max_tokens: 500 },
    readParameters: (body) => body,
    nativeMaxTokens: () => 'max_tokens',
    nativeStop: 'stop_sequences',
    hasChoices: false,
    hasModels: true,
    hasSeed: false,
    hasLogprobs: false,
    writeUser: (text) => ({ role: 'user', content: [{ type: 'text', text }] }),
    writeFormat: (schema) => ({ output_config: { format: { type: 'json_schema', schema } } }),
  },
];

/** A lane whose tries are kept. */
export function createLane(options: { signal?: AbortSignal } = {}) {
  const tries: TryRecord[] = [];
  const { signal = new AbortController().signal } = options;
  const log = createScriptServices().log;
  const call = async (key: { lane: string; index: number }, { execute }: { execute(c: CallContext): Promise<never> }) =>
    execute({
      idempotencyKey: `${key.lane}/${key.index}`,
      seed: 4711,
      signal,
      stopping: signal,
      age: 0,
      onTry: (t) => tries.push(t),
    });
  const recorder = { call, reject: () => {}, fail: () => {} };
  return { lane: new Lane('t', { recorder: recorder as never, randomName: '0', signal, log }), tries };
}

/** Makes a block of the provider for a server. */
export function createBlock(subject: Subject, server: FakeServer, config: Config = {}) {
  const test = createTestServices();
  const base_url = `${server.url}${subject.base}`;
  const given = {
    name: 'generator',
    model_id_or_path: 'fake-model',
    base_url,
    ...needsBeside(subject, config),
    ...config,
  };
  return { block: new subject.provider(given as never, test.services as never), ...test };
}

/** Runs rows against a fresh server and gives what came back and what the server saw. */
export async function runRows(
  subject: Subject,
  rows: readonly (LMRow & { readonly passage?: string })[],
  config: Config = {},
  options: FakeServerOptions = {},
) {
  await using server = await startFakeServer(options);
  const { block, clock, secrets, said } = createBlock(subject, server, config);
  const { lane, tries } = createLane();
  const results = await block.run(rows, { lane, failures: 'yield' }).toArray();
  await block.close();
  return { results, tries, clock, secrets, said, requests: server.requests, counts: server.counts() };
}

/** What a provider cannot do without, unless the configuration has it under another name. */
function needsBeside({ needs }: Subject, config: Config): Config {
  const names = new Set(Object.keys(config).map((name) => (parameterAliases as Record<string, string>)[name] ?? name));
  return Object.fromEntries(Object.entries(needs).filter(([name]) => !names.has(name)));
}
