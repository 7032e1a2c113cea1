import { blocks, configSchema, LMProvider, type BlockClass, type BlockConfig } from '@dgt/core';
import type { Problems } from './problems.js';

/** `--lm TYPE:MODEL`: the model that every model block uses instead of its own. */
export interface LMOverride {
  readonly type: string;
  readonly model: string;
  readonly class: BlockClass;
}

/** Where and as whom a block calls; means nothing to another provider. */
const endpointKeys = ['base_url', 'api_key', 'fallback'];

/** Reads `--lm`; everything after the first colon is the model. Reports what is wrong with it. */
export async function readLMOverride(text: string, problems: Problems): Promise<LMOverride | undefined> {
  const refuse = (problem: string) => {
    problems.add({ file: '--lm', problem, code: 'DGT_OPTION_INVALID' });
    return undefined;
  };
  const [, type, model] = /^([^:\s]+):(.+)$/.exec(text) ?? [];
  if (type === undefined || model === undefined) {
    return refuse(`expected TYPE:MODEL such as ollama:mistral-small3.2, got ${JSON.stringify(text)}`);
  }
  let found: BlockClass;
  try {
    found = await blocks.load(type);
  } catch (error) {
    return refuse((error as Error).message);
  }
  if (!isModelBlock(found)) return refuse(`expected the type of a model block, got "${type}"`);
  return { type, model, class: found };
}

/** Whether a class calls a model, or stands for those that do. */
export function isModelBlock(declared: unknown): boolean {
  return declared === LMProvider || (declared as { readonly prototype?: unknown }).prototype instanceof LMProvider;
}

/** The keys of a block's entry that the override leaves out. */
export function findDroppedKeys(entry: BlockConfig, override: Pick<LMOverride, 'type' | 'class'>): string[] {
  const known = configSchema(override.class).properties;
  const foreign = entry.type === override.type ? ['fallback'] : endpointKeys;
  return Object.keys(entry).filter((key) => foreign.includes(key) || !Object.hasOwn(known, key));
}

/** A block's entry with the other model: its generation parameters stay, its endpoint does not. */
export function applyLMOverride(entry: BlockConfig, override: LMOverride): BlockConfig {
  const dropped = new Set(findDroppedKeys(entry, override));
  const kept = Object.entries(entry).filter(([key]) => !dropped.has(key));
  return { ...Object.fromEntries(kept), type: override.type, model_id_or_path: override.model };
}
