import type { LMAnswer, LMRequest } from '@dgt/core';
import type { LlamaContextSequence, LlamaGrammar } from 'node-llama-cpp';
import type { LoadedModel } from './loaded-model.js';
import type { Prompt } from './prompt.js';
import { toSamplingOptions } from './sampling.js';

/** One answer to generate. */
export interface Generation {
  readonly request: LMRequest;
  readonly prompt: Prompt;
  /** For a request without a `seed`. */
  readonly callSeed: number;
  readonly signal: AbortSignal;
}

interface Written {
  readonly text: string;
  readonly stopReason: string;
}

type GenerationOptions = ReturnType<typeof readOptions>;

/**
 * Generates one answer in a sequence of its own. Ends early with the reason of the signal, between two tokens.
 */
export async function generate(
  generation: Generation,
  sequence: LlamaContextSequence,
  loaded: LoadedModel,
): Promise<LMAnswer> {
  const { prompt, request } = generation;
  const { response_format: format } = request.parameters;
  const grammar = format && (await loaded.grammars.get(format));
  const options = readOptions(generation, grammar);
  await sequence.clearHistory();
  const before = sequence.tokenMeter.getState();
  const written = await write(prompt, options, sequence, loaded);
  const { usedInputTokens, usedOutputTokens } = sequence.tokenMeter.diff(before);
  return {
    text: written.text,
    finish_reason: toFinishReason(written.stopReason),
    // The last token of the prompt is counted as output, since the first token of the answer comes out of it.
    usage: { prompt_tokens: usedInputTokens + 1, completion_tokens: usedOutputTokens },
  };
}

function readOptions({ prompt, request, callSeed, signal }: Generation, grammar: LlamaGrammar | undefined) {
  const { parameters } = request;
  return {
    ...toSamplingOptions(parameters, callSeed),
    ...(grammar === undefined ? {} : { grammar }),
    maxTokens: Math.min(parameters.max_tokens ?? prompt.answerRoom, prompt.answerRoom),
    signal,
  };
}

function write(
  prompt: Prompt,
  options: GenerationOptions,
  sequence: LlamaContextSequence,
  loaded: LoadedModel,
): Promise<Written> {
  if (prompt.kind === 'chat') return writeReply(prompt, options, sequence, loaded);
  return continueText(prompt, options, sequence, loaded);
}

async function continueText(
  prompt: Prompt & { kind: 'completion' },
  options: GenerationOptions,
  contextSequence: LlamaContextSequence,
  { runtime }: LoadedModel,
): Promise<Written> {
  const completion = new runtime.library.LlamaCompletion({ contextSequence });
  try {
    // Without these two the start of a long prompt would be cut off in silence.
    const whole = { contextShiftSize: 1, disableContextShift: true };
    const { response, metadata } = await completion.generateCompletionWithMeta(prompt.tokens, { ...options, ...whole });
    return { text: response, stopReason: metadata.stopReason };
  } finally {
    completion.dispose({ disposeSequence: false });
  }
}

async function writeReply(
  prompt: Prompt & { kind: 'chat' },
  options: GenerationOptions,
  contextSequence: LlamaContextSequence,
  { runtime, chatWrapper }: LoadedModel,
): Promise<Written> {
  const chat = new runtime.library.LlamaChat({ contextSequence, chatWrapper });
  try {
    const { response, metadata } = await chat.generateResponse(prompt.history, {
      ...options,
      contextShift: { size: 1 },
    });
    return { text: response, stopReason: metadata.stopReason };
  } finally {
    chat.dispose({ disposeSequence: false });
  }
}

function toFinishReason(stopReason: string): LMAnswer['finish_reason'] {
  if (stopReason === 'maxTokens') return 'length';
  return ['eogToken', 'stopGenerationTrigger', 'customStopTrigger'].includes(stopReason) ? 'stop' : 'other';
}
