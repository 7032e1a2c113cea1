import { ConfigError, Type, type BlockConfig, type DataBuilderClass } from '@dgt/core';
import { BlockEntryReader, isOfFamily, type BlockEntry } from './block-entries.js';
import { findDGTDifference } from './dgt-differences.js';
import type { FoundBuilder } from './find-builders.js';
import type { LMOverride } from './lm-override.js';
import type { PlannedBlock, PlannedBuilder } from './planned.js';
import type { Problems } from './problems.js';
import { checkAgainstSchema } from './schema-problems.js';
import { reportUnresolvedReferences } from './unresolved-references.js';
import type { PlainMapping, ReadingContext } from './yaml-document.js';

/** What the YAML of every data builder takes, beside the options that its class declares. */
export const builderFileFields = {
  dgt: Type.Optional(Type.Literal(1)),
  name: Type.String({ minLength: 1 }),
  blocks: Type.Optional(
    Type.Array(Type.Object({ name: Type.String({ minLength: 1 }), type: Type.String({ minLength: 1 }) })),
  ),
  postprocessors: Type.Optional(Type.Array(Type.Object({ name: Type.String({ minLength: 1 }) }))),
  metadata: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
};

/**
 * Checks the YAML of a data builder against its class: its own options, each block against the schema of its type, each
 * postprocessor with the block that it names, and the blocks that the class needs.
 *
 * @param builderClass undefined when the module could not be loaded: then what only the class can tell is let pass.
 * @returns undefined when something was reported.
 */
export async function planBuilder(
  found: FoundBuilder,
  builderClass: DataBuilderClass | undefined,
  { context, lm }: { context: ReadingContext; lm: LMOverride | undefined },
): Promise<PlannedBuilder | undefined> {
  const { problems } = context;
  const { document } = found;
  const before = problems.count;
  const schema = Type.Object(
    { ...builderFileFields, ...builderClass?.configFields, ...builderFileFields },
    { additionalProperties: false },
  );
  const checked = checkAgainstSchema(schema, document.value, {
    problems,
    originOf: (path) => ({ document, path }),
    judgeUnknownKey: (key, path, nearest) => {
      if (path.length > 0) return 'report';
      const difference = findDGTDifference('builder key', key);
      return difference ?? (builderClass === undefined && nearest === undefined ? 'ignore' : 'report');
    },
  });
  const reader = new BlockEntryReader({ document, builderClass, problems, lm });
  const blocks = await reader.readBlocks();
  const postprocessors = await reader.readPostprocessors(blocks);
  reportUnresolvedReferences(document, problems, (path) => reader.isDropped(path));
  if (builderClass !== undefined) checkRequiredBlocks(found, builderClass, blocks, problems);
  if (builderClass === undefined || checked === undefined || problems.count > before) return undefined;
  const optionNames = Object.keys(builderClass.configFields).filter((key) => !Object.hasOwn(builderFileFields, key));
  return {
    name: found.name,
    file: found.yamlFile,
    folder: found.folder,
    class: builderClass,
    blocks: blocks.map(toPlannedBlock),
    postprocessors: postprocessors.map(toPlannedBlock),
    options: Object.fromEntries(
      optionNames.filter((key) => Object.hasOwn(checked, key)).map((key) => [key, checked[key]]),
    ),
    metadata: (checked['metadata'] ?? {}) as PlainMapping,
    source: document.source,
  };
}

function toPlannedBlock({ config, class: blockClass, place }: BlockEntry): PlannedBlock {
  if (blockClass === undefined) throw new Error(`block "${config.name}" was planned without a class`);
  return { name: config.name as string, type: config.type, class: blockClass, config: config as BlockConfig, place };
}

function checkRequiredBlocks(
  { name: builder, document, yamlFile }: FoundBuilder,
  builderClass: DataBuilderClass,
  declared: readonly BlockEntry[],
  problems: Problems,
): void {
  const file = problems.showFile(yamlFile);
  for (const [block, family] of Object.entries(builderClass.blocks)) {
    const entry = declared.find(({ config }) => config.name === block);
    if (entry === undefined) {
      // It is there and something else is wrong with it, which has been reported.
      if (listNames(document.value['blocks']).includes(block)) continue;
      const known = declared.map(({ config }) => config.name).join(', ') || 'none';
      const error = new ConfigError('DGT_BLOCK_MISSING', { builder, block, file, known });
      problems.addError(error, { ...document.locate(['blocks'], 'key'), path: 'blocks' });
    } else if (entry.class !== undefined && !isOfFamily(entry.class, family)) {
      const error = new ConfigError('DGT_BLOCK_TYPE', {
        builder,
        block,
        expected: family.name,
        file,
        type: entry.config.type,
      });
      problems.addError(error, {
        ...document.locate([...entry.path, 'type']),
        path: `blocks[${entry.path[1]}].type`,
      });
    }
  }
}

function listNames(entries: unknown): unknown[] {
  return Array.isArray(entries) ? entries.map((entry: { name?: unknown } | null) => entry?.name) : [];
}
