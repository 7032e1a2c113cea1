import type { LMRequest } from '@dgt/core';
import { describe, expect, it } from 'vitest';
import { createRedact } from '../http/redact.js';
import type { ErrorScope } from '../http/http-error.js';
import { readReply, type Reply } from './reply.js';

const scope: ErrorScope = {
  provider: 'openai',
  endpoint: 'http://host',
  model: 'm',
  keyName: 'KEY',
  modelAdvice: '',
  redact: createRedact([]),
};
const request = (method: LMRequest['method']): LMRequest => ({
  version: 2,
  provider: 'openai',
  model: 'm',
  method,
  input: 'hi',
  parameters: {},
});
const read = (reply: unknown, method: LMRequest['method'] = 'chat_completion') =>
  readReply(reply as Reply, request(method), scope);
const chat = (message: object, more: object = {}) => ({
  choices: [{ index: 0, message, finish_reason: 'stop', ...more }],
});

describe('readReply', () => {
  it.each([
    ['reasoning_content, as of DeepSeek and SGLang', { content: 'Paris', reasoning_content: 'France' }],
    ['reasoning, as of vLLM and OpenRouter', { content: 'Paris', reasoning: 'France' }],
    ['tags, as of servers without a parser', { content: '<think>France</think>\nParis' }],
  ])('finds what the model thought: %s', (_of, message) => {
    expect(read(chat(message)).choices).toEqual([{ text: 'Paris', finish_reason: 'stop', reasoning: 'France' }]);
  });

  it('leaves tags of a completion where they are', () => {
    const { choices } = read({ choices: [{ text: '<think>a</think>b', finish_reason: 'eos_token' }] }, 'completion');
    expect(choices).toEqual([{ text: '<think>a</think>b', finish_reason: 'stop' }]);
  });

  it('reads the probabilities of completions and of chats alike', () => {
    const tokens = [
      {
        token: 'a',
        logprob: -0.1,
        top_logprobs: [
          { token: 'a', logprob: -0.1 },
          { token: 'b', logprob: -2 },
        ],
      },
      { token: ' b', logprob: -0.5 },
    ];
    const ofChat = {
      content: [
        { ...tokens[0], bytes: [97] },
        { ...tokens[1], bytes: [32, 98], top_logprobs: [] },
      ],
    };
    expect(read(chat({ content: 'a b' }, { logprobs: ofChat })).choices[0]?.logprobs).toEqual(tokens);
    const logprobs = {
      tokens: ['a', ' b'],
      token_logprobs: [-0.1, -0.5],
      top_logprobs: [{ a: -0.1, b: -2 }, null],
      text_offset: [0, 1],
    };
    const completion = { choices: [{ text: 'a b', finish_reason: 'stop', logprobs }] };
    expect(read(completion, 'completion').choices[0]?.logprobs).toEqual(tokens);
  });

  it('keeps the arguments of tools as the model wrote them, whoever parsed them already', () => {
    const calls = [
      { id: '1', type: 'function', function: { name: 'f', arguments: '{"a":' } },
      { type: 'function', function: { name: 'g', arguments: { a: 1 } } },
      { id: '3', type: 'function', function: { name: 'h' } },
    ];
    expect(read(chat({ content: null, tool_calls: calls })).choices[0]).toEqual({
      text: '',
      finish_reason: 'tool_calls',
      tool_calls: [
        { id: '1', name: 'f', arguments: '{"a":' },
        { id: 'call_1', name: 'g', arguments: '{"a":1}' },
        { id: '3', name: 'h', arguments: '' },
      ],
    });
  });

  it('orders choices, and keeps one that was refused among others', () => {
    const choices = [
      { index: 1, message: { content: 'second' }, finish_reason: 'stop' },
      { index: 0, message: { content: null, refusal: 'no' }, finish_reason: 'stop' },
    ];
    expect(read({ choices }).choices.map(({ text }) => text)).toEqual(['', 'second']);
    expect(() => read({ choices: [choices[1]] })).toThrow('no');
  });

  it.each([
    null,
    'text',
    {},
    { choices: {} },
    { choices: [] },
    chat({}),
    chat({ content: '' }),
    { choices: [{ finish_reason: 'stop' }] },
  ])('takes %j for no answer, to be asked for again', (reply) => {
    for (const method of ['chat_completion', 'completion'] as const) {
      expect(() => read(reply, method)).toThrow(expect.objectContaining({ failure: 'transient' }));
    }
  });
});
