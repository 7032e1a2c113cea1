import { expect, it } from 'vitest';
import { toSamplingOptions } from './sampling.js';

it('takes the defaults of llama.cpp and the seed of the call for what is left out', () => {
  expect(toSamplingOptions({}, 7)).toEqual({
    temperature: 0.8,
    topK: 40,
    topP: 0.95,
    minP: 0.05,
    seed: 7,
    repeatPenalty: false,
    customStopTriggers: [],
  });
});

it('hands on what the request says', () => {
  const parameters = { temperature: 0, top_k: -1, top_p: 1, min_p: 0, seed: -1, stop: ['\n'] };
  expect(toSamplingOptions({ ...parameters, presence_penalty: 0.5 }, 7)).toEqual({
    temperature: 0,
    topK: 0,
    topP: 1,
    minP: 0,
    seed: 2 ** 32 - 1,
    repeatPenalty: { penalty: 1, frequencyPenalty: 0, presencePenalty: 0.5 },
    customStopTriggers: ['\n'],
  });
});
