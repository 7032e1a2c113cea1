import { setTimeout } from 'node:timers/promises';
import { RunError } from '@dgt/core';
import type * as NodeLlamaCpp from 'node-llama-cpp';

/** node-llama-cpp itself, and its binding to llama.cpp. */
export interface Runtime {
  readonly library: typeof NodeLlamaCpp;
  readonly llama: NodeLlamaCpp.Llama;
  /** What llama.cpp has said of errors since this was last asked, for error messages. */
  takeComplaints(): Promise<string>;
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
  const complaints: string[] = [];
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
          if (complaints.length < 20) complaints.push(message.trim().replace(/^\w+: /, ''));
        },
        // Each context states its own number of threads; a common limit would make contexts wait for each other.
        maxThreads: 0,
      }),
    );
    return { library, llama, takeComplaints: () => takeComplaints(complaints) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const platform = `${process.platform} ${process.arch}`;
    throw new RunError('DGT_MODEL_RUNTIME_MISSING', { platform, reason }, { cause: error });
  }
}

async function takeComplaints(complaints: string[]): Promise<string> {
  // llama.cpp writes its log from another thread: the lines arrive a moment after the failure that they explain.
  await setTimeout(50);
  return [...new Set(complaints.splice(0))].join('; ');
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
