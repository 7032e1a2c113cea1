import { createHash } from 'node:crypto';
import { missing, missingRowField, parsePath, Type, type Row } from '@dgt/core';
import { dataError } from '../files/data-error.js';
import { describeKind, isRecord } from '../files/json-value.js';
import { readField } from '../read-field.js';
import { ToolCallIds } from './tool-call-ids.js';

/** A message as the OpenAI API has it. */
export interface ChatMessage {
  readonly role: 'system' | 'developer' | 'user' | 'assistant' | 'tool';
  readonly content?: unknown;
  readonly tool_calls?: ChatToolCall[];
  readonly tool_call_id?: string;
  readonly [key: string]: unknown;
}

export interface ChatToolCall {
  readonly id: string;
  readonly type: 'function';
  /** `arguments` is JSON text. */
  readonly function: { readonly name: string; readonly arguments: string };
}

/** Where in a row a conversation is found. */
export const conversationConfig = {
  /** The field that holds the conversation; `messages` or `steps`, whichever a row has, when left out. */
  field: Type.Optional(Type.String({ minLength: 1 })),
  /** The field of the only question, for rows that hold no conversation. */
  user: Type.Optional(Type.String({ minLength: 1 })),
  /** The field of the answer to it. */
  assistant: Type.Optional(Type.String({ minLength: 1 })),
  /** The field of the system prompt before it. */
  system: Type.Optional(Type.String({ minLength: 1 })),
  /** Roles of steps that are no part of what is said. */
  leave_out: Type.Optional(
    Type.Array(Type.String({ minLength: 1 }), { default: ['scenario', 'persona', 'flow_controller'] }),
  ),
};

/** {@link conversationConfig} as it is after the check. */
export interface ConversationPlace {
  readonly field?: string;
  readonly user?: string;
  readonly assistant?: string;
  readonly system?: string;
  readonly leave_out?: readonly string[];
}

/** A row and who asks for its conversation, for errors. */
export interface RowPlace {
  readonly where: string;
  readonly row: Row;
  readonly index: number;
}

/** A mistake in {@link conversationConfig} that a schema cannot see. */
export function findConversationProblem({ field, user, assistant, system }: ConversationPlace): string | undefined {
  if (field !== undefined && (user ?? assistant ?? system) !== undefined) {
    return '`field` names a whole conversation, so `user`, `assistant` and `system` must not stand beside it';
  }
  if ((user === undefined) !== (assistant === undefined))
    return '`user` and `assistant` name the fields of one question and its answer: give both';
  return system !== undefined && user === undefined
    ? '`system` stands before `user` and `assistant`: give all three'
    : undefined;
}

/**
 * The conversation of a row as messages, from messages, from steps (where tool calls and their results are steps of their own),
 * or from fields. Every tool call has an id, and every result that of its call.
 *
 * @throws {@link ConfigError} DGT_ROW_FIELD_MISSING, DGT_DATA_INVALID
 */
export function readConversation(at: RowPlace, place: ConversationPlace): ChatMessage[] {
  if (place.user !== undefined && place.assistant !== undefined) return readFields(at, place);
  const found = place.field ?? ['messages', 'steps'].find((name) => Object.hasOwn(at.row, name)) ?? 'messages';
  const turns = readRequired(at, found);
  const where = `${at.where}: row ${at.index + 1}: ${found}`;
  if (!Array.isArray(turns)) throw dataError(where, `expected a list of messages, got ${describeKind(turns)}`);
  const leftOut = new Set(place.leave_out);
  const ids = new ToolCallIds();
  const messages: ChatMessage[] = [];
  for (const [number, turn] of (turns as unknown[]).entries()) {
    const here = `${where}[${number}]`;
    if (!isRecord(turn) || typeof turn['role'] !== 'string')
      throw dataError(here, `expected a message with a role, got ${describeKind(turn)}`);
    if (!leftOut.has(turn['role'])) addTurn(messages, turn, { ids, here });
  }
  return messages;
}

/** The id that a row gives its conversation, or one made from what is said. */
export function conversationId({ row }: RowPlace, messages: readonly ChatMessage[]): string {
  const id = row['conversation_id'];
  if (typeof id === 'string' || typeof id === 'number') return String(id);
  return createHash('sha256').update(JSON.stringify(messages)).digest('hex').slice(0, 16);
}

function readFields(at: RowPlace, { user, assistant, system }: ConversationPlace): ChatMessage[] {
  const roles = { system, user, assistant } as const;
  return Object.entries(roles)
    .filter(([, field]) => field !== undefined)
    .map(([role, field]) => ({ role: role as 'user', content: readRequired(at, field as string) }));
}

/** @throws {@link ConfigError} DGT_ROW_FIELD_MISSING */
export function readRequired({ where, row, index }: RowPlace, field: string): unknown {
  const value = readField(row, parsePath(field));
  if (value === missing) throw missingRowField(where, { row, index, field });
  return value;
}

function addTurn(messages: ChatMessage[], turn: Row, { ids, here }: { ids: ToolCallIds; here: string }): void {
  const role = turn['role'];
  if (role === 'system' || role === 'developer' || role === 'user') messages.push(copyMessage(turn, role));
  else if (role === 'assistant') messages.push(readAssistant(turn, ids, here));
  else if (role === 'tool_call') addToolCall(messages, ids.readCall(turn['content'], here));
  else if (role === 'tool' || role === 'tool_result') messages.push(readToolResult(turn, ids, here));
  else {
    const known = 'system, developer, user, assistant, tool_call, tool_result, tool';
    throw dataError(here, `has the role "${String(role)}"; known: ${known}; others can be named in leave_out`);
  }
}

function copyMessage(turn: Row, role: 'system' | 'developer' | 'user'): ChatMessage {
  const { name } = turn;
  return { role, content: turn['content'] ?? '', ...(typeof name === 'string' && { name }) };
}

function readAssistant(turn: Row, ids: ToolCallIds, here: string): ChatMessage {
  const { content = null, tool_calls: calls } = turn as { content?: unknown; tool_calls?: unknown };
  if (!Array.isArray(calls) || calls.length === 0) return { role: 'assistant', content: content ?? '' };
  const read = calls.map((call, number) => ids.readCall(call, `${here}.tool_calls[${number}]`));
  return { role: 'assistant', content, tool_calls: read };
}

/** Calls that follow each other were made at once: the API has them in one message, before all of their results. */
function addToolCall(messages: ChatMessage[], call: ChatToolCall): void {
  const last = messages.at(-1);
  if (last?.tool_calls !== undefined) last.tool_calls.push(call);
  else messages.push({ role: 'assistant', content: null, tool_calls: [call] });
}

function readToolResult(turn: Row, ids: ToolCallIds, here: string): ChatMessage {
  const isStep = turn['role'] === 'tool_result';
  const held = isStep && isRecord(turn['content']) ? turn['content'] : turn;
  const result = isStep
    ? (held['result'] ?? held['error'] ?? (held === turn ? turn['content'] : null))
    : turn['content'];
  const content = typeof result === 'string' ? result : JSON.stringify(result ?? null);
  return { role: 'tool', tool_call_id: ids.answer(held, here), content };
}
