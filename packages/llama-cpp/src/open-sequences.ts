import { availableParallelism } from 'node:os';
import type { LlamaContext, LlamaContextSequence, LlamaModel } from 'node-llama-cpp';
import { sampleOneByOne } from './serial-sampling.js';

/** How many answers are generated at once, and how. */
export interface DecodingSettings {
  /** The most answers at once. */
  readonly sequences: number;
  /** The length of each sequence, prompt and answer together. @unit tokens */
  readonly contextSize: number;
  /** Processor threads of one context. */
  readonly threads: number;
  /**
   * Whether each sequence is computed by itself. Then the same prompt and seed give the same text whatever else runs;
   * otherwise all sequences are computed as one batch, which rounds differently with their number, and is the faster the
   * larger the model.
   */
  readonly reproducible: boolean;
}

/** The sequences of a model, and what they lie in. */
export interface OpenSequences {
  readonly sequences: readonly LlamaContextSequence[];
  readonly contextSize: number;
  dispose(): Promise<void>;
}

/** Makes the memory for several answers at once. When there is not enough of it, half as many are tried. */
export async function openSequences(model: LlamaModel, settings: DecodingSettings): Promise<OpenSequences> {
  for (let count = settings.sequences; ; count = Math.floor(count / 2)) {
    try {
      return await open(model, { ...settings, sequences: count });
    } catch (error) {
      if (count === 1 || !isMemoryError(error)) throw error;
    }
  }
}

async function open(model: LlamaModel, settings: DecodingSettings): Promise<OpenSequences> {
  if (!settings.reproducible) {
    const context = await createContext(model, settings, settings.sequences);
    if (sampleOneByOne(context)) return describe([context]);
    await context.dispose();
  }
  return openApart(model, settings);
}

/** One context for each sequence: they share the weights and are computed on different processors at the same time. */
async function openApart(model: LlamaModel, settings: DecodingSettings): Promise<OpenSequences> {
  // One more than the processors can serve hides the time in which an answer's next step is prepared.
  const useful = Math.ceil(availableParallelism() / settings.threads) + 1;
  const contexts: LlamaContext[] = [];
  try {
    while (contexts.length < Math.min(settings.sequences, useful))
      contexts.push(await createContext(model, settings, 1));
  } catch (error) {
    await Promise.all(contexts.map((context) => context.dispose()));
    throw error;
  }
  return describe(contexts);
}

function createContext(model: LlamaModel, settings: DecodingSettings, sequences: number): Promise<LlamaContext> {
  const { contextSize, threads } = settings;
  return model.createContext({ sequences, contextSize, threads, failedCreationRemedy: false });
}

function describe(contexts: readonly LlamaContext[]): OpenSequences {
  const sequences = contexts.flatMap((context) =>
    Array.from({ length: context.totalSequences }, () => context.getSequence()),
  );
  return {
    sequences,
    contextSize: contexts[0]?.contextSize ?? 0,
    dispose: async () => {
      await Promise.all(contexts.map((context) => context.dispose()));
    },
  };
}

function isMemoryError(error: unknown): boolean {
  return error instanceof Error && error.constructor.name === 'InsufficientMemoryError';
}
