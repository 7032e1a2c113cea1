import type { LMRequest, Message, ResponseFormat } from '@dgt/core';
import { readMessages } from '../model-request.js';

type Input = LMRequest['input'];

/**
 * Asks for a shape in words, for a model whose API has no option for it: a paragraph with the schema, at the end of the
 * prompt or of the last thing that the user says.
 */
export function addInstruction(input: Input, format: ResponseFormat): Input {
  return appendParagraph(input, describeShape(format));
}

/**
 * What is asked when an answer cannot be used: the same again, with the answer and what is wrong with it.
 *
 * @param answer what the model said, without what is too long to be of use.
 */
export function addCorrection(
  request: LMRequest,
  { answer, problem }: { readonly answer: string; readonly problem: string },
): LMRequest {
  const correction = `This answer cannot be used: ${problem}. Answer again, with the whole JSON value and nothing else.`;
  const said = answer.length > longestSaid ? `${answer.slice(0, longestSaid)}...` : answer;
  const { n: _one, ...parameters } = request.parameters;
  const input = request.method === 'completion' ? request.input : readMessages(request);
  return { ...request, parameters, input: replyTo(input, said, correction) };
}

const longestSaid = 4000;

function replyTo(input: Input, said: string, correction: string): Input {
  // Some servers refuse a message that says nothing.
  if (said.trim() === '') return appendParagraph(input, correction);
  if (typeof input === 'string') return `${input}\n\n${said}\n\n${correction}\n\n`;
  return [...input, { role: 'assistant', content: said }, { role: 'user', content: correction }];
}

function describeShape(format: ResponseFormat): string {
  if (format.type === 'json_object') return 'Answer with one JSON object and nothing else.';
  const schema = JSON.stringify(format.json_schema.schema);
  return `Answer with one JSON value that fits this JSON Schema, and with nothing else:\n${schema}`;
}

function appendParagraph(input: Input, paragraph: string): Input {
  if (typeof input === 'string') return `${input}\n\n${paragraph}\n\n`;
  // What is neither is refused with the rest of the row.
  if (!Array.isArray(input)) return input;
  const last = input.at(-1);
  if (last?.role !== 'user') return [...input, { role: 'user', content: paragraph }];
  return [...input.slice(0, -1), { ...last, content: appendContent(last.content, paragraph) }];
}

function appendContent(content: Message['content'], paragraph: string): Message['content'] {
  if (content === null) return paragraph;
  return typeof content === 'string' ? `${content}\n\n${paragraph}` : [...content, { type: 'text', text: paragraph }];
}
