import type { LMParameters } from '@dgt/core';

/** How the next token is chosen, in the terms of node-llama-cpp. */
export interface SamplingOptions {
  readonly temperature: number;
  readonly topK: number;
  readonly topP: number;
  readonly minP: number;
  readonly seed: number;
  readonly repeatPenalty: false | RepeatPenalty;
  readonly customStopTriggers: readonly string[];
}

interface RepeatPenalty {
  readonly penalty: number;
  readonly frequencyPenalty: number;
  readonly presencePenalty: number;
}

/** What llama.cpp's own programs use when nothing is said; penalties are off. */
const defaults = { temperature: 0.8, top_k: 40, top_p: 0.95, min_p: 0.05 } as const;

/**
 * Brings dgt's parameters to llama.cpp. Left out: temperature 0.8, top_k 40, top_p 0.95, min_p 0.05, no penalties. Penalties
 * look back over the last 64 tokens of the answer.
 *
 * @param callSeed the number that belongs to the call, for a request without a `seed`: a run that is repeated draws the same.
 */
export function toSamplingOptions(parameters: LMParameters, callSeed: number): SamplingOptions {
  const { temperature, top_k, top_p, min_p } = { ...defaults, ...parameters };
  return {
    temperature,
    topK: Math.max(0, top_k),
    topP: top_p,
    minP: min_p,
    seed: (parameters.seed ?? callSeed) >>> 0,
    repeatPenalty: toRepeatPenalty(parameters),
    customStopTriggers: parameters.stop ?? [],
  };
}

function toRepeatPenalty(parameters: LMParameters): false | RepeatPenalty {
  const { repeat_penalty: penalty = 1, frequency_penalty = 0, presence_penalty = 0 } = parameters;
  if (penalty === 1 && frequency_penalty === 0 && presence_penalty === 0) return false;
  return { penalty, frequencyPenalty: frequency_penalty, presencePenalty: presence_penalty };
}
