import { isRecord, type ToolDefinition } from './tool-definition.js';

/** One call as a model wrote it, before anything is known of its keys. */
export type RawToolCall = Readonly<Record<string, unknown>>;

/** Why a list of calls is not valid. */
export interface ToolCallProblem {
  readonly reason: string;
  /** The call, or the argument, that the reason is about. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** Reads the calls of an answer, text or already JSON. */
export function readToolCalls(answer: unknown): RawToolCall[] | ToolCallProblem {
  const value = typeof answer === 'string' ? tryParse(answer) : answer;
  if (value === undefined || value === null) return { reason: 'Failed to parse tool call[s]' };
  if (!Array.isArray(value) || !value.every(isRecord)) return { reason: 'Malformed tool call[s]' };
  return value;
}

/** The checks of a list of calls as a whole, in their order. */
export function findListProblem(
  calls: readonly RawToolCall[],
  context: {
    readonly tools: readonly ToolDefinition[];
    readonly question: string;
    readonly validateQuestion: boolean;
    readonly multiOutput: boolean;
  },
): ToolCallProblem | undefined {
  const { tools, question } = context;
  if (hasDuplicates(calls)) return { reason: 'Duplicate tool call[s]' };
  if (context.validateQuestion && tools.some(({ name }) => givesAway(question, name))) {
    return { reason: 'Question contains tool call[s]' };
  }
  if (context.multiOutput && calls.length <= 1) return { reason: 'Expected multiple tool calls' };
  const known = new Set(tools.map(({ name }) => name));
  const unknown = calls.find(({ name }) => typeof name !== 'string' || !known.has(name));
  return unknown && { reason: 'Unrecognized/unavailable tool[s]', metadata: { tool_call: unknown } };
}

/** Letters and digits in lower case, and spaces; text that has none of them stays as it is. */
export function normalizeWords(value: unknown): string {
  const text = String(value).toLowerCase();
  return text.replaceAll(/[^\p{L}\p{N} ]/gu, '') || text;
}

function hasDuplicates(calls: readonly RawToolCall[]): boolean {
  const ids = calls.map(({ id }) => id).filter((id) => id !== undefined && id !== null && id !== '');
  return new Set(calls.map(writeCanonically)).size < calls.length || new Set(ids.map(String)).size < ids.length;
}

/** The same text for calls that differ in the order of their keys only. */
function writeCanonically(call: RawToolCall): string {
  return JSON.stringify(call, (_key, value: unknown) =>
    isRecord(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value,
  );
}

/** Whether the question names the tool, or shows how a call looks. */
function givesAway(question: string, name: string): boolean {
  const wanted = normalizeWords(name);
  if (question.split(/\s+/).some((word) => word !== '' && normalizeWords(word) === wanted)) return true;
  return question.includes('{') && (question.includes('name": ') || question.includes(`${name}": `));
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
