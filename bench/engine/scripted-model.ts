import { registerBlock, type LMClient } from '@dgt/core';
import { ModelProvider, type Method, type ParameterNames } from '@dgt/llm';
import { setTimeout as delay } from 'node:timers/promises';
import { writeAnswer } from './pairs.js';

/** What the scripted model does; set before a run. */
export const script: {
  /** How long answer number n takes; 0 answers at once. @unit milliseconds */
  latencyOf: (number: number) => number;
  onCall: () => void;
  calls: number;
} = { latencyOf: () => 0, onCall: () => {}, calls: 0 };

/** Answers call number n with pair number n. */
export async function answer(): Promise<string> {
  const number = script.calls++;
  script.onCall();
  const latency = script.latencyOf(number);
  if (latency > 0) await delay(latency);
  return writeAnswer(number);
}

/** A model inside of this process, behind the same layers as every other: ledger, retry, limiter. */
@registerBlock('bench_model')
export class ScriptedModel extends ModelProvider {
  static override readonly providerName = 'bench_model';
  static override readonly parameterNames: ParameterNames = { completion: {}, chat_completion: {} };
  static override readonly defaultMethod: Method = 'completion';

  protected override createClient(): LMClient {
    return {
      endpoint: 'bench',
      model: 'scripted',
      complete: async () => ({
        choices: [{ text: await answer(), finish_reason: 'stop' }],
        usage: { prompt_tokens: 120, completion_tokens: 50 },
      }),
      checkAvailability: () => Promise.resolve({ available: true }),
      close: () => Promise.resolve(),
    };
  }
}
