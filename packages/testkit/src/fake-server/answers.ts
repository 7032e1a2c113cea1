import { createRandom, type Random } from '@dgt/core';
import type { FakeRequest } from './fake-request.js';

/** What the fake model says. */
export type Answer = (request: FakeRequest) => string;

/**
 * The models that come with the fake server.
 * - `geography`: a question and an answer about an invented place, as the geography example wants them; the same for the
 *   same call, and almost certainly another for another.
 * - `repeating`: always the same question and answer.
 */
export const namedAnswers = {
  geography: ({ identity }) => writePair(createRandom(`fake/${identity}`)),
  repeating: () => 'Question: What is the capital of France?\nAnswer: Paris',
} as const satisfies Record<string, Answer>;

const syllables = [
  'ba',
  'dor',
  'ka',
  'len',
  'mi',
  'nor',
  'pe',
  'ru',
  'sa',
  'tel',
  'vi',
  'zan',
  'qui',
  'fro',
  'gal',
  'hel',
];
const templates: readonly ((place: string) => string)[] = [
  (place) => `What is the capital of ${place}?`,
  (place) => `Which river flows through ${place}?`,
  (place) => `What is the highest mountain in ${place}?`,
  (place) => `Which sea lies to the south of ${place}?`,
  (place) => `What is the largest lake of ${place}?`,
];

function writePair(random: Random): string {
  return `Question: ${random.choice(templates)(inventName(random))}\nAnswer: ${inventName(random)}`;
}

function inventName(random: Random): string {
  const name = random.choices(syllables, 3 + random.integer(2)).join('');
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}
