import { createRandom, type Random } from '@dgt/core';

/**
 * Questions of as many words as asked for, with natural word frequencies (Zipf's law over 50,000 words). Every tenth is an
 * earlier one with one word replaced.
 */
export function makeQuestions(count: number, { shortest = 5, longest = 40 } = {}): string[] {
  const random = createRandom('questions');
  const drawWord = createZipf(random, 50_000);
  const questions: string[] = [];
  while (questions.length < count) {
    const isRepetition = questions.length > 0 && random.next() < 0.1;
    const words = isRepetition
      ? (questions[random.integer(questions.length)] as string).split(' ')
      : Array.from({ length: shortest + random.integer(longest - shortest + 1) }, drawWord);
    if (isRepetition) words[random.integer(words.length)] = drawWord();
    questions.push(words.join(' '));
  }
  return questions;
}

/** `What is the capital of X?`, each with another X of one word. */
export function makeTemplated(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `What is the capital of x${index}?`);
}

/** `What is the capital of X Y Z?` with three of 2,000 names, so that many share one or two of them. */
export function makeTemplatedNames(count: number): string[] {
  const random = createRandom('names');
  const drawName = () => `x${random.integer(2000)}`;
  return Array.from({ length: count }, () => `What is the capital of ${drawName()} ${drawName()} ${drawName()}?`);
}

/** Texts of 45 words, each with one that shares 40 of 50 words with it, and one that shares 39 of 51. */
export function makePairs(count: number): { text: string; at: string; under: string }[] {
  const random = createRandom('pairs');
  return Array.from({ length: count }, (_, pair) => {
    const words = Array.from({ length: 45 }, (_, place) => `w${place}x${random.integer(100_000)}`);
    const change = (changed: number) =>
      words.map((word, place) => (place < changed ? `p${pair}c${changed}n${place}` : word));
    return { text: words.join(' '), at: change(5).join(' '), under: change(6).join(' ') };
  });
}

function createZipf(random: Random, words: number): () => string {
  const shares = new Float64Array(words);
  let sum = 0;
  for (let rank = 0; rank < words; rank++) shares[rank] = sum += 1 / (rank + 1);
  return () => {
    const place = random.next() * sum;
    let low = 0;
    let high = words - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((shares[middle] as number) < place) low = middle + 1;
      else high = middle;
    }
    return `w${low.toString(36)}`;
  };
}
