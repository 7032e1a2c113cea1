import { Block } from '../block/block.js';
import type { FailedRow, RunOptions } from '../block/any-block.js';
import type { RowStream, Rows } from '../block/row.js';
import type { Message, Usage } from './client.js';

/** A row that can be given to a model. */
export interface LMRow {
  /** A prompt, or the messages of a chat. */
  readonly input: string | readonly Message[];
  /** Generation parameters for this row alone, under the same names (and aliases) as in YAML. */
  readonly gen_kwargs?: Readonly<Record<string, unknown>>;
}

/** The message that a model adds to a chat. */
export interface AssistantMessage {
  readonly role: 'assistant';
  readonly content: string;
}

/** What a model adds to a row: text for a prompt, a message for a chat. */
export interface LMResult<Input> {
  readonly result: Input extends string
    ? string
    : Input extends readonly Message[]
      ? AssistantMessage
      : string | AssistantMessage;
  readonly addtl: Usage & { readonly finish_reason: 'stop' | 'length' | 'other' };
}

/**
 * The block that calls a language model, whoever serves it: declare `blocks: { generator: LMProvider }` and let the YAML
 * choose the type (`ollama`, `openai`, `llama_cpp`, ...).
 */
export abstract class LMProvider<Config extends object = object> extends Block<
  Config,
  LMRow,
  LMResult<LMRow['input']>
> {
  /**
   * Calls the model for each row, many at once, results in the order of the input. A row whose call failed for good is left
   * out and recorded, or given with its error under `{ failures: 'yield' }`.
   */
  override run<R extends LMRow>(
    rows: Rows<R>,
    options: RunOptions & { failures: 'yield' },
  ): RowStream<(R & LMResult<R['input']>) | (R & FailedRow)>;
  override run<R extends LMRow>(rows: Rows<R>, options?: RunOptions): RowStream<R & LMResult<R['input']>>;
  override run<R extends LMRow>(rows: Rows<R>, options: RunOptions = {}): RowStream<never> {
    return super.run(rows, options) as unknown as RowStream<never>;
  }
}
