import type { QuestionAnswer } from './task.js';

export type Difficulty = 'easy' | 'medium' | 'hard';

/** A prompt that asks for one word. */
export function writePrompt({ question, answer }: QuestionAnswer): string {
  return `Question: ${question}\nAnswer: ${answer}\nRate the difficulty of this question: easy, medium or hard.\n`;
}

/** The one level that an answer names, or undefined. */
export function parseDifficulty(text: string): Difficulty | undefined {
  const named = new Set(text.toLowerCase().match(/\b(easy|medium|hard)\b/g));
  return named.size === 1 ? ([...named][0] as Difficulty) : undefined;
}
