import type { GeographyQA } from './task.js';

const instruction =
  'You are a geography question-answering data generator.' +
  ' Your task is to come up with geography-related question-answer pairs that can be used to train a question-answering system.';

/** A prompt that shows examples and asks for one more pair. */
export function writePrompt(examples: readonly GeographyQA[]): string {
  const shown = examples.map(({ question, answer }) => `Question: ${question}\nAnswer: ${answer}`).join('\n\n');
  return `${instruction}\n\nHere are few examples:\n\n${shown}\n\nNow generate a single different question-answer pair in the similar format.\n\n`;
}

/** The pair in an answer that has exactly one `Answer:`, or undefined. */
export function parsePair(text: string): { question: string; answer: string } | undefined {
  const parts = text.split('Answer:');
  if (parts.length !== 2) return undefined;
  const question = parts[0]?.split('Question:').at(-1)?.trim();
  const answer = parts[1]?.trim();
  return question && answer ? { question, answer } : undefined;
}
