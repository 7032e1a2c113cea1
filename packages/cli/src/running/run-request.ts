import { ConfigError } from '@dgt/core';
import { durationPattern, parseShard, type ChangeMode, type RunnerConfig, type ShardName } from '@dgt/runner';
import type { ReadFlags, RunFlags } from '../program.js';

/** What `dgt run` asks of the engine. */
export interface RunRequest {
  readonly taskPaths: readonly string[];
  /** Settings that win over the task files. */
  readonly overrides: RunnerConfig;
  readonly mode: ChangeMode;
  readonly restart: boolean;
  readonly retryErrors: boolean;
  readonly adopt: boolean;
  readonly shard: ShardName | undefined;
}

/** Settings of `runner_config` that are numbers, by the options that set them. */
const numberOptions = {
  numOutputsToGenerate: ['num_outputs_to_generate', '--num-outputs-to-generate'],
  seedBatchSize: ['seed_batch_size', '--seed-batch-size'],
  machineBatchSize: ['machine_batch_size', '--machine-batch-size'],
  randomSeed: ['random_seed', '--random-seed'],
  maxGenRequests: ['max_attempts', '--max-gen-requests'],
  maxStalledRequests: ['max_stalled_attempts', '--max-stalled-requests'],
  maxTokens: ['max_tokens', '--max-tokens'],
} as const satisfies Partial<Record<keyof RunFlags, readonly [keyof RunnerConfig, string]>>;

/**
 * Reads the options of `dgt run`. The range of a number is checked with the files, in one go.
 *
 * @throws {@link ConfigError} DGT_PATHS_MISSING, DGT_OPTION_INVALID, DGT_OPTIONS_CONFLICT
 */
export function readRunRequest(flags: RunFlags): RunRequest {
  const taskPaths = requireTaskPaths(flags);
  const overrides: Record<string, unknown> = {};
  for (const [flag, [setting, option]] of Object.entries(numberOptions)) {
    const text = flags[flag as keyof typeof numberOptions];
    if (text !== undefined) overrides[setting] = readWholeNumber(text, option);
  }
  if (flags.maxCost !== undefined) overrides['max_cost'] = readAmount(flags.maxCost, '--max-cost');
  if (flags.maxTime !== undefined) overrides['max_time'] = readTime(flags.maxTime, '--max-time');
  if (flags.outputDir !== undefined) overrides['output_dir'] = flags.outputDir;
  if (flags.saveFormattedOutput === true) overrides['save_formatted_output'] = true;
  const chosen = (['restart', 'replay', 'continue'] as const).filter((name) => flags[name] === true);
  if (chosen.length > 1) {
    const options = chosen.map((name) => `--${name}`).join(' and ');
    throw new ConfigError('DGT_OPTIONS_CONFLICT', { options });
  }
  const [choice] = chosen;
  return {
    taskPaths,
    overrides,
    restart: choice === 'restart',
    mode: choice === 'restart' ? undefined : choice,
    retryErrors: flags.retryErrors === true,
    adopt: flags.adopt === true,
    shard: flags.shard === undefined ? undefined : parseShard(flags.shard),
  };
}

/** What `dgt run --preview` asks of the engine. */
export interface PreviewRequest extends Pick<RunRequest, 'taskPaths' | 'overrides'> {
  readonly rows: number;
}

/**
 * Reads the options of `dgt run --preview`.
 *
 * @throws {@link ConfigError} DGT_PATHS_MISSING, DGT_OPTION_INVALID, DGT_OPTIONS_CONFLICT
 */
export function readPreviewRequest(flags: RunFlags): PreviewRequest {
  const { taskPaths, overrides } = readRunRequest(flags);
  // A preview has no earlier results to decide about.
  const about = {
    restart: '--restart',
    replay: '--replay',
    continue: '--continue',
    retryErrors: '--retry-errors',
    adopt: '--adopt',
  };
  for (const [flag, option] of Object.entries(about)) {
    if (flags[flag as keyof typeof about] === true)
      throw new ConfigError('DGT_OPTIONS_CONFLICT', { options: `--preview and ${option}` });
  }
  const rows = readWholeNumber(flags.preview ?? '', '--preview');
  if (rows < 1)
    throw new ConfigError('DGT_OPTION_INVALID', { option: '--preview', expected: 'at least 1', value: rows });
  return { taskPaths, overrides, rows };
}

/** @throws {@link ConfigError} DGT_PATHS_MISSING when no path is given, and no file that may name some. */
export function requireTaskPaths({ taskPaths, configPath }: ReadFlags): readonly string[] {
  if (taskPaths.length > 0 || configPath !== undefined) return taskPaths;
  throw new ConfigError('DGT_PATHS_MISSING');
}

/** @throws {@link ConfigError} DGT_OPTION_INVALID */
export function readAmount(text: string, option: string): number {
  const value = Number(text.replace(/^\$/, ''));
  if (value > 0 && Number.isFinite(value)) return value;
  throw new ConfigError('DGT_OPTION_INVALID', {
    option,
    expected: 'dollars, such as 2.50',
    value: JSON.stringify(text),
  });
}

/** @throws {@link ConfigError} DGT_OPTION_INVALID */
export function readTime(text: string, option: string): string {
  if (new RegExp(durationPattern).test(text)) return text;
  throw new ConfigError('DGT_OPTION_INVALID', {
    option,
    expected: 'a time, such as 30min',
    value: JSON.stringify(text),
  });
}

/** @throws {@link ConfigError} DGT_OPTION_INVALID */
export function readWholeNumber(text: string, option: string): number {
  const value = Number(text);
  if (/^[+-]?\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new ConfigError('DGT_OPTION_INVALID', { option, expected: 'a whole number', value: JSON.stringify(text) });
}
