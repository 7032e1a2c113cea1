import { expect, it, vi } from 'vitest';
import { callContext, completionRequest, openClient } from './__fixtures__/test-client.js';

const loaded = vi.hoisted(() => ({ times: 0 }));
vi.mock('node-llama-cpp', () => {
  loaded.times++;
  throw new Error('no binary for this machine');
});

it('imports node-llama-cpp with the first use, and says what is missing when that fails', async () => {
  const client = openClient();
  expect(loaded.times).toBe(0);
  const missing = {
    code: 'DGT_MODEL_RUNTIME_MISSING',
    message: expect.stringContaining('the in-process model runtime cannot be loaded') as string,
  };
  await expect(client.complete(completionRequest('x'), callContext())).rejects.toMatchObject(missing);
  expect(loaded.times).toBe(1);
  const availability = await client.checkAvailability(new AbortController().signal);
  expect(availability).toMatchObject({ available: false, error: missing });
});
