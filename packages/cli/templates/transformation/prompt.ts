import type { __Name__Input } from './task.js';

/** What the model is asked about a row. */
export function writePrompt({ question, answer }: __Name__Input): string {
  const shown = `Question: ${question}\nAnswer: ${answer}`;
  return `Here is a question-answer pair:\n\n${shown}\n\nNow write one more in the same format.\n\n`;
}

/** The question in an answer, or undefined when the model did not keep to the format. */
export function readQuestion(text: string): string | undefined {
  const [before, answer] = text.split('Answer:');
  const question = before?.split('Question:').at(-1)?.trim();
  return question && answer?.trim() ? question : undefined;
}
