import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as a {@link startRecordedServer} saw it. */
export interface SeenRequest {
  readonly method: string;
  /** With its query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A reply: its JSON, with status 200, or both. */
export type RecordedReply = { readonly status: number; readonly body: unknown } | object;

/** Starts a server that gives the replies of an API as its documentation shows them: for each path one; else 404. */
export async function startRecordedServer(replies: Readonly<Record<string, RecordedReply>>) {
  const requests: SeenRequest[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const { method = 'GET', url = '/', headers } = request;
    requests.push({ method, url, headers, body: text === '' ? {} : (JSON.parse(text) as SeenRequest['body']) });
    const reply = replies[url.replace(/\?.*/, '')] ?? { status: 404, body: { detail: 'Not Found' } };
    const { status, body } =
      'status' in reply ? (reply as { status: number; body: unknown }) : { status: 200, body: reply };
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
