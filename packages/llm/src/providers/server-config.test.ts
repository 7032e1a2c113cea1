import { afterEach, describe, expect, it, vi } from 'vitest';
import { createTestServices } from '../__fixtures__/services.js';
import { JsonHttp } from './http/json-http.js';
import { OllamaProvider } from './ollama/provider.js';
import { OpenAIProvider } from './openai/provider.js';
import { readServer, type ServerConfig } from './server-config.js';

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
