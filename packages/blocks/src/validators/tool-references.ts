import type { ToolDefinition } from './tool-definition.js';
import type { RawToolCall } from './tool-call-list.js';

/** A call whose output others can refer to as `<id>.<output>`. */
export interface ReferableCall {
  readonly id: string;
  readonly outputs: readonly string[];
}

/** The calls that have an id, with the outputs of their tools. */
export function listReferableCalls(
  calls: readonly RawToolCall[],
  toolOf: (call: RawToolCall) => ToolDefinition | undefined,
): ReferableCall[] {
  return calls
    .filter(({ id }) => id !== undefined)
    .map((call) => ({ id: String(call['id']), outputs: toolOf(call)?.outputs ?? [] }));
}

/** Whether a text within the argument, however deep, is a reference to an output of one of the calls, and nothing else. */
export function refersTo(argument: unknown, calls: readonly ReferableCall[]): boolean {
  return someText(argument, (text) => calls.some((call) => isReference(text, call)));
}

/** Whether a text within the argument mentions an output without being a reference to it: `the sum is $1.total`. */
export function mentionsIndirectly(argument: unknown, calls: readonly ReferableCall[]): boolean {
  return someText(argument, (text) => calls.some((call) => mentionsOutput(text, call) && !isReference(text, call)));
}

function isReference(text: string, { id, outputs }: ReferableCall): boolean {
  if (text.includes(' ')) return false;
  return outputs.some((output) => {
    const reference = `${id}.${output}`;
    return text.startsWith(reference) && /^(?:$|[.[])/.test(text.slice(reference.length));
  });
}

function mentionsOutput(text: string, { id, outputs }: ReferableCall): boolean {
  return text.includes(`${id}.`) || outputs.some((output) => text.includes(`.${output}`));
}

/** Keys count too. */
function someText(value: unknown, matches: (text: string) => boolean): boolean {
  if (typeof value === 'string') return matches(value);
  if (Array.isArray(value)) return value.some((item) => someText(item, matches));
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, member]) => matches(key) || someText(member, matches));
}
