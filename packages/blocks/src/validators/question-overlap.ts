import { normalizeWords } from './tool-call-list.js';

const numberWords = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

/**
 * Whether an argument was taken from the question and not made up: it, or every value within it, is found there, either
 * as it is or by its letters and digits alone; numbers up to ten also as words. Empty text is never found.
 */
export function isFoundInQuestion(value: unknown, question: string): boolean {
  if (value === '') return false;
  return isFound(value, question, normalizeWords(question));
}

/** Whether a text is a date or a time in a usual form; undefined words around it make it neither. */
export function isDate(value: unknown): boolean {
  if (typeof value !== 'string' || value.length >= 50 || !/\d/.test(value)) return false;
  return /^\d{1,2}:\d{2}(?::\d{2})?(?: ?[ap]m)?$/i.test(value) || !Number.isNaN(Date.parse(value));
}

function isFound(value: unknown, question: string, normalized: string): boolean {
  if (Array.isArray(value)) return value.every((item) => isFound(item, question, normalized));
  if (typeof value === 'object' && value !== null) {
    return Object.values(value).every((member) => isFound(member, question, normalized));
  }
  if (question.includes(String(value))) return true;
  const word = typeof value === 'number' ? numberWords[value] : undefined;
  return (word !== undefined && normalized.includes(word)) || normalized.includes(normalizeWords(value));
}
