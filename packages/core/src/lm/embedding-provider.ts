import type { FailedRow, RunOptions } from '../block/any-block.js';
import { Block } from '../block/block.js';
import type { RowStream, Rows } from '../block/row.js';

/** A row whose text can be embedded. */
export interface EmbeddingRow {
  readonly input: string;
}

/** What an embedding model adds to a row. */
export interface EmbeddingResult {
  readonly embedding: readonly number[];
}

/**
 * The block that turns texts into vectors, whoever serves the model: declare `blocks: { embedder: EmbeddingProvider }` and
 * let the YAML choose the type (`openai_embedding`, `ollama_embedding`, ...).
 */
export abstract class EmbeddingProvider<Config extends object = object> extends Block<
  Config,
  EmbeddingRow,
  EmbeddingResult
> {
  /**
   * Embeds each row's text, many in one request, results in the order of the input. A row whose call failed for good is left
   * out and recorded, or given with its error under `{ failures: 'yield' }`.
   */
  override run<R extends object>(
    rows: Rows<R>,
    options: RunOptions & { failures: 'yield' },
  ): RowStream<(R & EmbeddingResult) | (R & FailedRow)>;
  override run<R extends object>(rows: Rows<R>, options?: RunOptions): RowStream<R & EmbeddingResult>;
  override run<R extends object>(rows: Rows<R>, options: RunOptions = {}): RowStream<never> {
    return super.run(rows, options) as unknown as RowStream<never>;
  }
}
