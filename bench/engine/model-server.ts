/** A model server that takes no time: always the same answer, in a process of its own, at any free port, which it prints. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeAnswer } from './pairs.js';

const reply = JSON.stringify({
  id: 'bench',
  object: 'chat.completion',
  created: 0,
  model: 'scripted',
  choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: writeAnswer(0) } }],
  usage: { prompt_tokens: 120, completion_tokens: 50, total_tokens: 170 },
});
const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(reply) };

const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => response.writeHead(200, headers).end(reply));
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
