import type { Json } from '../json.js';
import type { Message, Tool, ToolChoice } from './message.js';

/** Generation parameters under dgt's own names, the same for every provider. */
export type LMParameters = {
  /** The most tokens an answer may have. */
  readonly max_tokens?: number;
  /** The fewest tokens an answer may have. */
  readonly min_tokens?: number;
  /** Minimum: 0. */
  readonly temperature?: number;
  /** Range: 0 to 1. */
  readonly top_p?: number;
  /** Only the k most likely tokens are drawn from; 0 or less draws from all. */
  readonly top_k?: number;
  readonly min_p?: number;
  readonly seed?: number;
  /** The answer ends before the first of these; also applied on our side. */
  readonly stop?: readonly string[];
  readonly frequency_penalty?: number;
  readonly presence_penalty?: number;
  readonly repeat_penalty?: number;
  /** Token ids, and how much more likely each is made. */
  readonly logit_bias?: { readonly [token: string]: number };
  /** The length of the context window. @unit tokens */
  readonly num_ctx?: number;
  /** How many answers; given, the result is a list. */
  readonly n?: number;
  /** Log probabilities of the answer's tokens, each with so many alternatives; 0 gives the tokens alone. */
  readonly logprobs?: number;
  readonly reasoning_effort?: ReasoningEffort;
  /** `{ type: 'json_object' }` or `{ type: 'json_schema', json_schema: { name, schema } }`, as OpenAI has it. */
  readonly response_format?: ResponseFormat;
  /** The answer matches this regular expression. */
  readonly guided_regex?: string;
  /** The answer is one of these. */
  readonly guided_choice?: readonly string[];
  /** The answer follows this grammar, in the notation of the server. */
  readonly guided_grammar?: string;
  /** Written into the request as it stands, for what dgt has no name for. */
  readonly extra_body?: { readonly [name: string]: Json };
};

/** How long a model thinks before it answers; `none` does not, for models that let it be turned off. */
export type ReasoningEffort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max';

/** The shape that an answer must have. */
export type ResponseFormat =
  | { readonly type: 'json_object' }
  | {
      readonly type: 'json_schema';
      readonly json_schema: { readonly name: string; readonly schema: Json; readonly strict?: boolean };
    };

/**
 * A request in its unified, defaulted form: what the ledger compares to tell a repeated call from a changed one. A change
 * of this shape needs a new `version`.
 */
export type LMRequest = {
  readonly version: 2;
  readonly provider: string;
  readonly model: string;
  readonly method: 'completion' | 'chat_completion';
  /** The prompt of a completion, or the messages of a chat. */
  readonly input: string | readonly Message[];
  readonly parameters: LMParameters;
  readonly tools?: readonly Tool[];
  readonly tool_choice?: ToolChoice;
};
