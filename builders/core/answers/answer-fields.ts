import { Type } from '@dgt/core';
import { extractField, type ExtractSpec } from './extract-fields.js';

/** What becomes of an answer. */
export const answerFields = {
  /** `str`: its text. `json`: the value that it holds. `data_point`: an object whose fields become columns. */
  type: Type.Union([Type.Literal('str'), Type.Literal('json'), Type.Literal('data_point')], { default: 'str' }),
  /** What the value must fit; without `extract` the model is asked for this shape. A JSON Schema, or `{ file: path }`. */
  schema: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  extract: Type.Optional(extractField),
  /**
   * What becomes of an answer in which nothing is found: its row is rejected, or the value is null, or the text as it is; or, of
   * an answer that is to be JSON, it is asked for again with what is wrong, and its row ends as an error when that does not help.
   */
  if_unreadable: Type.Union(
    ['reject', 'null', 'text', 'error'].map((what) => Type.Literal(what)),
    { default: 'reject' },
  ),
};

/** {@link answerFields} as a task file has them. */
export interface AnswerSpec {
  readonly type: 'str' | 'json' | 'data_point';
  readonly schema?: Readonly<Record<string, unknown>>;
  readonly extract?: ExtractSpec;
  readonly if_unreadable: 'reject' | 'null' | 'text' | 'error';
}
