import type { Json } from '@dgt/core';
import { parse } from 'yaml';
import type { Translation } from '../translation.js';
import { kwargsColumns } from './data-pool.js';
import type { PromptFile, PromptFiles } from './prompt-files.js';
import type { PipelineSettings } from './settings.js';

const builder = 'core/prompt_chain';

/** The variable under which a key that stood in the YAML reaches the run. */
const keyVariable = 'DGT_PIPELINE_API_KEY';

/** The folder of the run, below that of the experiment. */
export const runFolder = 'run';

/** What a translation is made of beside the settings. */
export interface PipelineParts {
  readonly folder: string;
  /** The file with the rows. */
  readonly dataPool: string;
  /** Where the rows came from, in words. */
  readonly description: string;
  readonly prompts: PromptFiles;
  /** How many rows are worked on at once. */
  readonly concurrencyLimit: number;
}

/** The run that the settings of a pipeline come to. */
export function translatePipeline(settings: PipelineSettings, parts: PipelineParts): Translation {
  const { folder, dataPool, description, prompts, concurrencyLimit } = parts;
  const { api_key: key, base_url, model, rate_limit: rpm, max_tokens, temperature, experiment_name } = settings;
  const isSecret = key !== undefined && isSecretText(String(key));
  const block = {
    name: 'generator',
    type: 'openai',
    model_id_or_path: model,
    ...(base_url !== undefined && { base_url }),
    ...(key !== undefined && { api_key: isSecret ? `\${env:${keyVariable}}` : String(key) }),
    ...(rpm !== undefined && { rpm }),
    call_limit: concurrencyLimit,
  };
  const step = {
    out: 'response',
    ...(prompts.system !== undefined && { system: writePrompt(prompts.system, kwargsColumns.system) }),
    user: writePrompt(prompts.user, kwargsColumns.user),
  };
  const task = {
    task_description: description,
    data_builder: builder,
    data: { type: 'default', data_path: dataPool },
    store_name: runFolder,
    steps: [step],
    legacy_repr: true,
    gen_kwargs: {
      ...(max_tokens !== undefined && { max_tokens }),
      ...(temperature !== undefined && { temperature }),
    },
    // A row that failed is a record among the others, however many there are.
    runner_config: { max_error_rate: 1 },
  };
  return {
    folder,
    databuilders: { [builder]: { blocks: [block] } },
    tasks: { [experiment_name]: task },
    secrets: isSecret ? { [keyVariable]: String(key) } : {},
  };
}

/** Whether a key stands there itself, and not the name of a variable that holds it. */
export function isSecretText(key: string): boolean {
  return !key.includes('${env:');
}

/**
 * What defines the records of a run, of a translation or of the file that it was written to. Another address, key, limit or
 * folder defines no record.
 */
export function definitionOf({ databuilders, tasks }: Pick<Translation, 'databuilders' | 'tasks'>): Json {
  const [[name, task] = []] = Object.entries(tasks as Record<string, { [key: string]: Json }>);
  const { steps = null, legacy_repr = null, gen_kwargs = null, task_description = null } = task ?? {};
  const { blocks: [block] = [] } = (databuilders[builder] ?? {}) as { blocks?: { model_id_or_path?: Json }[] };
  const model = block?.model_id_or_path ?? null;
  return { name: name ?? null, task_description, steps, legacy_repr, gen_kwargs, model };
}

/** As {@link definitionOf} gives it, of the text of a file. */
export function definitionOfFile(text: string): Json {
  const { databuilders = {}, tasks = {} } = parse(text) as Partial<Translation>;
  return definitionOf({ databuilders, tasks });
}

/** The prompt itself, so that the folder of an experiment tells all of what was asked. */
function writePrompt({ text }: PromptFile, vars: string): Json {
  return { text: text.replaceAll('${env:', '$${env:'), vars };
}
