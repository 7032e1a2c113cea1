import assert from 'node:assert/strict';
import { checkBuilder, runBuilder } from '@dgt/testkit';
import { test } from 'vitest';
import { __Name__Builder } from './generate.js';

const rows = [
  { question: 'What is the capital of Australia?', answer: 'Canberra' },
  { question: 'What is the longest river in Africa?', answer: 'The Nile' },
];

const answers = {
  Canberra: 'Question: What is the capital of Peru?\nAnswer: Lima',
  Nile: 'I cannot help with that.',
};

test('adds a similar question to each row whose answer keeps to the format', async () => {
  const { rows: made, rejections } = await runBuilder(__Name__Builder, { rows, answers });
  assert.deepEqual(made, [{ ...rows[0], similar_question: 'What is the capital of Peru?' }]);
  assert.deepEqual(
    rejections.map(({ reason }) => reason),
    ['no question'],
  );
});

test('makes the same rows whatever answer comes first', async () => {
  const { difference } = await checkBuilder(__Name__Builder, { rows, answers });
  assert.equal(difference, undefined);
});
