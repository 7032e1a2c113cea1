import { Type } from '@dgt/core';
import { answerFields, type AnswerSpec } from '../answers/answer-fields.js';
import {
  promptText,
  requestFields,
  syntaxFields,
  type PromptText,
  type RequestSpec,
} from '../prompts/prompt-fields.js';

const genKwargs = Type.Optional(Type.Record(Type.String(), Type.Unknown()));
const { if_unreadable: _unreadable, type: _type, ...valueFields } = answerFields;

/** What the file of a best-of-n task takes beside dgt's own keys. */
export const bestOfNFields = {
  /** How many candidates are asked for. */
  n: Type.Integer({ minimum: 2, default: 3 }),
  ...requestFields,
  ...valueFields,
  type: Type.Union([Type.Literal('str'), Type.Literal('json')], { default: 'str' }),
  /** The candidates that there are: the model answers with one of these. */
  choices: Type.Optional(Type.Array(Type.String(), { minItems: 2 })),
  gen_kwargs: genKwargs,
  judge: Type.Object(
    {
      /** `vote`: which of all is best. `score`: how good each is. `pairwise`: which of two is better, for every two. */
      method: Type.Union([Type.Literal('vote'), Type.Literal('score'), Type.Literal('pairwise')]),
      /** What makes a candidate a good one, in words; see `user` for a prompt of one's own. */
      criterion: Type.Optional(Type.String({ minLength: 1 })),
      system: Type.Optional(promptText),
      /** Sees the columns, and `candidates` (vote), `candidate` (score) or `first` and `second` (pairwise). */
      user: Type.Optional(promptText),
      /** How often each question is asked; the answers are counted or averaged. */
      samples: Type.Integer({ minimum: 1, default: 1 }),
      /** The best score; the worst is 0. */
      max_score: Type.Integer({ minimum: 1, default: 10 }),
      /** By how much the score of the best must exceed that of the worst; a row in which it does not is rejected. */
      min_margin: Type.Number({ minimum: 0, default: 0 }),
      gen_kwargs: genKwargs,
    },
    { additionalProperties: false },
  ),
  ...syntaxFields,
};

/** How candidates are judged, as a task file has it. */
export interface JudgeSpec {
  readonly method: 'vote' | 'score' | 'pairwise';
  readonly criterion?: string;
  readonly system?: PromptText;
  readonly user?: PromptText;
  readonly samples: number;
  readonly max_score: number;
  readonly min_margin: number;
  readonly gen_kwargs?: Readonly<Record<string, unknown>>;
}

/** {@link bestOfNFields} as a task file has them. */
export interface BestOfNSpec extends RequestSpec, Omit<AnswerSpec, 'if_unreadable'> {
  readonly n: number;
  readonly choices?: readonly string[];
  readonly gen_kwargs?: Readonly<Record<string, unknown>>;
  readonly judge: JudgeSpec;
  readonly template_syntax: 'python' | 'brackets' | 'liquid';
  readonly legacy_repr: boolean;
}
