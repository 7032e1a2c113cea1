import { Block } from '../block/block.js';
import type { FailedRow, RunOptions } from '../block/any-block.js';
import type { RowStream, Rows } from '../block/row.js';
import type { FinishReason, TokenLogprob, Usage } from './answer.js';
import type { AnswerFormat, FirstFormat, RowFormat, ValueOf } from './answer-format.js';
import type { Message, Tool, ToolCall, ToolChoice } from './message.js';

/** A row that can be given to a model. */
export interface LMRow {
  /** A prompt, or the messages of a chat. */
  readonly input: string | readonly Message[];
  /** Generation parameters for this row alone, under the same names (and aliases) as in YAML. */
  readonly gen_kwargs?: Readonly<Record<string, unknown>>;
  /** The tools that the model may call, instead of those of the block. */
  readonly tools?: readonly Tool[];
  readonly tool_choice?: ToolChoice;
  /** Goes behind a prompt, as the beginning of the answer. */
  readonly continuation?: string;
  /**
   * The shape that the answer must have: its value is then the `result`. Counts before the one of the run, of `gen_kwargs` and
   * of the block.
   */
  readonly response_format?: AnswerFormat | undefined;
}

/** How one call of {@link LMProvider.run} behaves. */
export interface LMRunOptions<F extends AnswerFormat | undefined = undefined> extends RunOptions {
  /** The shape that every answer must have: its value is then the `result`. */
  readonly response_format?: F;
}

/** The message that a model adds to a chat. */
export interface AssistantMessage {
  readonly role: 'assistant';
  /** Empty when the model only calls tools. */
  readonly content: string;
  /** The calls of tools, with their arguments as objects. */
  readonly tool_calls?: readonly ToolCall[];
}

/** What is known of one answer beside its text. */
export interface ChoiceDetails {
  readonly finish_reason: FinishReason;
  /** What the model thought before it answered, where the server says it. */
  readonly reasoning?: string;
  /** With `logprobs`: the tokens of the answer as the model wrote it, before a stop string was cut off. */
  readonly logprobs?: readonly TokenLogprob[];
  /** The calls of tools in the answer to a prompt, whose result is text. */
  readonly tool_calls?: readonly ToolCall[];
}

/** One answer, in the shape of what was asked: text for a prompt, a message for a chat. */
export type LMReply<Input> = Input extends string
  ? string
  : Input extends readonly Message[]
    ? AssistantMessage
    : string | AssistantMessage;

/** One answer where code may have asked for a shape: its value. */
type ShapedReply<R extends LMRow, F> = F extends undefined ? LMReply<R['input']> : ValueOf<F> | ToolCallReply<R>;

/** A model that may call tools may do so instead of answering in the shape. */
type ToolCallReply<R extends LMRow> = R extends { readonly tools: readonly Tool[] } ? LMReply<R['input']> : never;

/** What stands beside a text whose shape YAML or `gen_kwargs` asked for: the value of its JSON. */
interface ParsedAnswer {
  readonly parsed?: unknown;
}

/**
 * What a model adds to a row: its answer, or the list of its answers when the row gives `n` in `gen_kwargs`. With a
 * `response_format` in the row or in the run, an answer is the value of that shape.
 */
export type LMResult<R extends LMRow, F = undefined> = ParsedAnswer &
  (R extends { readonly gen_kwargs: { readonly n: number } }
    ? {
        readonly result: readonly ShapedReply<R, FirstFormat<RowFormat<R>, F>>[];
        readonly addtl: Usage & { readonly choices: readonly ChoiceDetails[] };
      }
    : { readonly result: ShapedReply<R, FirstFormat<RowFormat<R>, F>>; readonly addtl: Usage & ChoiceDetails });

/** The output of a model block for any row. */
export type LMOutput = LMResult<LMRow> | LMResult<LMRow & { readonly gen_kwargs: { readonly n: number } }>;

/**
 * The block that calls a language model, whoever serves it: declare `blocks: { generator: LMProvider }` and let the YAML
 * choose the type (`ollama`, `openai`, `llama_cpp`, ...). A block whose YAML has `n` gives lists for all rows, which only its
 * author knows; `n` in the `gen_kwargs` of a row is seen by the type.
 */
export abstract class LMProvider<Config extends object = object> extends Block<Config, LMRow, LMOutput> {
  /**
   * Calls the model for each row, many at once, results in the order of the input. A row whose call failed for good is left
   * out and recorded, or given with its error under `{ failures: 'yield' }`.
   */
  override run<R extends LMRow, F extends AnswerFormat | undefined = undefined>(
    rows: Rows<R>,
    options: LMRunOptions<F> & { failures: 'yield' },
  ): RowStream<(R & LMResult<R, F>) | (R & FailedRow)>;
  override run<R extends LMRow, F extends AnswerFormat | undefined = undefined>(
    rows: Rows<R>,
    options?: LMRunOptions<F>,
  ): RowStream<R & LMResult<R, F>>;
  override run<R extends LMRow>(rows: Rows<R>, options: RunOptions = {}): RowStream<never> {
    return super.run(rows, options) as unknown as RowStream<never>;
  }
}
