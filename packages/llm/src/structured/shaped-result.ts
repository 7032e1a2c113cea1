import type { LMOutput, LMRequest, LMRow } from '@dgt/core';
import { toResult } from '../model-result.js';
import type { ShapedAnswer } from './ask-in-shape.js';
import type { RowShape } from './row-shape.js';

/**
 * What a row gets from an answer that has its shape: the value as the `result` when code asked for it, and beside the text as
 * `parsed` when YAML or `gen_kwargs` did, where nobody's types tell of it. A choice that calls tools is a message as ever.
 */
export function toShapedResult(
  row: LMRow,
  {
    request,
    shaped,
    rowShape,
  }: { readonly request: LMRequest; readonly shaped: ShapedAnswer; readonly rowShape: RowShape },
): LMOutput {
  const { answer, values } = shaped;
  // Stop strings were cut off before the JSON was read; to look for them in JSON that was mended could cut it again.
  const { stop: _done, ...parameters } = request.parameters;
  const output = toResult(row, { ...request, parameters }, answer);
  if (!rowShape.isResult) return { ...output, parsed: Array.isArray(output.result) ? values : values[0] };
  const replies = Array.isArray(output.result) ? (output.result as unknown[]) : [output.result];
  const given = replies.map((reply, index) => (isToolCall(answer, index) ? reply : values[index]));
  return { ...output, result: Array.isArray(output.result) ? given : given[0] } as LMOutput;
}

function isToolCall({ choices }: ShapedAnswer['answer'], index: number): boolean {
  return (choices[index]?.tool_calls?.length ?? 0) > 0;
}
