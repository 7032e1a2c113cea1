import { Block, ProviderError, type BlockConfig, type Json } from '@dgt/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { createTestServices } from './__fixtures__/services.js';
import { BundledProvider, StubProvider, stubServer } from './__fixtures__/stub-provider.js';

class Shout extends Block {
  process() {
    return {};
  }
}

const away = { available: false, reason: 'stub at stub is not reachable' } as const;
const missing = new ProviderError('DGT_PROVIDER_MODEL_UNKNOWN', 'fatal', { advice: 'ollama pull big' });
const without = { available: false, reason: 'stub has no model "big"', error: missing } as const;
const fallback = { type: 'bundled', model_id_or_path: 'small', temperature: 0.8 };
const signal = new AbortController().signal;

function create(config: Record<string, unknown> = {}) {
  const createBlock = async ({ type, ...own }: BlockConfig) =>
    type === 'bundled' ? new BundledProvider(own as never, test.services) : new Shout(own as never, test.services);
  const test = createTestServices({ createBlock });
  const given = { name: 'generator', model_id_or_path: 'big', temperature: 0, fallback, ...config };
  return { ...test, block: new StubProvider(given as never, test.services) };
}

async function ask(block: StubProvider): Promise<unknown> {
  return (await block.run([{ input: 'hello' }]).toArray())[0]?.result;
}

beforeEach(() => {
  Object.assign(stubServer, { availability: { available: true }, calls: [], closed: 0 });
});

describe('the fallback of a model block', () => {
  it('is not used while the model can be called', async () => {
    const { block, said } = create();
    await block.prepare({ pinned: undefined, signal });
    expect(await ask(block)).toBe('big says hello');
    expect(block.definition).toMatchObject({ type: 'stub', model: 'big', parameters: { temperature: 0 } });
    expect(said).toEqual([]);
  });

  it.each([away, without])(
    'is used, and announced with the reason, when the model cannot be called: $reason',
    async (availability) => {
      stubServer.availability = availability;
      const { block, said } = create({ call_limit: 7 });
      await block.prepare({ pinned: undefined, signal });
      expect(await ask(block)).toBe('small says hello');
      expect(block.definition).toEqual({
        type: 'bundled',
        model: 'small',
        method: 'completion',
        parameters: { temperature: 0.8 },
      });
      expect(block.callLimit).toBe(10);
      expect(said).toEqual([`info: generator: ${availability.reason}; using the fallback bundled small`]);
    },
  );

  it('is decided once, whatever becomes of the server later', async () => {
    stubServer.availability = away;
    const { block } = create();
    await block.prepare({ pinned: undefined, signal });
    stubServer.availability = { available: true };
    await block.prepare({ pinned: undefined, signal });
    expect(await ask(block)).toBe('small says hello');
  });

  it('is decided at the first call when nobody prepared the block', async () => {
    stubServer.availability = away;
    expect(await ask(create().block)).toBe('small says hello');
  });

  it('never hides a wrong key', async () => {
    stubServer.availability = new ProviderError('DGT_PROVIDER_AUTH', 'fatal', { status: 401 });
    await expect(create().block.prepare({ pinned: undefined, signal })).rejects.toBe(stubServer.availability);
  });

  it('keeps to what made the earlier rows, and says when the model can be used again', async () => {
    stubServer.availability = away;
    const earlier = create();
    await earlier.block.prepare({ pinned: undefined, signal });
    stubServer.availability = { available: true };
    const { block, said } = create();
    await block.prepare({ pinned: earlier.block.definition, signal });
    expect(await ask(block)).toBe('small says hello');
    expect(block.definition).toEqual(earlier.block.definition);
    expect(said).toEqual([
      'info: generator: keeping to the fallback bundled small, which made the earlier rows, though stub big can be used now',
    ]);
  });

  it('does not take over from a model that made the earlier rows', async () => {
    const pinned = create().block.definition;
    stubServer.availability = away;
    const { block, said } = create();
    await block.prepare({ pinned, signal });
    expect(block.definition).toEqual(pinned);
    expect(said).toEqual([
      'info: generator: stub at stub is not reachable; not using the fallback bundled small, since stub big made the earlier rows',
    ]);
  });

  it('decides anew when neither of the two made the earlier rows', async () => {
    stubServer.availability = away;
    const { block } = create();
    const pinned: Json = { type: 'stub', model: 'another', method: 'completion', parameters: {} };
    await block.prepare({ pinned, signal });
    expect(block.definition).toMatchObject({ type: 'bundled' });
  });

  it('is checked even when it is not needed', async () => {
    const wrong = create({ fallback: { ...fallback, temprature: 1 } });
    await expect(wrong.block.prepare({ pinned: undefined, signal })).rejects.toThrow('temprature');
    const shout = create({ fallback: { type: 'shout' } });
    await expect(shout.block.prepare({ pinned: undefined, signal })).rejects.toThrow('is not a language model');
  });

  it('is closed with its block', async () => {
    stubServer.availability = away;
    const { block } = create();
    await ask(block);
    await block.close();
    expect(stubServer.closed).toBe(2);
  });
});

describe('a model block without a fallback', () => {
  it('goes on without its server, whose calls are tried again, and says so', async () => {
    stubServer.availability = away;
    const { block, said } = create({ fallback: undefined });
    await block.prepare({ pinned: undefined, signal });
    expect(said).toEqual([
      'warning: generator: stub at stub is not reachable; calls will be tried again for up to 600 s',
    ]);
  });

  it('ends the run when the server certainly lacks the model', async () => {
    stubServer.availability = without;
    await expect(create({ fallback: undefined }).block.prepare({ pinned: undefined, signal })).rejects.toBe(missing);
  });
});
