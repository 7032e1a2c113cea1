import { ConfigError } from '@dgt/core';
import { readFileSync } from 'node:fs';
import type { Answer, AnswerParts } from './answer.js';

/** An answer that is in a file, as it is written there. */
interface WrittenAnswer {
  readonly text?: string;
  readonly tool_calls?: AnswerParts['toolCalls'];
  readonly reasoning?: string;
  readonly refusal?: string;
  readonly cached_tokens?: number;
  readonly reasoning_tokens?: number;
}

/**
 * Answers in the order of a list, which begins again at its end. A call that was answered gets the same answer again.
 *
 * @throws {@link ConfigError} DGT_OPTION_INVALID for an empty list.
 */
export function createScriptedAnswer(answers: readonly (string | AnswerParts)[]): Answer {
  if (answers.length === 0) {
    throw new ConfigError('DGT_OPTION_INVALID', { option: 'answer', expected: 'at least one answer', value: '[]' });
  }
  const given = new Map<string, string | AnswerParts>();
  return ({ identity }) => {
    const known = given.get(identity);
    if (known !== undefined) return known;
    const next = answers[given.size % answers.length] as string | AnswerParts;
    given.set(identity, next);
    return next;
  };
}

/**
 * Reads a list of answers from JSON Lines: each a text, or an object with `text`, `tool_calls`, `reasoning`, `refusal`,
 * `cached_tokens`, `reasoning_tokens`.
 *
 * @throws {@link ConfigError} DGT_FILE_UNREADABLE, DGT_OPTION_INVALID
 */
export function readScript(file: string): (string | AnswerParts)[] {
  return readLines(file).map((line, index) => {
    const answer = parseAnswer(line);
    if (answer !== undefined) return answer;
    const expected = `a string or an object with "text" or "tool_calls" in line ${index + 1} of ${file}`;
    throw new ConfigError('DGT_OPTION_INVALID', { option: 'answer', expected, value: line.slice(0, 80) });
  });
}

/** The lines of a file that are not empty. */
export function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n').filter(Boolean);
  } catch (error) {
    const reason = (error as Error).message;
    throw new ConfigError('DGT_FILE_UNREADABLE', { file, reason }, { cause: error });
  }
}

const written = new Set(['text', 'tool_calls', 'reasoning', 'refusal', 'cached_tokens', 'reasoning_tokens']);

function parseAnswer(line: string): string | AnswerParts | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null || Object.keys(value).some((name) => !written.has(name))) {
    return undefined;
  }
  const { tool_calls, cached_tokens, reasoning_tokens, ...rest } = value as WrittenAnswer;
  return {
    ...rest,
    ...(tool_calls !== undefined && { toolCalls: tool_calls }),
    ...(cached_tokens !== undefined && { cachedTokens: cached_tokens }),
    ...(reasoning_tokens !== undefined && { reasoningTokens: reasoning_tokens }),
  };
}
