import { expect, it } from 'vitest';
import { splitThinking } from './thinking.js';

it.each([
  ['Paris', { text: 'Paris' }],
  ['<think>\nFrance?\n</think>\n\nParis', { text: 'Paris', reasoning: 'France?' }],
  ['\n<think></think>Paris', { text: 'Paris', reasoning: '' }],
  ['France?</think>\nParis', { text: 'Paris', reasoning: 'France?' }],
  ['<think>France? Wait', { text: '', reasoning: 'France? Wait' }],
  ['Write <think>x</think> first', { text: 'Write <think>x</think> first' }],
])('parts %j', (text, parts) => {
  expect(splitThinking(text)).toEqual(parts);
});
