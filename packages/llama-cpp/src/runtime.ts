import { RunError } from '@dgt/core';
import type * as NodeLlamaCpp from 'node-llama-cpp';

/** node-llama-cpp itself, and its binding to llama.cpp. */
export interface Runtime {
  readonly library: typeof NodeLlamaCpp;
  readonly llama: NodeLlamaCpp.Llama;
  /** What llama.cpp said last when something failed, for error messages. */
  readonly lastComplaint: () => string | undefined;
}

const runtimes = new Map<boolean, Promise<Runtime>>();

/**
 * Loads node-llama-cpp and its binary, once a process for each kind. Nothing of it is imported before the first call, so
 * that a run without in-process models pays nothing for it.
 *
 * @param gpu whether to look for a graphics card; without it only processors are used.
 * @throws {@link RunError} DGT_MODEL_RUNTIME_MISSING.
 */
export function loadRuntime(gpu: boolean): Promise<Runtime> {
  let runtime = runtimes.get(gpu);
  if (runtime === undefined) {
    runtime = openRuntime(gpu);
    runtimes.set(gpu, runtime);
  }
  return runtime;
}

async function openRuntime(gpu: boolean): Promise<Runtime> {
  let complaint: string | undefined;
  try {
    const library = await import('node-llama-cpp');
    const llama = await withPlainForks(() =>
      library.getLlama({
        gpu: gpu ? 'auto' : processorOnly(),
        build: 'never',
        skipDownload: true,
        progressLogs: false,
        logLevel: library.LlamaLogLevel.error,
        logger: (_level, message) => {
          complaint = message.trim();
        },
        // Each context states its own number of threads; a common limit would make contexts wait for each other.
        maxThreads: 0,
      }),
    );
    return { library, llama, lastComplaint: () => complaint };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const platform = `${process.platform} ${process.arch}`;
    throw new RunError('DGT_MODEL_RUNTIME_MISSING', { platform, reason }, { cause: error });
  }
}

/** Apple silicon has one binary, which can also compute on the processor alone: see `gpuLayers`. */
function processorOnly(): 'metal' | false {
  return process.platform === 'darwin' && process.arch === 'arm64' ? 'metal' : false;
}

/**
 * node-llama-cpp tries its binary out in a forked process, and a fork inherits `process.execArgv`: flags such as `--eval` or
 * `--input-type` make it fail, loaders make it slow.
 */
async function withPlainForks<T>(work: () => Promise<T>): Promise<T> {
  const { execArgv } = process;
  process.execArgv = [];
  try {
    return await work();
  } finally {
    process.execArgv = execArgv;
  }
}
