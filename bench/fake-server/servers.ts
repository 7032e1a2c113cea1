import { startFakeServer } from '@dgt/testkit/fake-server';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the fake server says to one of the bench's requests. */
const reply = JSON.stringify({
  id: 'chatcmpl-0',
  object: 'chat.completion',
  created: 0,
  model: 'm',
  choices: [
    {
      index: 0,
      message: {
        role: 'assistant',
        content: 'Question: Which river flows through Pemilen?\nAnswer: Kador',
        refusal: null,
      },
      logprobs: null,
      finish_reason: 'stop',
    },
  ],
  usage: { prompt_tokens: 5, completion_tokens: 8, total_tokens: 13 },
});

/** The fake server as `dgt fake-server` starts it. Prints its address. */
export async function serveFake(): Promise<void> {
  const { url } = await startFakeServer({ keepRequests: false });
  process.stdout.write(`${url}\n`);
}

/** The least that a server of `node:http` can do: read the body and send one that is ready. */
export async function serveBare(): Promise<void> {
  const server = createServer((request, response) => {
    request.on('data', () => {});
    request.on('end', () => {
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': reply.length });
      response.end(reply);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
}
