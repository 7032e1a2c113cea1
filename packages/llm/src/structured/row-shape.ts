import { ConfigError, ProviderError, type LMRow } from '@dgt/core';
import { readShape, type AnswerShape } from './answer-shape.js';
import { addInstruction } from './instruction.js';

/** The shape that the answers for a row must have, and where its value goes. */
export interface RowShape {
  readonly shape: AnswerShape;
  /** Whether the value is the `result`, as for a shape that code gave; or stands beside the text, as `parsed`. */
  readonly isResult: boolean;
}

/**
 * The shape for a row: the one that code gives, for the row or for the run; or that of its `gen_kwargs`; or that of the block.
 *
 * @throws {@link ConfigError} for a shape of code that cannot be used; {@link ProviderError} permanent for one of `gen_kwargs`.
 */
export function readRowShape(
  row: LMRow,
  { block, blockShape }: { readonly block: string; readonly blockShape: AnswerShape | undefined },
): RowShape | undefined {
  if (isGiven(row.response_format)) return { shape: readShape(row.response_format, block), isResult: true };
  const own: unknown = row.gen_kwargs?.['response_format'];
  if (!isGiven(own)) return blockShape && { shape: blockShape, isResult: false };
  try {
    return { shape: readShape(own, block), isResult: false };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ProviderError(error.code, 'permanent', error.details, { cause: error });
  }
}

/** The row that asks for a shape: by the option of the API where it has one, or else in words; or as it is. */
export function askForShape(row: LMRow, { format }: AnswerShape, options: { readonly isNative: boolean }): LMRow {
  const { response_format: _given, ...parameters } = { ...row.gen_kwargs };
  if (format === undefined) return { ...row, gen_kwargs: parameters };
  if (options.isNative) return { ...row, gen_kwargs: { ...parameters, response_format: format } };
  return { ...row, input: addInstruction(row.input, format), gen_kwargs: parameters };
}

function isGiven(format: unknown): boolean {
  return format !== undefined && format !== null;
}
