import { blocks, formatPlace, type BlockConfig } from '@dgt/core';
import { ComposedDocument } from './composed-document.js';
import { findDroppedKeys, isModelBlock } from './lm-override.js';
import {
  locatePiece,
  mergeDeep,
  openList,
  openMapping,
  partOf,
  readPiece,
  type Entry,
  type ListPiece,
  type MappingPiece,
  type Part,
  type Piece,
} from './pieces.js';
import type { PlainMapping, ReadingContext, YamlDocument } from './yaml-document.js';

/**
 * The YAML of a data builder with an override merged into it: blocks are matched by `name` and merged at every depth, unknown
 * ones added; other mappings are merged, anything else is replaced.
 */
export async function overrideBuilder(
  document: YamlDocument,
  override: Part,
  context: ReadingContext,
): Promise<YamlDocument> {
  const base = openMapping(partOf(document)) as MappingPiece;
  const over = openMapping(override) as MappingPiece;
  const entries = new Map<string, Entry>(base.entries);
  for (const [key, entry] of over.entries) {
    const below = entries.get(key);
    if (key === 'name') refuseRename(entry.piece, document, context);
    else if (key === 'blocks' && below !== undefined)
      entries.set(key, { piece: await mergeBlocks(below.piece, entry.piece, context) });
    else entries.set(key, below === undefined ? entry : { piece: mergeDeep(below.piece, entry.piece) });
  }
  return new ComposedDocument(document.file, { ...base, entries });
}

async function mergeBlocks(base: Piece, over: Piece, context: ReadingContext): Promise<Piece> {
  const [lower, upper] = [openList(base), openList(over)];
  if (lower === undefined || upper === undefined) return over;
  const items = [...lower.items];
  for (const item of upper.items) {
    const name = nameOf(item);
    if (name === undefined) {
      const { document, path } = item as Part;
      const problem = 'expected a block with a name: the name tells which block of the builder is changed';
      context.problems.add({ ...document.locate(path), path: formatPlace(path), problem, code: 'DGT_CONFIG_INVALID' });
      continue;
    }
    const index = items.findIndex((block) => nameOf(block) === name);
    if (index < 0) items.push(item);
    else items[index] = mergeDeep(await dropForeignKeys(items[index] as Piece, item), item);
  }
  return { kind: 'list', items, at: lower.at } satisfies ListPiece;
}

/** Where the model of a block is replaced by one of another type, what only the old type knows is left out, as with `--lm`. */
async function dropForeignKeys(base: Piece, over: Piece): Promise<Piece> {
  const written = readPiece(base, 'source') as BlockConfig;
  const { type } = (readPiece(over, 'value') ?? {}) as { type?: unknown };
  const mapping = openMapping(base);
  if (typeof type !== 'string' || type === written.type || mapping === undefined) return base;
  // A type that cannot be loaded is reported where the block is read.
  const loaded = blocks.names().includes(type) ? await blocks.load(type).catch(() => undefined) : undefined;
  if (loaded === undefined || !isModelBlock(loaded)) return base;
  const dropped = new Set(findDroppedKeys(written, { type, class: loaded }));
  return { ...mapping, entries: new Map([...mapping.entries].filter(([key]) => !dropped.has(key))) };
}

function refuseRename(piece: Piece, document: YamlDocument, { problems }: ReadingContext): void {
  const { name } = document.value;
  if (readPiece(piece, 'value') === name) return;
  const problem = `this is said of the data builder "${String(name)}", which it cannot rename`;
  problems.add({ ...locatePiece(piece), path: formatPlace((piece as Part).path), problem, code: 'DGT_CONFIG_INVALID' });
}

function nameOf(block: Piece): string | undefined {
  const value = readPiece(block, 'value') as PlainMapping | null;
  const name = typeof value === 'object' ? value?.['name'] : undefined;
  return typeof name === 'string' ? name : undefined;
}
