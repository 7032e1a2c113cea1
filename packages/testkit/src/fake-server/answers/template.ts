import { ConfigError, createRandom, type Random } from '@dgt/core';
import type { FakeRequest } from '../fake-request.js';
import { inventName } from './invent-name.js';
import type { Answer } from './answer.js';

type Fill = (request: FakeRequest, random: Random) => string;

/** What a template can say of the request, and what it can invent: the same for the same call. */
const placeholders: Readonly<Record<string, Fill>> = {
  prompt: ({ prompt }) => prompt,
  model: ({ model }) => model,
  key: ({ key }) => key,
  attempt: ({ attempt }) => String(attempt),
  name: (_request, random) => inventName(random),
  number: (_request, random) => String(random.integer(1000)),
};

/**
 * An answer that is a text with `{{placeholders}}`.
 *
 * @throws {@link ConfigError} DGT_OPTION_INVALID for a placeholder that there is not.
 */
export function createTemplateAnswer(template: string): Answer {
  const fill = parseTemplate(template);
  return (request) => fill(request);
}

/**
 * An answer that calls a tool: its name, a space, and a template of its arguments as JSON, such as
 * `get_weather {"city": "{{name}}"}`.
 *
 * @throws {@link ConfigError} DGT_OPTION_INVALID when the arguments are no JSON or have a placeholder that there is not.
 */
export function createToolAnswer(text: string): Answer {
  const end = text.search(/\s|$/);
  const name = text.slice(0, end);
  const template = text.slice(end).trim() || '{}';
  const values = readArguments(template);
  return (request) => ({ toolCalls: [{ name, arguments: fillStrings(values, request) as Record<string, unknown> }] });
}

/** The JSON of the arguments; its strings may hold placeholders. */
function readArguments(template: string): unknown {
  try {
    const values: unknown = JSON.parse(template, (_name, value: unknown) =>
      typeof value === 'string' ? parseTemplate(value) : value,
    );
    if (typeof values === 'object' && values !== null && !Array.isArray(values)) return values;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  const expected = 'a name and a JSON object, such as tool:get_weather {"city": "{{name}}"}';
  throw new ConfigError('DGT_OPTION_INVALID', { option: 'answer', expected, value: template });
}

function fillStrings(value: unknown, request: FakeRequest): unknown {
  if (typeof value === 'function') return (value as (request: FakeRequest) => string)(request);
  if (Array.isArray(value)) return value.map((item) => fillStrings(item, request));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, fillStrings(item, request)]));
}

function parseTemplate(template: string): (request: FakeRequest) => string {
  const parts: (string | Fill)[] = template.split(/\{\{\s*(\w+)\s*\}\}/).map((part, index) => {
    if (index % 2 === 0) return part;
    const fill = Object.hasOwn(placeholders, part) ? placeholders[part] : undefined;
    if (fill !== undefined) return fill;
    const expected = Object.keys(placeholders)
      .map((name) => `{{${name}}}`)
      .join(', ');
    throw new ConfigError('DGT_OPTION_INVALID', { option: 'answer', expected, value: `{{${part}}}` });
  });
  return (request) => {
    const random = createRandom(`template/${template}/${request.identity}`);
    return parts.map((part) => (typeof part === 'string' ? part : part(request, random))).join('');
  };
}
