import { describe, expect, it } from 'vitest';
import { describeSettings, resolveRunnerSettings, type RunnerConfig } from './runner-settings.js';

const place = { workingFolder: '/work', environment: {} };

/** Every key but the folder, none at its default. */
const all: RunnerConfig = {
  num_outputs_to_generate: 7,
  seed_batch_size: 3,
  machine_batch_size: 4,
  random_seed: 5,
  max_attempts: 6,
  max_stalled_attempts: 8,
  max_stalled_rows: 9,
  min_yield: 0.5,
  max_tokens: 1000,
  max_cost: 2.5,
  max_time: 90,
  budget: 'strict',
  durability: 'power',
  record_requests: true,
  max_error_rate: 0.1,
  transform_batch_size: 11,
  records_per_chunk: 12,
  save_formatted_output: false,
};

describe('the settings of a run', () => {
  it.each([
    ['all of them', all],
    ['the defaults', {}],
  ])('are described as a file would say them: %s', (_, given) => {
    const settings = resolveRunnerSettings(given, place);
    const described = describeSettings(settings);
    expect(described).toMatchObject(given);
    expect(Object.keys(described).filter((key) => !(key in all))).toEqual([]);
    expect(resolveRunnerSettings(described, place)).toEqual(settings);
  });
});
