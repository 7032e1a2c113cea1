import { serverFlags, type InferFlag } from './infer-flags.js';
import { refuse, type GivenFlags, type InferSettings } from './infer-settings.js';

/** How to start the server that the flags of one ask for. */
export interface ServerCommand {
  /** The whole command line; undefined for servers of which nothing is known but their address. */
  readonly command: string | undefined;
  /** What became of each flag of the server that was given: `--tp is --tensor-parallel-size 2 of the server`. */
  readonly flags: readonly string[];
}

type ServerFlagName = keyof typeof serverFlags;
type Argument = readonly [flag: string, value: string | number | undefined];

/** Arguments that stand for a flag of `generate_data.py`, or for none. */
interface Part {
  readonly of?: ServerFlagName;
  readonly arguments: readonly Argument[];
}

/**
 * The command line that starts the server.
 *
 * @param given what stood on the command line.
 * @throws ConfigError DGT_OPTION_INVALID
 */
export function describeServer(settings: InferSettings, given: GivenFlags): ServerCommand {
  const parts = listParts(settings);
  const command = startOf(settings);
  const words = parts.flatMap((part) => part.arguments).flatMap(([flag, value]) => writeArgument(flag, value));
  const named = Object.keys(serverFlags).filter((name) => name !== 'serverType' && Object.hasOwn(given, name));
  return {
    command: command === undefined ? undefined : [command, ...words].join(' '),
    flags: named.map((name) => describeFlag(name as ServerFlagName, parts)),
  };
}

function startOf({ serverType, modelNameOrPath, endpointUrl }: InferSettings): string | undefined {
  const model = quote(modelNameOrPath);
  if (serverType === 'vllm') return `vllm serve ${model}`;
  if (serverType === 'sglang') return `python3 -m sglang.launch_server --model-path ${model}`;
  return serverType === 'dummy' ? `dgt fake-server --port ${portOf(endpointUrl)}` : undefined;
}

function describeFlag(name: ServerFlagName, parts: readonly Part[]): string {
  const { flag } = serverFlags[name] as InferFlag;
  const written = parts.filter((part) => part.of === name).flatMap((part) => part.arguments);
  if (written.length === 0) return `${flag} adds nothing to the command of the server`;
  return `${flag} is ${written.map(([own, value]) => writeArgument(own, value).join(' ')).join(' ')} of the server`;
}

function listParts(settings: InferSettings): readonly Part[] {
  if (settings.serverType === 'vllm') return listVllmParts(settings);
  return settings.serverType === 'sglang' ? listSglangParts(settings) : [];
}

function listVllmParts(settings: InferSettings): readonly Part[] {
  const { tp, pp, dp, nodesPerTask, gdnPrefillBackend, kvCacheDtype } = settings;
  const speculative = readSpeculativeConfig(settings.speculativeConfig);
  const quantization = readOff(settings.quantization);
  return [
    part(undefined, ['--port', portOf(settings.endpointUrl)]),
    part(undefined, ['--revision', settings.modelRevision]),
    part(undefined, ['--max-model-len', settings.modelMaxContext]),
    part(undefined, ['--dtype', 'bfloat16']),
    // The original gives it to every server, whatever the flag says: then any model may run code.
    ...(settings.trustRemoteCode ? [part('trustRemoteCode', ['--trust-remote-code', undefined])] : []),
    part('tp', ['--tensor-parallel-size', tp]),
    part('pp', ['--pipeline-parallel-size', pp]),
    part('dp', ['--data-parallel-size', dp]),
    ...(nodesPerTask > 1 ? [part('nodesPerTask', ['--distributed-executor-backend', 'ray'])] : []),
    part('maxNumSeqs', ['--max-num-seqs', settings.maxNumSeqs]),
    part('maxNumBatchedTokens', ['--max-num-batched-tokens', settings.maxNumBatchedTokens]),
    part('gpuMemoryUtilization', ['--gpu-memory-utilization', settings.gpuMemoryUtilization]),
    part('blockSize', ['--block-size', settings.blockSize]),
    ...(gdnPrefillBackend === undefined
      ? []
      : [part('gdnPrefillBackend', ['--gdn-prefill-backend', gdnPrefillBackend])]),
    ...(speculative === undefined ? [] : [part('speculativeConfig', ['--speculative-config', speculative])]),
    ...(quantization === undefined ? [] : [part('quantization', ['--quantization', quantization])]),
    ...(kvCacheDtype === 'auto'
      ? []
      : [part('kvCacheDtype', ['--kv-cache-dtype', kvCacheDtype], ['--calculate-kv-scales', undefined])]),
    part('optimizationLevel', ['--optimization-level', settings.optimizationLevel]),
  ];
}

function listSglangParts(settings: InferSettings): readonly Part[] {
  const { kvCacheDtype } = settings;
  const quantization = readOff(settings.quantization);
  return [
    part(undefined, ['--port', portOf(settings.endpointUrl)]),
    part(undefined, ['--revision', settings.modelRevision]),
    part(undefined, ['--context-length', settings.modelMaxContext]),
    ...(settings.trustRemoteCode ? [part('trustRemoteCode', ['--trust-remote-code', undefined])] : []),
    part('tp', ['--tp-size', settings.tp]),
    part('pp', ['--pp-size', settings.pp]),
    part('dp', ['--dp-size', settings.dp]),
    ...(settings.nodesPerTask > 1 ? [part('nodesPerTask', ['--nnodes', settings.nodesPerTask])] : []),
    part('maxNumSeqs', ['--max-running-requests', settings.maxNumSeqs]),
    part('maxNumBatchedTokens', ['--chunked-prefill-size', settings.maxNumBatchedTokens]),
    part('gpuMemoryUtilization', ['--mem-fraction-static', settings.gpuMemoryUtilization]),
    part('blockSize', ['--page-size', settings.blockSize]),
    ...(quantization === undefined ? [] : [part('quantization', ['--quantization', quantization])]),
    ...(kvCacheDtype === 'auto' ? [] : [part('kvCacheDtype', ['--kv-cache-dtype', kvCacheDtype])]),
  ];
}

function part(of: ServerFlagName | undefined, ...written: readonly Argument[]): Part {
  return { ...(of !== undefined && { of }), arguments: written };
}

/** What is looked up in the prompt is one token shorter than what is guessed. */
function readSpeculativeConfig(written: string | undefined): string | undefined {
  const text = readOff(written);
  if (text === undefined) return undefined;
  let config: unknown;
  try {
    config = JSON.parse(text);
  } catch {
    throw refuse('--speculative-config', 'JSON, such as {"method":"ngram","num_speculative_tokens":6}', text);
  }
  const { method, num_speculative_tokens: count } = config as Readonly<Record<string, unknown>>;
  const isLookup = method === 'ngram' && typeof count === 'number';
  return JSON.stringify(isLookup ? { ...(config as object), prompt_lookup_max: Math.max(0, count - 1) } : config);
}

/** `none`, `null` and an empty text mean that something is off. */
function readOff(written: string | undefined): string | undefined {
  return written === undefined || /^\s*(none|null)?\s*$/i.test(written) ? undefined : written;
}

function portOf(url: string): string {
  const { port, protocol } = URL.canParse(url) ? new URL(url) : { port: '', protocol: 'http:' };
  return port || (protocol === 'https:' ? '443' : '80');
}

function writeArgument(flag: string, value: string | number | undefined): string[] {
  return value === undefined ? [flag] : [flag, quote(String(value))];
}

function quote(text: string): string {
  return /^[\w./:@=+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
