import { dataError } from '../files/data-error.js';
import { describeKind, isRecord } from '../files/json-value.js';
import type { ChatToolCall } from './conversation.js';

interface OpenCall {
  readonly id: string;
  readonly name: string;
}

/** Gives every tool call of a conversation an id, its own or else a number, and finds the call that a result belongs to. */
export class ToolCallIds {
  readonly #open: OpenCall[] = [];
  #count = 0;

  /** Reads a call as the API has it (`function.name`), or as a step (`name`, `arguments`, `id` or `call_id`). */
  readCall(call: unknown, here: string): ChatToolCall {
    if (!isRecord(call)) throw dataError(here, `expected a tool call, got ${describeKind(call)}`);
    const named = isRecord(call['function']) ? call['function'] : call;
    const { name, arguments: given = {} } = named as { name?: unknown; arguments?: unknown };
    if (typeof name !== 'string' || name === '') throw dataError(here, 'is a tool call without the name of its tool');
    this.#count++;
    const id = readId(call) ?? `call_${this.#count}`;
    this.#open.push({ id, name });
    return {
      id,
      type: 'function',
      function: { name, arguments: typeof given === 'string' ? given : JSON.stringify(given) },
    };
  }

  /** The id of the call that a result answers: the one it names, or else the first one of its tool that is open. */
  answer(result: Readonly<Record<string, unknown>>, here: string): string {
    const { name } = result;
    const id = readId(result) ?? readText(result['tool_call_id']);
    const isMeant = ({ id: open, name: tool }: OpenCall) =>
      id !== undefined ? open === id : typeof name !== 'string' || tool === name;
    const place = this.#open.findIndex(isMeant);
    const [call] = place < 0 ? [] : this.#open.splice(place, 1);
    if (call !== undefined) return call.id;
    throw dataError(
      here,
      `is a tool result${id === undefined ? '' : ` with the id "${id}"`} that no open tool call asked for`,
    );
  }
}

function readId({ id, call_id }: { readonly id?: unknown; readonly call_id?: unknown }): string | undefined {
  return readText(id) ?? readText(call_id);
}

function readText(value: unknown): string | undefined {
  return (typeof value === 'string' && value !== '') || typeof value === 'number' ? String(value) : undefined;
}
