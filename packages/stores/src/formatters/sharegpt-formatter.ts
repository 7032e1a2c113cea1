import { Formatter, registerFormatter, type Json, type Row } from '@dgt/core';
import {
  conversationConfig,
  conversationId,
  findConversationProblem,
  readConversation,
  type ChatMessage,
} from './conversation.js';

const speakers = {
  system: 'system',
  developer: 'system',
  user: 'human',
  assistant: 'gpt',
  tool: 'observation',
} as const;

/** `{ id, conversations: [{ from, value }] }` of ShareGPT; tool calls are `function_call`, their results `observation`. */
@registerFormatter('sharegpt')
export class ShareGptFormatter extends Formatter.of({ config: conversationConfig }) {
  constructor(...parameters: ConstructorParameters<ReturnType<typeof Formatter.of<typeof conversationConfig>>>) {
    super(...parameters);
    const problem = findConversationProblem(this.config);
    if (problem !== undefined) throw this.configError(problem);
  }

  override format(row: Row, index: number): Json {
    const at = { where: `formatter "${this.config.type ?? 'sharegpt'}"`, row, index };
    const messages = readConversation(at, this.config);
    return { id: conversationId(at, messages), conversations: messages.flatMap(toTurns) };
  }
}

function toTurns({ role, content, tool_calls: calls = [] }: ChatMessage): Json[] {
  const isSaid = calls.length === 0 || (typeof content === 'string' && content !== '');
  const said = isSaid ? [{ from: speakers[role], value: asText(content) }] : [];
  const called = calls.map(({ function: { name, arguments: given } }) => ({
    from: 'function_call',
    value: JSON.stringify({ name, arguments: tryParse(given) }),
  }));
  return [...said, ...called];
}

function asText(content: unknown): string {
  return typeof content === 'string' ? content : JSON.stringify(content ?? '');
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
