import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ResponseHeaders } from '@dgt/core';
import { afterEach, describe, expect, it } from 'vitest';
import { JsonHttp } from './json-http.js';
import { HttpRefusal } from './refusal.js';

const closers: (() => Promise<unknown>)[] = [];
afterEach(() => Promise.all(closers.splice(0).map((close) => close())));
const signal = new AbortController().signal;

async function open(
  respond: (request: IncomingMessage, response: ServerResponse) => void,
  options: { path?: string; headers?: Record<string, string | undefined>; query?: string } = {},
) {
  const server = createServer(respond);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}${options.path ?? ''}`;
  const http = new JsonHttp({
    endpoint,
    headers: options.headers ?? {},
    ...(options.query && { query: options.query }),
  });
  closers.push(async () => {
    await http.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return http;
}

const echo = async (request: IncomingMessage, response: ServerResponse) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { method, url, headers } = request;
  response.end(JSON.stringify({ method, url, headers, text: Buffer.concat(chunks).toString() }));
};
type Echo = { method: string; url: string; headers: Record<string, string>; text: string };

describe('JsonHttp', () => {
  it('sends JSON below the path of its server, with its query', async () => {
    const http = await open(echo, { path: '/base/v1', query: '?api-version=1' });
    const sent = (await http.post('/chat', { a: 'ä' }, { signal, idempotencyKey: 'k/0' })) as Echo;
    expect(sent).toMatchObject({ method: 'POST', url: '/base/v1/chat?api-version=1', text: '{"a":"ä"}' });
    expect(sent.headers).toMatchObject({ 'content-type': 'application/json', 'idempotency-key': 'k/0' });
    expect(await http.get('/models', { signal })).toMatchObject({
      method: 'GET',
      url: '/base/v1/models?api-version=1',
    });
  });

  it.each([
    ['/v1?team=a&key=b', '', '/v1/chat?team=a&key=b'],
    ['/v1/?team=a', '?api-version=1', '/v1/chat?team=a&api-version=1'],
    ['/?team=a', '', '/chat?team=a'],
  ])('sends what an address such as %s asks with each request', async (path, query, url) => {
    const http = await open(echo, { path, query });
    expect(await http.post('/chat', {}, { signal })).toMatchObject({ url });
  });

  it('lets headers win over those of another case, and leaves out what is undefined', async () => {
    const headers = { Authorization: 'Bearer a', authorization: 'Bearer b', 'X-Team': undefined };
    const { headers: sent } = (await (await open(echo, { headers })).get('/', { signal })) as Echo;
    expect(sent['authorization']).toBe('Bearer b');
    expect(sent).not.toHaveProperty('x-team');
  });

  it('tells the headers of every response', async () => {
    const seen: (string | null | undefined)[] = [];
    const onHeaders = (headers: ResponseHeaders) => void seen.push(headers.get('X-Left'), headers.get('x-none'));
    const http = await open((request, response) => {
      response.writeHead(request.url === '/bad' ? 429 : 200, { 'x-left': '7' }).end('{}');
    });
    await http.get('/good', { signal, onHeaders });
    await expect(http.get('/bad', { signal, onHeaders })).rejects.toBeInstanceOf(HttpRefusal);
    expect(seen).toEqual(['7', undefined, '7', undefined]);
  });

  it.each([
    ['{"error":{"message":"no such model","code":"model_not_found"}}', 'no such model', 'model_not_found'],
    [
      '{"error":{"message":"too long","code":400,"type":"exceed_context_size_error"}}',
      'too long',
      'exceed_context_size_error',
    ],
    ['{"type":"error","error":{"type":"not_found_error","message":"model: x"}}', 'model: x', 'not_found_error'],
    ['{"error":"model \'x\' not found"}', "model 'x' not found", undefined],
    ['{"object":"error","message":"too long","code":400}', 'too long', undefined],
    ['{"detail":"Not Found"}', 'Not Found', undefined],
    ['<html>Bad gateway</html>', '<html>Bad gateway</html>', undefined],
    ['null', 'null', undefined],
  ])('reads what a server says when it refuses: %s', async (text, message, reasonCode) => {
    const http = await open((_request, response) => response.writeHead(404).end(text));
    await expect(http.get('/', { signal })).rejects.toMatchObject({ status: 404, message, reasonCode });
  });

  it('says where an address has moved to instead of following it with a key', async () => {
    const http = await open((_request, response) => response.writeHead(308, { location: 'https://other/v1' }).end());
    await expect(http.post('/', {}, { signal })).rejects.toMatchObject({
      status: 308,
      message: 'it has moved to https://other/v1',
    });
  });

  it('ends with the reason of the signal, before and amid an answer', async () => {
    const controller = new AbortController();
    const reason = new Error('stop');
    const http = await open((request, response) => {
      if (request.url === '/amid') response.writeHead(200).write('{');
      else controller.abort(reason);
    });
    await expect(http.get('/before', { signal: controller.signal })).rejects.toBe(reason);
    const second = new AbortController();
    const amid = http.get('/amid', { signal: second.signal, onHeaders: () => second.abort(reason) });
    await expect(amid).rejects.toBe(reason);
  });

  it('opens new connections after it was closed', async () => {
    const http = await open(echo);
    await http.get('/a', { signal });
    await http.close();
    expect(await http.get('/b', { signal })).toMatchObject({ url: '/b' });
  });
});
