/** What a flag takes: a text, whole numbers from some least one, a number, or nothing. */
export type FlagKind = 'text' | 'whole' | 'count' | 'number' | 'switch';

/** A flag of DataTrove's `generate_data.py`. */
export interface InferFlag {
  readonly flag: string;
  readonly kind: FlagKind;
  /** What counts when it is not given. */
  readonly standard?: string | number | boolean;
  readonly help: string;
  /** Another spelling. */
  readonly also?: string;
}

type Flags = Readonly<Record<string, InferFlag>>;

/** The flags about rows: what dgt does itself. */
export const dataFlags = {
  inputDatasetName: {
    flag: '--input-dataset-name',
    kind: 'text',
    standard: 'simplescaling/s1K-1.1',
    help: 'a folder or file, or else a dataset of the Hugging Face Hub',
  },
  inputDatasetConfig: { flag: '--input-dataset-config', kind: 'text', help: 'a configuration of it' },
  inputDatasetSplit: { flag: '--input-dataset-split', kind: 'text', standard: 'train', help: 'a split of it' },
  promptColumn: {
    flag: '--prompt-column',
    kind: 'text',
    standard: 'question',
    help: 'the column that holds a text, or the messages of a chat',
  },
  promptTemplate: {
    flag: '--prompt-template',
    kind: 'text',
    help: 'a text with [[DOCUMENT]] in it, or ["name", "text"]',
  },
  systemPrompt: { flag: '--system-prompt', kind: 'text', help: 'goes before each prompt' },
  maxExamples: { flag: '--max-examples', kind: 'whole', standard: -1, help: 'rows in all; -1 for every one' },
  outputDatasetName: {
    flag: '--output-dataset-name',
    kind: 'text',
    help: 'a dataset of the Hub that chunks go to as well',
  },
  outputPrivate: { flag: '--output-private', kind: 'switch', standard: true, help: 'make that dataset a private one' },
  outputDir: { flag: '--output-dir', kind: 'text', standard: 'data', help: 'the folder above all results' },
  name: { flag: '--name', kind: 'text', standard: 'synth', help: 'what the run is called' },
} as const satisfies Flags;

/** The flags about the model and what is asked of it. */
export const generationFlags = {
  endpointUrl: {
    flag: '--endpoint-url',
    kind: 'text',
    standard: 'http://localhost:8000/v1',
    help: 'where the model is served, else DGT_ENDPOINT_URL; its key is DGT_ENDPOINT_KEY',
  },
  modelNameOrPath: {
    flag: '--model-name-or-path',
    kind: 'text',
    standard: 'Qwen/Qwen3-0.6B',
    help: 'the model, as its server calls it',
  },
  modelRevision: { flag: '--model-revision', kind: 'text', standard: 'main', help: 'the revision that is served' },
  modelMaxContext: {
    flag: '--model-max-context',
    kind: 'count',
    standard: 32_768,
    help: 'tokens of prompt and answer together',
  },
  temperature: { flag: '--temperature', kind: 'number', help: 'as the model has it, when left out' },
  topK: { flag: '--top-k', kind: 'whole', help: 'as the model has it, when left out' },
  topP: { flag: '--top-p', kind: 'number', help: 'as the model has it, when left out' },
  maxTokens: { flag: '--max-tokens', kind: 'count', standard: 16_384, help: 'tokens of an answer' },
  rolloutsPerDocument: {
    flag: '--rollouts-per-document',
    kind: 'count',
    standard: 1,
    help: 'answers for each document',
  },
  seed: { flag: '--seed', kind: 'whole', help: 'goes out with each request' },
} as const satisfies Flags;

/** The flags about how the work is done. */
export const workFlags = {
  examplesPerChunk: {
    flag: '--examples-per-chunk',
    kind: 'count',
    standard: 500,
    help: 'documents whose rows one file holds',
  },
  tasks: { flag: '--tasks', kind: 'count', standard: 10, help: 'parts of the input: N of --shard i/N' },
  workers: {
    flag: '--workers',
    also: '--num-workers',
    kind: 'count',
    standard: 10,
    help: 'parts at the same time, on a cluster',
  },
  maxConcurrentGenerations: {
    flag: '--max-concurrent-generations',
    kind: 'count',
    standard: 500,
    help: 'requests at once',
  },
  maxConcurrentDocuments: {
    flag: '--max-concurrent-documents',
    kind: 'count',
    standard: 500,
    help: 'documents at once',
  },
  localExecution: {
    flag: '--local-execution',
    kind: 'switch',
    standard: false,
    help: 'say nothing of clusters: dgt works in this process anyway',
  },
  benchmarkMode: { flag: '--benchmark-mode', kind: 'switch', standard: false, help: 'leave the Hub alone' },
  enableMonitoring: { flag: '--enable-monitoring', kind: 'switch', standard: false, help: 'see `dgt status`' },
  metricInterval: { flag: '--metric-interval', kind: 'count', standard: 120, help: 'dgt shows figures all the time' },
} as const satisfies Flags;

/** The flags of the server, which dgt does not start: they make the command line that does. */
export const serverFlags = {
  serverType: {
    flag: '--server-type',
    kind: 'text',
    standard: 'vllm',
    help: 'vllm, sglang, endpoint, dummy or custom',
  },
  trustRemoteCode: {
    flag: '--trust-remote-code',
    kind: 'switch',
    standard: false,
    help: 'let it run code of the model',
  },
  tp: { flag: '--tp', kind: 'count', standard: 1, help: 'tensor parallelism' },
  pp: { flag: '--pp', kind: 'count', standard: 1, help: 'pipeline parallelism' },
  dp: { flag: '--dp', kind: 'count', standard: 1, help: 'data parallelism' },
  nodesPerTask: { flag: '--nodes-per-task', kind: 'count', standard: 1, help: 'machines of one server' },
  maxNumSeqs: { flag: '--max-num-seqs', kind: 'count', standard: 256, help: 'requests in one step' },
  maxNumBatchedTokens: {
    flag: '--max-num-batched-tokens',
    kind: 'count',
    standard: 8192,
    help: 'tokens in one step',
  },
  gpuMemoryUtilization: {
    flag: '--gpu-memory-utilization',
    kind: 'number',
    standard: 0.9,
    help: 'share of the memory of a GPU',
  },
  blockSize: { flag: '--block-size', kind: 'count', standard: 16, help: 'tokens in a block of the cache' },
  gdnPrefillBackend: { flag: '--gdn-prefill-backend', kind: 'text', help: 'what computes gated delta networks' },
  speculativeConfig: { flag: '--speculative-config', kind: 'text', help: 'speculative decoding, as JSON' },
  quantization: { flag: '--quantization', kind: 'text', help: 'such as bitsandbytes' },
  kvCacheDtype: { flag: '--kv-cache-dtype', kind: 'text', standard: 'auto', help: 'such as fp8_e4m3' },
  optimizationLevel: {
    flag: '--optimization-level',
    kind: 'whole',
    standard: 3,
    help: '0 starts fastest, 3 is fastest afterwards',
  },
} as const satisfies Flags;

/** The flags of a cluster, on which dgt starts no jobs. */
export const clusterFlags = {
  time: { flag: '--time', kind: 'text', help: 'give it to sbatch' },
  qos: { flag: '--qos', kind: 'text', help: 'give it to sbatch' },
  reservation: { flag: '--reservation', kind: 'text', help: 'give it to sbatch' },
  partition: { flag: '--partition', kind: 'text', help: 'give it to sbatch' },
} as const satisfies Flags;

/** Every flag, by the name that its value has. */
export const inferFlags = { ...dataFlags, ...generationFlags, ...workFlags, ...serverFlags, ...clusterFlags };

/** The name of a flag's value. */
export type InferFlagName = keyof typeof inferFlags;
