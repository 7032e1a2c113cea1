import { ConfigError } from '@dgt/core';
import type { Answer, AnswerParts } from './answer.js';
import { namedAnswers } from './named-answers.js';
import { createScriptedAnswer, readScript } from './script.js';
import { createTemplateAnswer, createToolAnswer } from './template.js';

/**
 * Where answers come from.
 * - a name of {@link namedAnswers}
 * - `template:`, then a text with `{{prompt}}`, `{{model}}`, `{{key}}`, `{{attempt}}`, or, invented, `{{name}}`, `{{number}}`
 * - `tool:`, then the name of a tool, a space and a template of its arguments as JSON
 * - `file:`, then the path of a list of answers in JSON Lines
 * - a list of answers, given in this order and then again, or a function
 */
export type AnswerSource =
  | keyof typeof namedAnswers
  | `template:${string}`
  | `tool:${string}`
  | `file:${string}`
  | readonly (string | AnswerParts)[]
  | Answer;

const readers: Readonly<Record<string, (text: string) => Answer>> = {
  template: createTemplateAnswer,
  tool: createToolAnswer,
  file: (path) => createScriptedAnswer(readScript(path)),
};

/**
 * The function that makes the answers.
 *
 * @throws {@link ConfigError} DGT_OPTION_INVALID, DGT_FILE_UNREADABLE
 */
export function findAnswer(source: AnswerSource = 'geography'): Answer {
  if (typeof source === 'function') return source;
  if (typeof source !== 'string') return createScriptedAnswer(source);
  if (Object.hasOwn(namedAnswers, source)) return namedAnswers[source as keyof typeof namedAnswers];
  const colon = source.indexOf(':');
  const read = readers[source.slice(0, Math.max(0, colon))];
  if (read !== undefined) return read(source.slice(colon + 1));
  const expected = [...Object.keys(namedAnswers), ...Object.keys(readers).map((name) => `${name}:...`)].join(', ');
  throw new ConfigError('DGT_OPTION_INVALID', { option: 'answer', expected, value: JSON.stringify(source) });
}
