import type { Row } from '@dgt/core';

/** A message as it is sent. */
export interface PromptMessage {
  readonly role: string;
  readonly content: unknown;
}

/** The rules by which a row is a prompt, for errors and pages. */
export const promptRules =
  '`messages` (a list of messages), `prompt` (a text, or messages), `user`, or `text`, each of the last three with a `system` if there is one';

/**
 * The messages that a row asks for. The first of the fields of {@link promptRules} that it has counts; fields beside it are left out.
 *
 * @returns what is wrong with the row, where it is no prompt.
 */
export function readPrompt(row: Row): readonly PromptMessage[] | string {
  if (Object.hasOwn(row, 'body') && Object.hasOwn(row, 'url')) return 'is a line of a batch file already';
  const field = ['messages', 'prompt', 'user', 'text'].find((name) => Object.hasOwn(row, name));
  if (field === undefined) return `has no prompt; it has: ${Object.keys(row).join(', ') || 'nothing'}`;
  const asked = readAsked(row[field]);
  if (Array.isArray(asked)) return checkMessages(asked, field);
  if (typeof asked !== 'string' || field === 'messages')
    return `"${field}" is no ${field === 'messages' ? 'list of messages' : 'text'}`;
  if (asked.trim() === '') return `"${field}" is empty`;
  const { system } = row;
  if (system !== undefined && system !== null && typeof system !== 'string') return '"system" is no text';
  return [...(system ? [{ role: 'system', content: system }] : []), { role: 'user', content: asked }];
}

/** A list that stands in a table is text there. */
function readAsked(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*\[\s*\{/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function checkMessages(messages: readonly unknown[], field: string): readonly PromptMessage[] | string {
  if (messages.length === 0) return `"${field}" has no messages`;
  const wrong = messages.findIndex((message) => typeof (message as Partial<PromptMessage> | null)?.role !== 'string');
  return wrong < 0 ? (messages as readonly PromptMessage[]) : `"${field}[${wrong}]" is no message with a role`;
}
