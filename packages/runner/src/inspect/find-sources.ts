import type { Json } from '@dgt/core';

/**
 * Finds the answers that a row was made from: those that hold its values. A value that few answers hold tells more than one
 * that many do, so only the rarest count. Nothing but the values ties a row to answers, since a builder is ordinary code.
 *
 * @returns places of answers; none where no answer holds any value.
 */
export function findSources(row: Json, answers: readonly Json[]): number[] {
  const texts = answers.map((answer) => listTexts(answer).map(flatten).join('\n'));
  const holders = listTexts(row)
    .map(flatten)
    .filter((text) => text !== '')
    .map((text) => texts.flatMap((answer, index) => (answer.includes(text) ? [index] : [])))
    .filter(({ length }) => length > 0);
  const rarest = Math.min(...holders.map(({ length }) => length));
  const found = new Set(holders.filter(({ length }) => length === rarest).flat());
  return [...found].toSorted((a, b) => a - b);
}

function listTexts(value: Json): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number') return [String(value)];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap((member) => listTexts(member as Json));
}

function flatten(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
