import { blocks, configSchema, findInnerBlocks, Type, type BlockClass, type BlockConfig } from '@dgt/core';
import { dirname, resolve } from 'node:path';
import type { Environment } from './environment.js';
import { isModelBlock } from './lm-override.js';
import type { Project } from './planned.js';
import { Problems } from './problems.js';
import { checkAgainstSchema } from './schema-problems.js';
import type { SecretStore } from './secrets.js';
import { reportUnresolvedReferences } from './unresolved-references.js';
import { readYamlDocument } from './yaml-document.js';

/** The entry of a model block, checked, with the class that its type names. */
export interface ModelEntry {
  readonly class: BlockClass;
  /** May hold secrets. */
  readonly config: BlockConfig;
  /** Relative paths in it start here. */
  readonly folder: string;
}

const schema = Type.Object(
  { models: Type.Array(Type.Object({ type: Type.String({ minLength: 1 }) }), { minItems: 1 }) },
  { additionalProperties: false },
);

/**
 * Reads a file that lists models under `models:`, each as an entry of a model block.
 *
 * @throws {@link ConfigError} DGT_CONFIG_INVALID with every problem of the file.
 */
export async function readModelFile(
  file: string,
  { workingFolder, environment, secrets }: { workingFolder: string; environment: Environment; secrets: SecretStore },
): Promise<ModelEntry[]> {
  const problems = new Problems({ workingFolder, secrets });
  const context = { problems, environment, secrets, workingFolder };
  const path = resolve(workingFolder, file);
  const document = await readYamlDocument(path, context);
  const entries: ModelEntry[] = [];
  if (document !== undefined) {
    reportUnresolvedReferences(document, problems);
    const list = checkAgainstSchema(schema, document.value, { problems, originOf: (at) => ({ document, path: at }) });
    for (const [index, config] of ((list?.['models'] ?? []) as BlockConfig[]).entries()) {
      const place = ['models', index];
      const type = await loadModelClass(config.type);
      if (typeof type === 'string') {
        problems.add({ ...document.locate([...place, 'type']), problem: type, code: 'DGT_CONFIG_INVALID' });
        continue;
      }
      const originOf = (at: readonly (string | number)[]) => ({ document, path: [...place, ...at] });
      if (checkAgainstSchema(configSchema(type), config, { problems, originOf }) !== undefined)
        entries.push({ class: type, config, folder: dirname(path) });
    }
  }
  problems.throwIfAny();
  return entries;
}

/** The model blocks of all builders of a project, with those that stand in the entries of other blocks, such as fallbacks. */
export async function listModelEntries({ builders }: Project): Promise<ModelEntry[]> {
  const entries: ModelEntry[] = [];
  for (const { blocks: declared, postprocessors, folder } of builders)
    for (const entry of [...declared, ...postprocessors]) await addEntry(entry, folder, entries);
  return entries;
}

async function addEntry(
  { class: blockClass, config }: Pick<ModelEntry, 'class' | 'config'>,
  folder: string,
  entries: ModelEntry[],
): Promise<void> {
  if (isModelBlock(blockClass)) entries.push({ class: blockClass, config, folder });
  for (const { field, family } of findInnerBlocks(blockClass.configFields)) {
    const inner = config[field] as BlockConfig | undefined;
    if (family !== 'language model' || inner === undefined) continue;
    await addEntry({ class: await blocks.load(inner.type), config: inner }, folder, entries);
  }
}

/** @returns why the type is none of a model block, where it is none. */
async function loadModelClass(type: string): Promise<BlockClass | string> {
  try {
    const found = await blocks.load(type);
    return isModelBlock(found) ? found : `expected the type of a model block, got "${type}"`;
  } catch (error) {
    return (error as Error).message;
  }
}
