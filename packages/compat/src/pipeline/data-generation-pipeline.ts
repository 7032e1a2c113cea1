import { ConfigError, RunError } from '@dgt/core';
import { readGivenRows } from '@dgt/stores/datastores';
import { readPipeline } from './config-file.js';
import type { ExtractFunction } from './extraction.js';
import type { PipelineHost } from './pipeline-host.js';
import type { PipelineRecord } from './records.js';
import { runPipeline } from './run-pipeline.js';
import { toSnakeCase, type SnakeCased } from './snake-case.js';
import { createTagExtractor, type TagExtractor, type TagExtractorOptions } from './tag-extractor.js';

interface ModelOptions {
  readonly provider?: string;
  readonly apiKey?: string;
  readonly baseUrl?: string;
  /** Requests a minute, of all rows together. */
  readonly rateLimit?: number;
  readonly maxTokens?: number;
  readonly temperature?: number;
}

interface PromptOptions {
  readonly systemPromptPath?: string;
  readonly userPromptPath?: string;
}

interface OutputOptions {
  readonly outputDir?: string;
  readonly experimentName?: string;
  readonly needTimeStamp?: boolean;
}

/** What wins over `config.yaml`; a setting outside of its section wins over the one inside. */
export interface PipelineOptions extends ModelOptions, PromptOptions, OutputOptions {
  /** @defaultValue 'config.yaml', where it is there */
  readonly config?: string;
  readonly model?: string | (ModelOptions & { readonly model?: string });
  readonly prompts?: PromptOptions;
  readonly outputData?: OutputOptions;
}

/** How rows are worked on. */
export interface PipelineRunOptions {
  /** How many rows are worked on at once. @defaultValue 5 */
  readonly concurrencyLimit?: number;
  /** Applied to every response once all are recorded; without it there is no `extracted`. */
  readonly extractFunction?: ExtractFunction;
  /** Names an experiment by its time stamp, to go on with it or to extract again. */
  readonly timestamp?: string;
  /** Asks again for rows that failed, of the newest experiment. */
  readonly retryErrors?: boolean;
}

type Named<T> = T | SnakeCased<T>;

/** Rows, or a function that gives them. */
export type DataPool = Iterable<object> | AsyncIterable<object> | (() => unknown);

/** The class of the template "Data Generations Pipeline". Names may be written in camelCase, or in snake_case as in Python. */
export class DataGenerationPipeline {
  readonly #options: Readonly<Record<string, unknown>>;
  readonly #host: PipelineHost;

  /** @param host who runs it. */
  constructor(options: Named<PipelineOptions>, host: PipelineHost) {
    this.#options = toSnakeCase(options);
    this.#host = host;
  }

  /** Makes an `extractFunction`; see {@link createTagExtractor}. */
  makeDefaultExtractor(options: Named<TagExtractorOptions>): TagExtractor {
    return createTagExtractor(readTagOptions(options), this.#host);
  }

  /** {@link makeDefaultExtractor} under its name in Python. */
  make_default_extractor(options: Named<TagExtractorOptions>): TagExtractor {
    return this.makeDefaultExtractor(options);
  }

  /**
   * Asks the model for each row of the pool, and gives the records in the order of the rows; they also stand in `result.jsonl`.
   * The same call goes on where an earlier one was stopped.
   *
   * @throws {@link ConfigError} before anything is called, for what is missing; the error that ended the run before all rows were
   *   worked on.
   */
  async run(dataPool: DataPool, options: Named<PipelineRunOptions> = {}): Promise<PipelineRecord[]> {
    const { config, ...overrides } = this.#options;
    const where = 'DataGenerationPipeline';
    const { workingFolder } = this.#host;
    const pipeline = await readPipeline({ config: config as string | undefined, overrides, where, workingFolder });
    const give = typeof dataPool === 'function' ? dataPool : () => dataPool;
    const records: PipelineRecord[] = [];
    const outcome = await runPipeline(
      {
        ...pipeline,
        rows: readGivenRows(give, { name: 'the data pool' }),
        description: 'rows of a program',
        ...readRunOptions(options),
        onRecord: (record) => void records.push(record),
      },
      this.#host,
    );
    if (outcome.result !== undefined) return records;
    throw outcome.error ?? new RunError('DGT_PIPELINE_UNFINISHED', { reason: outcome.message });
  }
}

/** Tag options under either naming. */
export function readTagOptions(options: Named<TagExtractorOptions>): TagExtractorOptions {
  const { pattern_name: patternName, to_list: toList, ...others } = toSnakeCase(options);
  refuseOthers(others, 'makeDefaultExtractor');
  return { patternName, ...(toList !== undefined && { toList }) } as TagExtractorOptions;
}

function readRunOptions(options: Named<PipelineRunOptions>): PipelineRunOptions {
  const {
    concurrency_limit: concurrencyLimit,
    extract_function: extractFunction,
    retry_errors: retryErrors = false,
    timestamp,
    ...others
  } = toSnakeCase(options);
  refuseOthers(others, 'run');
  return { concurrencyLimit, extractFunction, retryErrors, timestamp } as PipelineRunOptions;
}

function refuseOthers(others: object, option: string): void {
  const [name] = Object.keys(others);
  if (name === undefined) return;
  throw new ConfigError('DGT_OPTION_INVALID', { option, expected: 'names that are documented', value: name });
}
