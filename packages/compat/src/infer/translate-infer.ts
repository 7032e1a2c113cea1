import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { ConfigError, type Json } from '@dgt/core';
import { formatOf } from '@dgt/stores/files';
import type { Translation } from '../translation.js';
import { readInferSettings, type GivenFlags, type InferSettings } from './infer-settings.js';
import { readTemplate, writePrompts } from './prompt-template.js';

/** Variables of the environment: where the model is served, and the key that this server wants. */
const variables = { url: 'DGT_ENDPOINT_URL', key: 'DGT_ENDPOINT_KEY' } as const;

/** What a translation takes from the process. */
export interface InferSurroundings {
  readonly workingFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Whose token of the Hub there is; undefined without one. */
  readonly hubAccount?: string | undefined;
}

/** What the flags of `generate_data.py` come to. */
export interface InferTranslation extends Translation {
  readonly settings: InferSettings;
  /** The folder of the results, below that of the translation. */
  readonly results: string;
  /** Where on the Hub chunks go to as well. */
  readonly upload: string | undefined;
}

/**
 * Translates the flags of `generate_data.py` into a task of `core/rollout`.
 *
 * @throws ConfigError DGT_OPTION_INVALID, DGT_FILE_UNREADABLE
 */
export function translateInfer(flags: GivenFlags, surroundings: InferSurroundings): InferTranslation {
  const endpointUrl = flags.endpointUrl ?? surroundings.environment[variables.url];
  const given = { ...flags, ...(endpointUrl !== undefined && { endpointUrl }) };
  const settings = readInferSettings(given);
  const { outputDir, modelNameOrPath, name } = settings;
  const template = readTemplate(settings.promptTemplate);
  const folder = join(outputDir, template.name, nameFolder(modelNameOrPath));
  const dataset = nameDataset(settings, surroundings.hubAccount);
  const upload = dataset && `hf://datasets/${dataset}/${template.name}`;
  return {
    settings,
    folder,
    results: join(folder, name),
    upload,
    databuilders: { 'core/rollout': { blocks: [describeModel(settings, given, surroundings)] } },
    tasks: { [name]: describeTask(settings, { folder, template: template.text, upload, surroundings }) },
    secrets: {},
  };
}

/** `owner/name` of the dataset that chunks go to; a name alone is one of the account. */
function nameDataset(
  { outputDatasetName: name, benchmarkMode }: InferSettings,
  account: string | undefined,
): string | undefined {
  if (name === undefined || account === undefined || benchmarkMode) return undefined;
  const path = name.replace(/^hf:\/\/datasets\//, '');
  return path.includes('/') ? path : `${account}/${path}`;
}

function describeModel(
  { endpointUrl, modelNameOrPath, serverType, ...settings }: InferSettings,
  given: GivenFlags,
  { environment }: InferSurroundings,
): Json {
  const { maxConcurrentGenerations, maxConcurrentDocuments, rolloutsPerDocument } = settings;
  // A server that the user names may be another than the one that the flags would start: it says by itself what it is.
  const isKnown = given.serverType !== undefined || given.endpointUrl === undefined;
  const server = isKnown && (serverType === 'vllm' || serverType === 'sglang') ? serverType : undefined;
  return {
    name: 'generator',
    type: 'openai',
    model_id_or_path: modelNameOrPath,
    base_url: endpointUrl,
    ...(environment[variables.key] && { api_key: `\${env:${variables.key}}` }),
    ...(server !== undefined && { server }),
    call_limit: Math.min(maxConcurrentGenerations, maxConcurrentDocuments * rolloutsPerDocument),
    truncate: 'DOCUMENT',
  };
}

function describeTask(
  settings: InferSettings,
  place: {
    readonly folder: string;
    readonly template: string | undefined;
    readonly upload: string | undefined;
    readonly surroundings: InferSurroundings;
  },
): Json {
  const { inputDatasetName, promptColumn, maxExamples, rolloutsPerDocument, examplesPerChunk } = settings;
  return {
    task_description: describeRows(settings),
    card: describeCard(settings, place.upload),
    data_builder: 'core/rollout',
    data: describeInput(settings, place.surroundings),
    ...(maxExamples !== -1 && { dataloader: { type: 'default', limit: maxExamples } }),
    rollout: 'single',
    prompt_column: promptColumn,
    ...writePrompts(place.template, settings.systemPrompt),
    rollouts_per_document: rolloutsPerDocument,
    on_bad_request: 'skip',
    gen_kwargs: describeParameters(settings),
    final_datastore: {
      type: 'datatrove',
      text: promptColumn,
      dataset: inputDatasetName,
      to: describeOutput(place.upload, settings),
    },
    runner_config: { records_per_chunk: examplesPerChunk, output_dir: place.folder },
  };
}

/** What the original says at the head of its cards. */
function describeCard({ modelNameOrPath, inputDatasetName }: InferSettings, upload: string | undefined): Json {
  const dataset = upload?.split('/').slice(3, 5).join('/');
  return {
    ...(dataset !== undefined && { pretty_name: dataset }),
    tags: [...new Set(['datatrove', basename(modelNameOrPath), basename(inputDatasetName)])],
    annotations_creators: ['machine-generated'],
    language_creators: ['found'],
    task_categories: ['text-generation'],
    task_ids: ['language-modeling'],
  };
}

/** Part of what defines the rows: the results of another input or revision are others. */
function describeRows(settings: InferSettings): string {
  const { modelNameOrPath, modelRevision, promptColumn, inputDatasetName, inputDatasetSplit } = settings;
  const model = modelRevision === 'main' ? modelNameOrPath : `${modelNameOrPath} at ${modelRevision}`;
  const config = settings.inputDatasetConfig === undefined ? '' : `, ${settings.inputDatasetConfig}`;
  return `Answers of ${model} to "${promptColumn}" of ${inputDatasetName}${config}, ${inputDatasetSplit}`;
}

/**
 * A path that exists is that; anything else is a dataset of the Hub.
 *
 * @throws ConfigError DGT_FILE_UNREADABLE for what can only be a path.
 */
function describeInput(settings: InferSettings, { workingFolder }: InferSurroundings): Json {
  const { inputDatasetName: name, inputDatasetConfig: config, inputDatasetSplit: split } = settings;
  const isPath = name.startsWith('hf://') || existsSync(resolve(workingFolder, name));
  if (!isPath && !mayBeOnHub(name)) {
    const reason = '--input-dataset-name: no such file or folder, nor a dataset of the Hub';
    throw new ConfigError('DGT_FILE_UNREADABLE', { file: name, reason });
  }
  return {
    type: 'default',
    data_path: isPath ? name : `hf://datasets/${name}`,
    // A folder without splits is all training data.
    ...(split !== 'train' && { data_split: split }),
    ...(config !== undefined && { data_config: config }),
  };
}

/** Not a path, and no file of data but one within a dataset: a slip would be looked for on the Hub, for minutes. */
function mayBeOnHub(name: string): boolean {
  return !/^[./~]/.test(name) && (formatOf(name) === undefined || name.split('/').length > 2);
}

/** Where the files go: into the folder of the run, and from there to the Hub where it is asked for and can be done. */
function describeOutput(upload: string | undefined, { outputPrivate }: InferSettings): Json {
  if (upload === undefined) return { type: 'default', output_data_format: 'parquet' };
  return { type: 'hub', path: upload, private: outputPrivate };
}

function describeParameters({ maxTokens, temperature, topK, topP, seed }: InferSettings): Json {
  return {
    max_tokens: maxTokens,
    ...(temperature !== undefined && { temperature }),
    ...(topK !== undefined && { top_k: topK }),
    ...(topP !== undefined && { top_p: topP }),
    ...(seed !== undefined && { seed }),
  };
}

/** As the original names the folder of a model: without who made it. */
function nameFolder(model: string): string {
  return basename(model).replaceAll('-', '_');
}
