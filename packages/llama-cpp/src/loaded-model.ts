import { availableParallelism } from 'node:os';
import { ConfigError, ProviderError } from '@dgt/core';
import type { ChatWrapper, LlamaContextSequence, LlamaModel } from 'node-llama-cpp';
import { JsonGrammars } from './json-grammar.js';
import type { ModelFile } from './model-files.js';
import { openSequences, type DecodingSettings, type OpenSequences } from './open-sequences.js';
import { loadRuntime, type Runtime } from './runtime.js';
import { SequencePool } from './sequence-pool.js';

/** How a model file is loaded; what is left out depends on the model. */
export interface LoadSettings extends Partial<DecodingSettings> {
  readonly sequences: number;
  readonly gpu: boolean;
}

/** A model in memory, ready to generate. */
export interface LoadedModel {
  readonly runtime: Runtime;
  readonly model: LlamaModel;
  readonly chatWrapper: ChatWrapper;
  readonly grammars: JsonGrammars;
  readonly pool: SequencePool<LlamaContextSequence>;
  /** Prompt and answer together. @unit tokens */
  readonly contextSize: number;
}

interface Opened extends LoadedModel {
  readonly opened: OpenSequences;
}

/** One model file that several blocks use: loaded for the first of them, freed with the last. */
export class SharedModel {
  readonly #file: ModelFile;
  readonly #settings: LoadSettings;
  #users = 0;
  #loading: Promise<Opened> | undefined;

  constructor(file: ModelFile, settings: LoadSettings) {
    this.#file = file;
    this.#settings = settings;
  }

  /** Loads the model unless it is loaded; every `acquire` needs its `release`, also when it failed. */
  async acquire(): Promise<LoadedModel> {
    this.#users++;
    this.#loading ??= load(this.#file, this.#settings);
    try {
      return await this.#loading;
    } catch (error) {
      this.#loading = undefined;
      throw error;
    }
  }

  async release(): Promise<void> {
    this.#users--;
    if (this.#users > 0) return;
    const loading = this.#loading;
    this.#loading = undefined;
    const loaded = await loading?.catch(() => undefined);
    await loaded?.opened.dispose();
    await loaded?.model.dispose();
  }
}

/** Below this a second thread costs more than it brings, and a batch brings nothing. @unit bytes */
const tinyModelSize = 100_000_000;

async function load(file: ModelFile, settings: LoadSettings): Promise<Opened> {
  const runtime = await loadRuntime(settings.gpu);
  const model = await loadModel(runtime, file, settings);
  try {
    const opened = await openSequences(model, chooseDecoding(file, model, settings));
    return {
      runtime,
      model,
      chatWrapper: runtime.library.resolveChatWrapper(model),
      grammars: new JsonGrammars(runtime),
      pool: new SequencePool(opened.sequences),
      contextSize: opened.contextSize,
      opened,
    };
  } catch (error) {
    await model.dispose();
    throw lackOfMemory(file, error);
  }
}

/** Reads a model file. @throws {@link ConfigError} DGT_MODEL_FILE_INVALID; {@link ProviderError} for lack of memory. */
export async function loadModel(
  runtime: Runtime,
  file: ModelFile,
  { gpu }: Pick<LoadSettings, 'gpu'>,
): Promise<LlamaModel> {
  try {
    return await runtime.llama.loadModel({ modelPath: file.path, gpuLayers: gpu ? 'auto' : 0 });
  } catch (error) {
    if (error instanceof runtime.library.InsufficientMemoryError) throw lackOfMemory(file, error);
    const reason = (await runtime.takeComplaints()) || (error instanceof Error ? error.message : String(error));
    throw new ConfigError('DGT_MODEL_FILE_INVALID', { file: file.path, reason }, { cause: error });
  }
}

/** As many processor threads as help with a model of this size. */
export function chooseThreads(file: ModelFile, { llama }: LlamaModel): number {
  return file.size < tinyModelSize ? 1 : Math.min(llama.cpuMathCores, availableParallelism());
}

function chooseDecoding(file: ModelFile, model: LlamaModel, settings: LoadSettings): DecodingSettings {
  const tiny = file.size < tinyModelSize;
  return {
    sequences: settings.sequences,
    contextSize: settings.contextSize ?? Math.min(model.trainContextSize, tiny ? 1024 : 4096),
    threads: settings.threads ?? chooseThreads(file, model),
    reproducible: settings.reproducible ?? tiny,
  };
}

function lackOfMemory(file: ModelFile, error: unknown): ProviderError {
  const reason = error instanceof Error ? error.message : String(error);
  const details = { provider: 'llama_cpp', endpoint: file.path, reason };
  return new ProviderError('DGT_PROVIDER_UNAVAILABLE', 'fatal', details, { cause: error });
}
