import assert from 'node:assert/strict';
import { checkBuilder, runBuilder } from '@dgt/testkit';
import { test } from 'vitest';
import { __Name__Builder } from './generate.js';

const seeds = [
  { question: 'What is the capital of Australia?', answer: 'Canberra' },
  { question: 'What is the longest river in Africa?', answer: 'The Nile' },
];

test('makes a row of an answer that keeps to the format', async () => {
  const answers = ['Question: What is the capital of Peru?\nAnswer: Lima', 'I cannot help with that.'];
  const { rows, rejections, calls } = await runBuilder(__Name__Builder, { seeds, answers });
  assert.deepEqual(rows, [{ question: 'What is the capital of Peru?', answer: 'Lima' }]);
  assert.deepEqual(
    rejections.map(({ reason }) => reason),
    ['not a question and an answer'],
  );
  assert.match(calls[0]?.prompt ?? '', /Answer: (Canberra|The Nile)/);
});

test('makes the same rows whatever answer comes first', async () => {
  const { difference } = await checkBuilder(__Name__Builder, {
    seeds,
    answers: ({ prompt }) => `Question: ${prompt.length}?\nAnswer: yes`,
  });
  assert.equal(difference, undefined);
});
