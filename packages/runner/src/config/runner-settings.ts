import { resolve } from 'node:path';
import { compileSchema, Type, type Static } from '@dgt/core';
import { durationPattern, readDuration } from '../budget/duration.js';
import type { RunLimits } from '../budget/run-limits.js';
import type { Environment } from './environment.js';
import type { Problems } from './problems.js';

/** Keys of `runner_config` that may also stand at the top level of a task file. */
export const sharedFields = {
  num_outputs_to_generate: Type.Optional(Type.Integer({ minimum: 0 })),
  seed_batch_size: Type.Optional(Type.Integer({ minimum: 1 })),
  machine_batch_size: Type.Optional(Type.Integer({ minimum: 0 })),
  random_seed: Type.Optional(Type.Integer()),
};

/** What `runner_config` of a task file takes. */
export const runnerConfigFields = {
  ...sharedFields,
  output_dir: Type.Optional(Type.String({ minLength: 1 })),
  max_attempts: Type.Optional(Type.Integer({ minimum: 1 })),
  max_stalled_attempts: Type.Optional(Type.Integer({ minimum: 1 })),
  max_stalled_rows: Type.Optional(Type.Integer({ minimum: 1 })),
  min_yield: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
  max_tokens: Type.Optional(Type.Integer({ minimum: 1 })),
  max_cost: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
  max_time: Type.Optional(
    Type.Union([Type.Number({ exclusiveMinimum: 0 }), Type.String({ pattern: durationPattern })]),
  ),
  budget: Type.Optional(Type.Union([Type.Literal('expected'), Type.Literal('strict')])),
  durability: Type.Optional(Type.Union([Type.Literal('process'), Type.Literal('power')])),
  record_requests: Type.Optional(Type.Boolean()),
  max_error_rate: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
  transform_batch_size: Type.Optional(Type.Integer({ minimum: 1 })),
  records_per_chunk: Type.Optional(Type.Integer({ minimum: 1 })),
  save_formatted_output: Type.Optional(Type.Boolean()),
};

const runnerConfig = Type.Object(runnerConfigFields, { additionalProperties: false });

/** `runner_config` as a file or the command line gives it: nothing is required. */
export type RunnerConfig = Static<typeof runnerConfig>;

/** How one task is run, every default filled in. */
export interface RunnerSettings {
  /** Absolute; the task's own folder is below it. */
  readonly outputDir: string;
  /** The quota. @defaultValue 50. Minimum: 0 */
  readonly numOutputsToGenerate: number;
  /**
   * Seeds in each attempt. Left out, the engine takes the quota that the dataset is begun with, at most 100, and keeps to it
   * when the quota grows. Minimum: 1
   */
  readonly seedBatchSize: number | undefined;
  /** The most synthetic rows in each attempt. @defaultValue 10. Minimum: 0 */
  readonly machineBatchSize: number;
  /** @defaultValue 0 */
  readonly randomSeed: number;
  /** The run ends after this many attempts. @defaultValue without limit */
  readonly maxAttempts: number | undefined;
  /** The run ends after this many attempts in a row without an accepted row. @defaultValue 100 */
  readonly maxStalledAttempts: number;
  /** The run ends after this many candidates in a row that were all rejected. @defaultValue 1,000 */
  readonly maxStalledRows: number;
  /** The run ends when fewer of the last 5,000 candidates were accepted. Range: 0 to 1. @defaultValue 0.005 */
  readonly minYield: number;
  /** What all runs of the dataset may take, and for how long this one may go on. @defaultValue without limit */
  readonly limits: RunLimits;
  /** What a recorded answer survives: the end of the process, or of the machine's power. @defaultValue 'process' */
  readonly durability: 'process' | 'power';
  /** Whether the ledger keeps the requests too. @defaultValue false */
  readonly recordRequests: boolean;
  /** A transformation ends when a larger share of its inputs, of at least 20, ended as errors. @defaultValue 0.2 */
  readonly maxErrorRate: number;
  /** Rows that `transformBatch` is given at once. @defaultValue 100. Minimum: 1 */
  readonly transformBatchSize: number;
  /**
   * Rows of the input whose output a file of its own holds, in a transformation; also the chunks that `--shard` deals out.
   * @defaultValue one file for all. Minimum: 1
   */
  readonly recordsPerChunk: number | undefined;
  /** Whether formatted_data is written; undefined where nothing is said. */
  readonly saveFormattedOutput: boolean | undefined;
}

/** Fills in the defaults. Relative folders start at the working folder. */
export function resolveRunnerSettings(
  given: RunnerConfig,
  options: { workingFolder: string; environment: Environment },
): RunnerSettings {
  const outputDir = given.output_dir ?? (options.environment['DGT_OUTPUT_DIR'] || 'output');
  return {
    outputDir: resolve(options.workingFolder, outputDir),
    numOutputsToGenerate: given.num_outputs_to_generate ?? 50,
    seedBatchSize: given.seed_batch_size,
    machineBatchSize: given.machine_batch_size ?? 10,
    randomSeed: given.random_seed ?? 0,
    maxAttempts: given.max_attempts,
    maxStalledAttempts: given.max_stalled_attempts ?? 100,
    maxStalledRows: given.max_stalled_rows ?? 1000,
    minYield: given.min_yield ?? 0.005,
    limits: {
      maxTokens: given.max_tokens,
      maxCost: given.max_cost,
      maxTimeMs: given.max_time === undefined ? undefined : readDuration(given.max_time),
      isStrict: given.budget === 'strict',
    },
    durability: given.durability ?? 'process',
    recordRequests: given.record_requests ?? false,
    maxErrorRate: given.max_error_rate ?? 0.2,
    transformBatchSize: given.transform_batch_size ?? 100,
    recordsPerChunk: given.records_per_chunk,
    saveFormattedOutput: given.save_formatted_output,
  };
}

/** Settings as `runner_config` of a file would say them, the folder left out. */
export function describeSettings(settings: RunnerSettings): RunnerConfig {
  const { maxTokens, maxCost, maxTimeMs, isStrict } = settings.limits;
  const said = {
    num_outputs_to_generate: settings.numOutputsToGenerate,
    seed_batch_size: settings.seedBatchSize,
    machine_batch_size: settings.machineBatchSize,
    random_seed: settings.randomSeed,
    max_attempts: settings.maxAttempts,
    max_stalled_attempts: settings.maxStalledAttempts,
    max_stalled_rows: settings.maxStalledRows,
    min_yield: settings.minYield,
    max_tokens: maxTokens,
    max_cost: maxCost,
    max_time: maxTimeMs === undefined ? undefined : maxTimeMs / 1000,
    budget: isStrict ? 'strict' : 'expected',
    durability: settings.durability,
    record_requests: settings.recordRequests,
    max_error_rate: settings.maxErrorRate,
    transform_batch_size: settings.transformBatchSize,
    records_per_chunk: settings.recordsPerChunk,
    save_formatted_output: settings.saveFormattedOutput,
  } satisfies Record<Exclude<keyof RunnerConfig, 'output_dir'>, unknown>;
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
}

const optionNames: Readonly<Record<string, string>> = {
  max_attempts: '--max-gen-requests',
  max_stalled_attempts: '--max-stalled-requests',
};

/** Checks what the command line says instead of the files, and reports each problem under the name of its option. */
export function checkOverrides(overrides: RunnerConfig, problems: Problems): void {
  for (const { path, problem, unknownKey } of compileSchema(runnerConfig).check({ ...overrides })) {
    const key = String(unknownKey ?? path[0] ?? '');
    const option = optionNames[key] ?? `--${key.replaceAll('_', '-')}`;
    problems.add({ file: option, problem, code: 'DGT_OPTION_INVALID' });
  }
}
