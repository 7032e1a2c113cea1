import { basename, dirname, extname, join } from 'node:path';
import { ConfigError, type Json } from '@dgt/core';
import type { Translation } from '../translation.js';
import type { ModelArgs } from './model-args.js';
import type { ModelParams } from './model-params.js';
import { modelColumn, type GendataStep, type GendataTask } from './task-file.js';

/** What a command line of gendata asks for, its files read. */
export interface GendataRequest {
  readonly input: string;
  readonly output: string;
  /** The column that names a row; the place of the row in the input does without one. */
  readonly uniqueKey: string | undefined;
  readonly task: GendataTask;
  readonly modelArgs: ModelArgs;
  readonly modelParams: ModelParams;
  readonly waitForModel: boolean;
  /** Requests at once. */
  readonly concurrency: number | undefined;
}

/** A run of gendata as a run of dgt, and what its output looks like. */
export interface GendataTranslation extends Translation {
  /** The output folder of the task. */
  readonly taskFolder: string;
  readonly uniqueKey: string;
  readonly outputKeys: readonly string[];
  /** The columns of the output in their order. */
  readonly columns: readonly string[];
  /** What stands in the column `model` of every row; undefined where each row says it itself. */
  readonly model: string | undefined;
}

/** The column that gendata adds where no unique key is named. */
export const indexKey = '_index';

const taskName = 'gendata';
const keyVariable = 'DGT_GENDATA_API_KEY';
const urlVariable = 'DGT_GENDATA_API_URL';

/**
 * Makes a run of dgt of what gendata is asked for.
 *
 * @param namesIn the fields that a prompt mentions, in their order.
 * @throws {@link ConfigError} DGT_OPTION_INVALID for a unique key that the output cannot hold.
 */
export function translateGendata(
  request: GendataRequest,
  { namesIn }: { readonly namesIn: (prompt: string, where: string) => readonly string[] },
): GendataTranslation {
  const { output, task, modelArgs, uniqueKey = indexKey } = request;
  if (uniqueKey === modelColumn) {
    const expected = 'another column, since in the output this one says which model made the row';
    throw new ConfigError('DGT_OPTION_INVALID', { option: '--unique-key', expected, value: JSON.stringify(uniqueKey) });
  }
  const mentioned = task.steps.flatMap(({ messages }, index) =>
    messages.flatMap(({ content }) => namesIn(content, `messages_list[${index}]`)),
  );
  const outputKeys = task.steps.map(({ outputKey }) => outputKey);
  // Made with the row, so that rows of two models can be told apart; unless a column of this name is to be in a prompt.
  const isColumn = mentioned.includes(modelColumn);
  const extraKeys = isColumn ? task.extraKeys : { ...task.extraKeys, [modelColumn]: [modelArgs.model] };
  const folder = join(dirname(output), `${basename(output, extname(output))}.dgt`);
  return {
    folder,
    taskFolder: join(folder, taskName),
    databuilders: { 'core/prompt_chain': { blocks: [describeModel(request)] } },
    tasks: { [taskName]: describeTask(request, uniqueKey, extraKeys) },
    secrets: {
      ...(modelArgs.api_key !== undefined && { [keyVariable]: modelArgs.api_key }),
      ...(hasCredentials(modelArgs.api_url) && { [urlVariable]: modelArgs.api_url }),
    },
    uniqueKey,
    outputKeys,
    columns: [...new Set([...mentioned, ...outputKeys, uniqueKey, modelColumn])],
    model: isColumn ? modelArgs.model : undefined,
  };
}

function describeModel({ modelArgs, modelParams, waitForModel, concurrency }: GendataRequest): Json {
  const { api_url, api_key, model } = modelArgs;
  return {
    name: 'generator',
    type: 'openai',
    model_id_or_path: asText(model),
    base_url: hasCredentials(api_url) ? `\${env:${urlVariable}}` : asText(api_url),
    ...(api_key !== undefined && { api_key: `\${env:${keyVariable}}` }),
    ...(concurrency !== undefined && { call_limit: concurrency }),
    ...(waitForModel && { wait_for_model: true }),
    on_length: 'error',
    ...(asText(modelParams) as ModelParams),
  };
}

function describeTask({ input, task }: GendataRequest, uniqueKey: string, extraKeys: GendataTask['extraKeys']): Json {
  return {
    task_description: 'A task of gendata',
    data_builder: 'core/prompt_chain',
    data: { type: 'default', data_path: asText(input) },
    ...(uniqueKey === indexKey && { dataloader: { type: 'default', number_field: indexKey } }),
    unique_key: asText(uniqueKey),
    keep_columns: 'used',
    ...(Object.keys(extraKeys).length > 0 && { cycled_fields: asText(extraKeys) }),
    steps: task.steps.map((step) => asText(describeStep(step))),
  };
}

function describeStep({ messages, outputKey, outputType }: GendataStep): Json {
  const [first, second, third] = messages;
  const [system, user] = first?.role === 'system' ? [first, second] : [undefined, first];
  const isPlain = user?.role === 'user' && (system === undefined ? second : third) === undefined;
  return {
    out: outputKey,
    // An answer that is no JSON is no value: it must not become a text where values are expected.
    ...(outputType === 'json' && { type: 'json', if_unreadable: 'error' }),
    ...(isPlain
      ? { ...(system !== undefined && { system: system.content }), user: user.content }
      : { messages: messages.map(({ role, content }) => ({ role, content })) }),
  };
}

/** Text of a user is text: nothing in it refers to the environment, as it would in a file of dgt. */
function asText<T extends Json | GendataTask['extraKeys']>(value: T): Json {
  return JSON.parse(JSON.stringify(value).replaceAll('${env:', () => '$${env:')) as Json;
}

/** Whether an address holds something that is not for all to read. */
function hasCredentials(url: string): boolean {
  return /^[a-z][a-z\d+.-]*:\/\/[^/?#]*@/i.test(url) || url.includes('?');
}
