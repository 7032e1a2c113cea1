import { afterEach, describe, expect, it, vi } from 'vitest';
import { createTestServices } from '../__fixtures__/services.js';
import { startRecordedServer } from './__fixtures__/recorded-server.js';
import { AnthropicProvider } from './anthropic/provider.js';
import { JsonHttp } from './http/json-http.js';
import { OllamaProvider } from './ollama/provider.js';
import { OpenAIProvider } from './openai/provider.js';
import { isAt, readServer, type ServerConfig } from './server-config.js';

function read(config: ServerConfig) {
  const { services, secrets } = createTestServices();
  return { server: readServer(config, { endpoint: 'http://default', apiKey: undefined }, services), secrets };
}

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe('readServer', () => {
  it('keeps credentials out of the address and tells that they are secret', () => {
    const { server, secrets } = read({
      base_url: 'https://ann:pass%20word@host:8000/v1/',
      api_key: 'key',
      default_headers: { 'X-Api-Key': 'other', 'X-Team': 'blue' },
    });
    expect(server.endpoint).toBe('https://host:8000/v1');
    expect(server.headers['Authorization']).toBe(`Basic ${btoa('ann:pass word')}`);
    expect(secrets).toEqual(expect.arrayContaining(['key', 'pass word', 'other']));
    expect(secrets).not.toContain('blue');
  });

  it('refuses an address that is none', () => {
    expect(() => read({ base_url: 'http://' })).toThrow('base_url: expected a URL such as');
    expect(() => read({ base_url: 'ftp://host' })).toThrow('base_url');
  });
});

describe('where a provider finds its server', () => {
  /** The address that the provider says did not answer. */
  async function findEndpoint(provider: new (config: never, services: never) => OllamaProvider | OpenAIProvider) {
    const refuse = () => Promise.reject(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }));
    vi.spyOn(JsonHttp.prototype, 'get').mockImplementation(refuse);
    vi.spyOn(JsonHttp.prototype, 'post').mockImplementation(refuse);
    const { services, said } = createTestServices();
    const block = new provider({ model_id_or_path: 'm' } as never, services as never);
    await block.prepare({ pinned: undefined, signal: new AbortController().signal });
    return / at (\S+) did not answer/.exec(said[0] ?? '')?.[1];
  }

  it.each([
    ['', 'http://127.0.0.1:11434'],
    ['0.0.0.0', 'http://127.0.0.1:11434'],
    ['0.0.0.0:9999', 'http://127.0.0.1:9999'],
    ['box.local', 'http://box.local:11434'],
    ['https://box.local', 'https://box.local'],
  ])('reads OLLAMA_HOST %j', async (host, expected) => {
    vi.stubEnv('OLLAMA_HOST', host);
    expect(await findEndpoint(OllamaProvider)).toBe(expected);
  });

  it('reads OPENAI_BASE_URL', async () => {
    vi.stubEnv('OPENAI_BASE_URL', 'http://box.local:8000/v1');
    expect(await findEndpoint(OpenAIProvider)).toBe('http://box.local:8000/v1');
  });

  it('wants a key for OpenAI itself', async () => {
    vi.stubEnv('OPENAI_BASE_URL', '');
    vi.stubEnv('OPENAI_API_KEY', '');
    await expect(findEndpoint(OpenAIProvider)).rejects.toThrow('the environment variable OPENAI_API_KEY is not set');
  });
});

describe('a key of a vendor in the environment', () => {
  it.each([
    [OpenAIProvider, 'OPENAI_API_KEY', {}],
    [AnthropicProvider, 'ANTHROPIC_API_KEY', { max_tokens: 9 }],
    [OllamaProvider, 'OLLAMA_API_KEY', {}],
  ])('goes to that vendor alone: %o', async (provider, name, needs) => {
    vi.stubEnv(name, 'secret of the vendor');
    await using api = await startRecordedServer({});
    const block = new provider({ model_id_or_path: 'm', base_url: api.url, ...needs } as never);
    await expect(block.run([{ input: 'a' }]).toArray()).rejects.toThrow();
    await block.close();
    expect(api.requests.length).toBeGreaterThan(0);
    expect(JSON.stringify(api.requests)).not.toContain('secret of the vendor');
  });

  it('is for the whole name of a host, over https', () => {
    expect(isAt('api.openai.com', 'https://api.openai.com/v1')).toBe(true);
    expect(isAt('api.openai.com', 'https://api.openai.com.example.org/v1')).toBe(false);
    expect(isAt('api.openai.com', 'https://api.openai.com@example.org/v1')).toBe(false);
    expect(isAt('api.openai.com', 'http://api.openai.com/v1')).toBe(false);
    expect(isAt('api.openai.com', 'api.openai.com')).toBe(false);
  });

  it('is named with where it goes when another server wants a key', async () => {
    await using api = await startRecordedServer({ '/chat/completions': { status: 401, body: { detail: 'no key' } } });
    const block = new OpenAIProvider({ model_id_or_path: 'm', base_url: api.url });
    await expect(block.run([{ input: 'a' }]).toArray()).rejects.toMatchObject({
      code: 'DGT_PROVIDER_AUTH',
      remedy: expect.stringContaining(
        'api_key of the block, since OPENAI_API_KEY goes to OpenAI or OPENAI_BASE_URL alone',
      ) as string,
    });
    await block.close();
  });
});
