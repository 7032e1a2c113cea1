import { Type } from '@dgt/core';
import { answerFields, type AnswerSpec } from '../answers/answer-fields.js';
import { requestFields, syntaxFields, type RequestSpec } from '../prompts/prompt-fields.js';

// A template must be able to name it: these letters end a name there.
const name = Type.String({ pattern: '^[\\p{L}_][^{}[\\].!:]*$' });
const genKwargs = Type.Optional(Type.Record(Type.String(), Type.Unknown()));
const lists = Type.Optional(Type.Record(Type.String(), Type.Array(Type.Unknown(), { minItems: 1 })));

const step = Type.Object(
  {
    /** The key of the output that the answer becomes; a data point without it becomes columns of its own. */
    out: Type.Optional(name),
    ...requestFields,
    ...answerFields,
    /** A Liquid condition over columns and earlier outputs: `level == "hard"`. Where it does not hold, the output is null. */
    when: Type.Optional(Type.String({ minLength: 1 })),
    /** A list, by its path: the step asks once for each item, and its output is the list of what comes of them. */
    for_each: Type.Optional(Type.String({ pattern: '^[\\p{L}_][\\p{L}\\p{N}_]*(\\.[\\p{L}\\p{N}_]+)*$' })),
    /** What the item of `for_each` is called. */
    as: Type.String({ default: 'item', pattern: '^[\\p{L}_][\\p{L}\\p{N}_]*$' }),
    /** How many answers are asked for; the output is the list of them. */
    n: Type.Optional(Type.Integer({ minimum: 1 })),
    /** The output is a list (and `schema` that of its items), and the chain goes on with a row for each of them. */
    split: Type.Boolean({ default: false }),
    gen_kwargs: genKwargs,
  },
  { additionalProperties: false },
);

/** What the file of a chain takes beside dgt's own keys. */
export const chainFields = {
  steps: Type.Array(step, { minItems: 1 }),
  ...syntaxFields,
  /** Generation parameters of every step. */
  gen_kwargs: genKwargs,
  /** Further fields of each row: the item of each list whose turn it is, by the place of the row. */
  cycled_fields: lists,
  /** Further fields of each row, drawn at random from each list. */
  random_fields: lists,
  /** Which columns go into the output: all, those that prompts use, or these. */
  keep_columns: Type.Union([Type.Literal('all'), Type.Literal('used'), Type.Array(Type.String())], { default: 'all' }),
};

/** A step as a task file has it. */
export interface StepSpec extends RequestSpec, AnswerSpec {
  readonly out?: string;
  readonly when?: string;
  readonly for_each?: string;
  readonly as: string;
  readonly n?: number;
  readonly split: boolean;
  readonly gen_kwargs?: Readonly<Record<string, unknown>>;
}

/** {@link chainFields} as a task file has them. */
export interface ChainSpec {
  readonly steps: readonly StepSpec[];
  readonly template_syntax: 'python' | 'brackets' | 'liquid';
  readonly legacy_repr: boolean;
  readonly gen_kwargs?: Readonly<Record<string, unknown>>;
  readonly cycled_fields?: Readonly<Record<string, readonly unknown[]>>;
  readonly random_fields?: Readonly<Record<string, readonly unknown[]>>;
  readonly keep_columns: 'all' | 'used' | readonly string[];
}
