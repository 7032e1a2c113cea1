import { Type } from '@dgt/core';
import { requestFields, syntaxFields, type RequestSpec } from '../prompts/prompt-fields.js';

const options = Type.Optional(Type.Record(Type.String(), Type.Unknown()));
const module = Type.String({ minLength: 1 });
// Defaults are filled in where they are read: within a union a schema cannot.
const exported = Type.Optional(Type.String({ minLength: 1 }));

/** The rollouts that need no code. */
export const builtInRollouts = ['single', 'chunked', 'messages'] as const;

/** What the file of a rollout task takes beside dgt's own keys. */
export const rolloutFields = {
  /** `single`, `chunked`, `messages`, or the function of a module. */
  rollout: Type.Union([
    Type.Union(builtInRollouts.map((name) => Type.Literal(name))),
    Type.Object({ module, export: exported, options }, { additionalProperties: false }),
  ]),
  system: requestFields.system,
  user: requestFields.user,
  prompt_column: requestFields.prompt_column,
  ...syntaxFields,
  /** Generation parameters of every call. */
  gen_kwargs: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  rollouts_per_document: Type.Integer({ minimum: 1, default: 1 }),
  /** What becomes of a document whose request the server refuses: an error record, or a rejected row. */
  on_bad_request: Type.Union([Type.Literal('fail'), Type.Literal('skip')], { default: 'fail' }),
  /** How `chunked` cuts a document and goes on from one piece to the next. */
  chunks: Type.Optional(
    Type.Object(
      {
        /** @unit characters */
        size: Type.Integer({ minimum: 1, default: 4000 }),
        /** How much of the last answer the next request is shown. @unit characters */
        tail: Type.Integer({ minimum: 0, default: 500 }),
        /** What stands between the answers. */
        join: Type.String({ default: '\n' }),
        /** `prompt` shows the end of the last answer in words; `final_message` lets the server go on with it, as vLLM can. */
        continue: Type.Union([Type.Literal('prompt'), Type.Literal('final_message')], { default: 'prompt' }),
      },
      { additionalProperties: false, default: {} },
    ),
  ),
  /** A function that makes, once a run, what all rollouts find as `shared`. */
  shared: Type.Optional(Type.Object({ module, export: exported, options }, { additionalProperties: false })),
  /** A function that rollouts call in threads of their own, as `prepare(argument)`. */
  workers: Type.Optional(
    Type.Object(
      { module, export: exported, count: Type.Integer({ minimum: 1, default: 2 }) },
      { additionalProperties: false },
    ),
  ),
};

/** A function of the user. */
export interface FunctionSpec {
  readonly module: string;
  /** @defaultValue 'default' */
  readonly export?: string;
  readonly options?: Readonly<Record<string, unknown>>;
}

/** How a long document is cut. */
export interface ChunkSpec {
  readonly size: number;
  readonly tail: number;
  readonly join: string;
  readonly continue: 'prompt' | 'final_message';
}

/** {@link rolloutFields} as a task file has them. */
export interface RolloutSpec extends RequestSpec {
  readonly rollout: (typeof builtInRollouts)[number] | FunctionSpec;
  readonly template_syntax: 'python' | 'brackets' | 'liquid';
  readonly legacy_repr: boolean;
  readonly gen_kwargs?: Readonly<Record<string, unknown>>;
  readonly rollouts_per_document: number;
  readonly on_bad_request: 'fail' | 'skip';
  readonly chunks?: Partial<ChunkSpec>;
  readonly shared?: FunctionSpec;
  readonly workers?: { readonly module: string; readonly export?: string; readonly count: number };
}
