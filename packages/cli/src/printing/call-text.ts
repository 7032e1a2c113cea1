import { ProviderError, type Json } from '@dgt/core';
import type { CallTrace } from '@dgt/runner';

type Fields = { readonly [field: string]: Json | undefined };

/** What was asked, as people read it: the prompt, or each message under its role. */
export function describePrompt({ request }: CallTrace): string {
  const { input, once } = asFields(request);
  if (typeof input === 'string') return input;
  if (Array.isArray(input)) return input.map((message) => describeMessage(asFields(message))).join('\n');
  return once === undefined && request !== null ? show(request) : '';
}

/** With which model and parameters it was asked, in a few words; empty for what is no call of a model. */
export function describeSettings({ request }: CallTrace): string {
  const { provider, model, parameters, tools } = asFields(request);
  const named = Object.entries(asFields(parameters ?? null)).map(([name, value]) => `${name} ${show(value ?? null)}`);
  const offered = Array.isArray(tools) ? [`${tools.length} tools`] : [];
  const who = [provider, model].filter((part) => typeof part === 'string').join(':');
  return [who, ...named, ...offered].filter((part) => part !== '').join(', ');
}

/** What came back, as people read it. */
export function describeAnswer({ answer, state }: CallTrace): string {
  if (state === 'unanswered') return 'no recorded answer, and nothing is called to get one';
  if (state === 'failed') return describeFailure(asFields(answer));
  const { choices } = asFields(answer);
  if (!Array.isArray(choices)) return show(answer);
  return choices
    .map((choice, index) => `${choices.length > 1 ? `answer ${index + 1}:\n` : ''}${describeChoice(asFields(choice))}`)
    .join('\n');
}

function describeMessage({ role, content, ...rest }: Fields): string {
  const more = Object.entries(rest).filter(([, value]) => value !== undefined);
  const beside = more.length === 0 ? '' : `\n${show(Object.fromEntries(more) as Json)}`;
  return `[${String(role)}] ${describeContent(content ?? null)}${beside}`;
}

function describeContent(content: Json): string {
  if (!Array.isArray(content)) return content === null ? '' : show(content);
  return content
    .map((part) => (typeof asFields(part)['text'] === 'string' ? asFields(part)['text'] : show(part)))
    .join('\n');
}

function describeChoice({ text, reasoning, tool_calls: toolCalls, finish_reason: finish }: Fields): string {
  const parts = [
    ...(reasoning === undefined ? [] : [`(thought) ${show(reasoning)}`]),
    ...(text === undefined || text === '' ? [] : [show(text)]),
    ...(toolCalls === undefined ? [] : [`(calls) ${show(toolCalls)}`]),
    ...(finish === 'length' ? ['(cut off: finish_reason is length)'] : []),
  ];
  return parts.length === 0 ? '(empty)' : parts.join('\n');
}

function describeFailure({ code, details }: Fields): string {
  const error = new ProviderError(code as never, 'permanent', asFields(details ?? null));
  return `${error.code}: ${error.message}`;
}

function asFields(value: Json): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function show(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
