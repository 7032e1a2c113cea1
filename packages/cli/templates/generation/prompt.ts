import type { __Name__Row } from './task.js';

/** What the model is asked: it is shown some examples and writes one more. */
export function writePrompt(examples: readonly __Name__Row[]): string {
  const shown = examples.map(({ question, answer }) => `Question: ${question}\nAnswer: ${answer}`);
  return `Here are some question-answer pairs:\n\n${shown.join('\n\n')}\n\nNow write one more in the same format.\n\n`;
}

/** The pair in an answer, or undefined when the model did not keep to the format. */
export function readPair(text: string): { question: string; answer: string } | undefined {
  const [before, answer, ...more] = text.split('Answer:');
  const question = before?.split('Question:').at(-1)?.trim();
  if (!question || !answer?.trim() || more.length > 0) return undefined;
  return { question, answer: answer.trim() };
}
