import type { Json } from '@dgt/core';
import type { AnswerBodies } from '@dgt/runner';
import { defaultReadOptions, findFiles, readFileRows, type DataFile } from '@dgt/stores/files';
import { readBatchResult } from './batch-result.js';

/** The result files of batches, and what they hold that is no answer. */
export class BatchAnswers {
  readonly #files: readonly DataFile[];
  readonly #failures = new Map<string, string>();

  private constructor(files: readonly DataFile[]) {
    this.#files = files;
  }

  /**
   * Finds the output files and error files of batches.
   *
   * @param options.paths files, folders and patterns.
   * @throws {@link ConfigError} DGT_DATA_MISSING
   */
  static async find(options: {
    readonly paths: readonly string[];
    readonly workingFolder: string;
    readonly environment: Readonly<Record<string, string | undefined>>;
  }): Promise<BatchAnswers> {
    const { paths, workingFolder, environment } = options;
    return new BatchAnswers(
      await findFiles({ where: 'dgt batch ingest', baseFolder: workingFolder, environment, paths }),
    );
  }

  /** Why requests have no answer, by their ids, once their file was read. */
  get failures(): ReadonlyMap<string, string> {
    return this.#failures;
  }

  /**
   * The answers of each file; of several to one request, the first of the file.
   *
   * @throws {@link ConfigError} DGT_DATA_INVALID, for a line that is none of a batch.
   */
  async *read(): AsyncGenerator<AnswerBodies> {
    for (const { file, format, name } of this.#files) {
      const bodies = new Map<string, Json>();
      let number = 0;
      for await (const row of readFileRows(file, { ...defaultReadOptions(), format, name })) {
        const outcome = readBatchResult(row, `${name}: row ${++number}`);
        if ('failure' in outcome) this.#failures.set(outcome.id, outcome.failure);
        else if (!bodies.has(outcome.id)) {
          bodies.set(outcome.id, (row['response'] as { body: Json }).body);
          this.#failures.delete(outcome.id);
        }
      }
      yield bodies;
    }
  }
}
