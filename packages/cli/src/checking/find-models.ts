import { ConfigError, createScriptServices, type BlockConfig } from '@dgt/core';
import { ModelProvider } from '@dgt/llm';
import {
  listModelEntries,
  loadEnvironmentFile,
  loadProject,
  Problems,
  readLMOverride,
  readModelFile,
  type ModelEntry,
} from '@dgt/runner';
import type { CommandSession } from '../command-session.js';
import type { LMCheckFlags } from '../commands/lm-flags.js';
import { announcePlugIns } from '../plug-ins.js';

/** What an answer to a check may take, for providers that want to be told. */
const maxTokens = 16;

/**
 * Makes the model blocks that are to be checked: of `--lm`, of files that list them, and of tasks; each once.
 *
 * @throws {@link ConfigError} for what cannot be read, DGT_OPTION_INVALID when no model is named, DGT_ENV_MISSING for a key that is not set.
 */
export async function findModels(flags: LMCheckFlags, session: CommandSession): Promise<ModelProvider[]> {
  const { workingFolder, environment } = session.context;
  const { builderRoots } = announcePlugIns(workingFolder);
  const context = { workingFolder, environment, secrets: session.secrets };
  const problems = new Problems(context);
  await loadEnvironmentFile({ ...context, problems });
  const entries = await readFlags(flags, session, problems);
  for (const file of flags.files) entries.push(...(await readModelFile(file, context)));
  if (flags.taskPath.length > 0 || flags.configPath !== undefined) {
    const project = await loadProject({
      ...context,
      taskPaths: flags.taskPath,
      builderRoots: ['builders', ...flags.includeBuilders, ...builderRoots],
      configPath: flags.configPath,
      hostUrl: import.meta.url,
    });
    entries.push(...(await listModelEntries(project)));
  }
  if (entries.length === 0)
    throw new ConfigError('DGT_OPTION_INVALID', {
      option: '--lm',
      expected: 'a model such as ollama:llama3.2, a file that lists models, or --task-path',
      value: 'nothing',
    });
  const distinct = new Map(entries.map((entry) => [nameAnswerer(entry), entry]));
  return [...distinct.values()].flatMap((entry) => makeModel(entry, session));
}

/** Each model at each address, with its key. */
async function readFlags(
  { lm, baseUrl, keyEnv }: LMCheckFlags,
  session: CommandSession,
  problems: Problems,
): Promise<ModelEntry[]> {
  const { workingFolder } = session.context;
  const keys = keyEnv.map((name) => readKey(name, session));
  const places = baseUrl.length === 0 ? [undefined] : baseUrl;
  if (keys.length > 1 && keys.length !== places.length) {
    const expected = `one, or as many as --base-url: ${places.length}`;
    throw new ConfigError('DGT_OPTION_INVALID', { option: '--key-env', expected, value: keys.length });
  }
  if (lm.length === 0 && (baseUrl.length > 0 || keyEnv.length > 0)) {
    const expected = 'the model to ask for at --base-url, such as openai:my-model';
    throw new ConfigError('DGT_OPTION_INVALID', { option: '--lm', expected, value: 'nothing' });
  }
  const entries: ModelEntry[] = [];
  for (const text of lm) {
    const named = await readLMOverride(text, problems);
    if (named === undefined) continue;
    const { type, model, class: blockClass } = named;
    for (const [index, place] of places.entries()) {
      const key = keys.length === 1 ? keys[0] : keys[index];
      const config = {
        type,
        model_id_or_path: model,
        max_tokens: maxTokens,
        ...(place !== undefined && { base_url: place }),
        ...(key !== undefined && { api_key: key }),
      };
      entries.push({ class: blockClass, config, folder: workingFolder });
    }
  }
  problems.throwIfAny();
  return entries;
}

function readKey(name: string, { context, secrets }: CommandSession): string {
  const key = context.environment[name];
  if (!key) throw new ConfigError('DGT_ENV_MISSING', { where: '--key-env', name });
  secrets.keep(key);
  return key;
}

/** Blocks that differ in their names alone ask the same model. */
function nameAnswerer({ config, folder }: ModelEntry): string {
  const { name: _name, input_map: _inputs, output_map: _outputs, fallback: _fallback, ...asked } = config;
  return JSON.stringify([folder, asked]);
}

function makeModel({ class: blockClass, config, folder }: ModelEntry, session: CommandSession): ModelProvider[] {
  const services = {
    ...createScriptServices(),
    log: { write: () => {} },
    baseFolder: folder,
    workingFolder: session.context.workingFolder,
    keepSecret: (secret: string) => session.secrets.keep(secret),
  };
  const { fallback: _fallback, ...own } = config as BlockConfig & { fallback?: unknown };
  const named = { name: `${config.type} ${String(config['model_id_or_path'])}`, ...own };
  const block = new blockClass(named as never, services);
  if (block instanceof ModelProvider) return [block];
  session.say(`${named.name}: cannot be checked, since its block is no ModelProvider`);
  return [];
}
