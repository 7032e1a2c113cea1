import { createRandom } from '@dgt/core';
import type { FakeRequest } from '../fake-request.js';
import type { Answer } from './answer.js';
import { inventName } from './invent-name.js';
import { makeValue } from './schema-value.js';

/**
 * The models that come with the fake server. Asked for JSON of a schema, they give what fits it.
 * - `geography`: a question and an answer about an invented place, as the geography example wants them; the same for the
 *   same call, and almost certainly another for another.
 * - `repeating`: always the same question and answer.
 */
export const namedAnswers = {
  geography: (request) => sayPair(request, inventPair(request.identity)),
  repeating: (request) => sayPair(request, { question: 'What is the capital of France?', answer: 'Paris' }),
} as const satisfies Record<string, Answer>;

interface Pair {
  readonly question: string;
  readonly answer: string;
}

const templates: readonly ((place: string) => string)[] = [
  (place) => `What is the capital of ${place}?`,
  (place) => `Which river flows through ${place}?`,
  (place) => `What is the highest mountain in ${place}?`,
  (place) => `Which sea lies to the south of ${place}?`,
  (place) => `What is the largest lake of ${place}?`,
];

function sayPair({ wish, identity }: FakeRequest, pair: Pair): string {
  if (wish.schema !== undefined) return JSON.stringify(makeValue(wish.schema, createRandom(`schema/${identity}`)));
  return wish.isJson ? JSON.stringify(pair) : `Question: ${pair.question}\nAnswer: ${pair.answer}`;
}

function inventPair(identity: string): Pair {
  const random = createRandom(`fake/${identity}`);
  return { question: random.choice(templates)(inventName(random)), answer: inventName(random) };
}
