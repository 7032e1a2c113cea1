import type { LMAnswer, LMChoice, LMRequest } from '@dgt/core';
import type { LlamaContextSequence, LlamaGrammar } from 'node-llama-cpp';
import { refuseRequest } from './chat-history.js';
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
  readonly reasoning?: string;
  readonly calls?: LMChoice['tool_calls'];
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
  const { prompt } = generation;
  const grammar = await readGrammar(generation, loaded);
  const options = readOptions(generation, grammar);
  await sequence.clearHistory();
  const before = sequence.tokenMeter.getState();
  const written = await write(prompt, options, sequence, loaded);
  const { usedInputTokens, usedOutputTokens } = sequence.tokenMeter.diff(before);
  const { text, stopReason, reasoning, calls } = written;
  const choice: LMChoice = {
    text,
    finish_reason: toFinishReason(stopReason),
    ...(reasoning && { reasoning }),
    ...(calls && { tool_calls: calls }),
  };
  return {
    choices: [choice],
    // The last token of the prompt is counted as output, since the first token of the answer comes out of it.
    usage: { prompt_tokens: usedInputTokens + 1, completion_tokens: usedOutputTokens },
  };
}

async function readGrammar(
  { request, prompt }: Generation,
  { grammars }: LoadedModel,
): Promise<LlamaGrammar | undefined> {
  const { response_format: format, guided_grammar: text } = request.parameters;
  if (format === undefined && text === undefined) return undefined;
  if (format !== undefined && text !== undefined) {
    throw refuseRequest(request, 'response_format and guided_grammar exclude each other');
  }
  if (prompt.kind === 'chat' && prompt.functions !== undefined) {
    throw refuseRequest(request, 'tools and a form of the answer exclude each other in a model file');
  }
  return text === undefined ? grammars.get(format as NonNullable<typeof format>) : grammars.read(text);
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
    const { grammar, ...rest } = options;
    const { functions } = prompt;
    const shape = functions === undefined ? grammar && { grammar } : { functions, documentFunctionParams: true };
    const written = await chat.generateResponse(prompt.history, { ...rest, ...shape, contextShift: { size: 1 } });
    const calls = (written.functionCalls ?? []) as readonly { functionName: string; params: unknown }[];
    const thoughts = written.fullResponse.flatMap((part) =>
      typeof part !== 'string' && part.segmentType === 'thought' ? [part.text] : [],
    );
    return {
      text: written.response,
      stopReason: written.metadata.stopReason,
      reasoning: thoughts.join('\n').trim(),
      ...(calls.length > 0 && { calls: calls.map(toToolCall) }),
    };
  } finally {
    chat.dispose({ disposeSequence: false });
  }
}

function toToolCall({ functionName, params }: { functionName: string; params: unknown }, index: number) {
  return { id: `call_${index}`, name: functionName, arguments: JSON.stringify(params ?? {}) };
}

function toFinishReason(stopReason: string): LMChoice['finish_reason'] {
  if (stopReason === 'maxTokens') return 'length';
  if (stopReason === 'functionCalls') return 'tool_calls';
  return ['eogToken', 'stopGenerationTrigger', 'customStopTrigger'].includes(stopReason) ? 'stop' : 'other';
}
