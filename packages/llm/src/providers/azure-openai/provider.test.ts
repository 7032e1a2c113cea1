import { afterEach, expect, it, vi } from 'vitest';
import { startRecordedServer } from '../__fixtures__/recorded-server.js';
import { AzureOpenAIProvider } from './provider.js';

const reply = { choices: [{ message: { content: 'Rhine' }, finish_reason: 'stop' }], usage: { completion_tokens: 1 } };

afterEach(() => vi.unstubAllEnvs());

async function ask(config: object) {
  const block = new AzureOpenAIProvider({ model_id_or_path: 'my gpt', ...config } as never);
  const rows = await block.run([{ input: 'Name a river.' }]).toArray();
  await block.close();
  return rows[0]?.result;
}

it('calls the API without dates, with the deployment as the model', async () => {
  vi.stubEnv('AZURE_OPENAI_API_KEY', 'from the environment');
  await using api = await startRecordedServer({ '/openai/v1/chat/completions': reply });
  for (const base_url of [api.url, `${api.url}/openai`, `${api.url}/openai/v1/`]) {
    expect(await ask({ base_url })).toBe('Rhine');
  }
  for (const { url, headers, body } of api.requests) {
    expect([url, headers['api-key'], headers['authorization'], body['model']]).toEqual([
      '/openai/v1/chat/completions',
      'from the environment',
      undefined,
      'my gpt',
    ]);
  }
  expect(api.requests).toHaveLength(3);
});

it('calls the dated API at the address of the deployment', async () => {
  await using api = await startRecordedServer({ '/openai/deployments/my%20gpt/chat/completions': reply });
  const base_url = `${api.url}/openai/deployments/other`;
  expect(await ask({ base_url, api_key: 'given', api_version: '2024-10-21' })).toBe('Rhine');
  expect(api.requests[0]).toMatchObject({
    url: '/openai/deployments/my%20gpt/chat/completions?api-version=2024-10-21',
    headers: { 'api-key': 'given' },
  });
});

it('says what is missing when the block is made, or opened', async () => {
  vi.stubEnv('AZURE_OPENAI_API_KEY', '');
  expect(() => new AzureOpenAIProvider({ model_id_or_path: 'gpt' })).toThrow('base_url: missing');
  await expect(ask({ base_url: 'https://me.openai.azure.com' })).rejects.toThrow('AZURE_OPENAI_API_KEY is not set');
});

it('says that a deployment does not exist', async () => {
  const error = { code: 'DeploymentNotFound', message: 'The API deployment for this resource does not exist.' };
  await using api = await startRecordedServer({
    '/openai/v1/chat/completions': { status: 404, body: { error } },
  });
  await expect(ask({ base_url: api.url, api_key: 'k' })).rejects.toMatchObject({ code: 'DGT_PROVIDER_MODEL_UNKNOWN' });
});
