import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ProviderError } from '@dgt/core';
import type { EndpointProbe } from '@dgt/llm';
import { describe, expect, it } from 'vitest';
import { ChangeNotifier, postMessage, type ChangeMessage } from './change-notifier.js';
import { watch } from './watch.js';

const up: EndpointProbe = {
  provider: 'openai',
  model: 'm',
  endpoint: 'http://here/v1',
  mode: 'non-stream',
  state: 'up',
  totalMs: 5,
};
const details = { provider: 'openai', endpoint: 'http://here/v1', reason: 'HTTP 503: closed' };
const down: EndpointProbe = {
  ...up,
  state: 'down',
  error: new ProviderError('DGT_PROVIDER_UNAVAILABLE', 'transient', details),
};

function createNotifier() {
  const posted: ChangeMessage[] = [];
  const said: string[] = [];
  const problems: Error[] = [];
  const post = async (message: ChangeMessage) => {
    const problem = problems.shift();
    if (problem !== undefined) throw problem;
    posted.push(message);
  };
  return { notifier: new ChangeNotifier({ post, say: (text) => said.push(text) }), posted, said, problems };
}

describe('watching', () => {
  it('checks once, or again after each pause until it is stopped', async () => {
    const pauses: number[] = [];
    const reported: number[] = [];
    const stop = new AbortController();
    let checks = 0;
    const job = {
      check: async () => ++checks,
      report: async (found: number) => void reported.push(found),
      stop: stop.signal,
      sleep: async (ms: number) => {
        pauses.push(ms);
        if (pauses.length === 3) stop.abort();
      },
    };
    expect(await watch({ ...job, everyMs: undefined })).toBe(1);
    expect({ reported, pauses }).toEqual({ reported: [1], pauses: [] });
    expect(await watch({ ...job, everyMs: 300_000 })).toBe(4);
    expect({ reported, pauses }).toEqual({ reported: [1, 2, 3, 4], pauses: [300_000, 300_000, 300_000] });
  });
});

describe('telling of changes', () => {
  it('posts a message when a model goes down, when it comes up, and not in between', async () => {
    const { notifier, posted } = createNotifier();
    for (const probes of [[up], [down], [down], [up], [up]]) await notifier.tell(probes, 0);
    expect(posted).toEqual([
      {
        text: 'openai m at http://here/v1 (non-stream) is down: openai at http://here/v1 did not answer: HTTP 503: closed',
        state: 'down',
        provider: 'openai',
        model: 'm',
        endpoint: 'http://here/v1',
        mode: 'non-stream',
        reason: 'openai at http://here/v1 did not answer: HTTP 503: closed',
        remedy: expect.any(String),
        time: '1970-01-01T00:00:00.000Z',
      },
      expect.objectContaining({ text: 'openai m at http://here/v1 (non-stream) is up', state: 'up', reason: null }),
    ]);
  });

  it('tells of what is down from the start, and of each model for itself', async () => {
    const { notifier, posted } = createNotifier();
    await notifier.tell([down, up, { ...up, state: 'unsupported' }], 0);
    await notifier.tell([up, down, up], 0);
    expect(posted.map(({ state }) => state)).toEqual(['down', 'up', 'down']);
  });

  it('sends again with the next check what was not taken', async () => {
    const { notifier, posted, said, problems } = createNotifier();
    problems.push(new Error('HTTP 500'));
    await notifier.tell([down], 0);
    expect({ posted, said }).toEqual({
      posted: [],
      said: ['the webhook did not take the message (HTTP 500); the next check sends it again'],
    });
    await notifier.tell([down], 0);
    expect(posted).toHaveLength(1);
  });
});

describe('a message to a webhook', () => {
  it('is JSON, and an error about it does not hold the address', async () => {
    const seen: unknown[] = [];
    const server = createServer((request, response) => {
      let text = '';
      request.on('data', (piece) => (text += piece));
      request.on('end', () => {
        seen.push([request.method, request.headers['content-type'], JSON.parse(text)]);
        response.writeHead(request.url === '/good' ? 204 : 403).end();
      });
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await postMessage(`${url}/good`, { state: 'up' });
    expect(seen).toEqual([['POST', 'application/json', { state: 'up' }]]);
    await expect(postMessage(`${url}/secret`, {})).rejects.toThrow(/^HTTP 403$/);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await expect(postMessage(`${url}/secret`, {})).rejects.toThrow(/^[A-Z_]+$/);
  });
});
