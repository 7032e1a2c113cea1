import type { Place } from './problems.js';
import type { DataDocument, DocumentPath, PlainMapping } from './yaml-document.js';

/** A piece of data: taken whole from one document, or put together from pieces of several. */
export type Piece = Part | MappingPiece | ListPiece;

/** What stands at a place of one document. */
export interface Part {
  readonly kind: 'part';
  readonly document: DataDocument;
  readonly path: DocumentPath;
}

/** A mapping whose entries come from different places. */
export interface MappingPiece {
  readonly kind: 'mapping';
  readonly entries: ReadonlyMap<string, Entry>;
  /** Where the mapping itself stands, for what is said of it as a whole. */
  readonly at: Part;
}

/** A list whose items come from different places. */
export interface ListPiece {
  readonly kind: 'list';
  readonly items: readonly Piece[];
  readonly at: Part;
}

/** What a key of a mapping holds, and where the key stands if not above its value. */
export interface Entry {
  readonly piece: Piece;
  readonly key?: Part;
}

/** A place of a document, by default the whole. */
export function partOf(document: DataDocument, path: DocumentPath = []): Part {
  return { kind: 'part', document, path };
}

/** The data of a piece, `source` as written or `value` with the environment followed. */
export function readPiece(piece: Piece, which: 'source' | 'value'): unknown {
  if (piece.kind === 'part') return follow(piece.document[which], piece.path);
  if (piece.kind === 'list') return piece.items.map((item) => readPiece(item, which));
  return Object.fromEntries([...piece.entries].map(([key, entry]) => [key, readPiece(entry.piece, which)]));
}

/** The same piece with each of its entries on its own, if it is a mapping. */
export function openMapping(piece: Piece): MappingPiece | undefined {
  if (piece.kind !== 'part') return piece.kind === 'mapping' ? piece : undefined;
  const value = readPiece(piece, 'source');
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const entries = Object.keys(value).map(
    (key) => [key, { piece: partOf(piece.document, [...piece.path, key]) }] as const,
  );
  return { kind: 'mapping', entries: new Map(entries), at: piece };
}

/** The same piece with each of its items on its own, if it is a list. */
export function openList(piece: Piece): ListPiece | undefined {
  if (piece.kind !== 'part') return piece.kind === 'list' ? piece : undefined;
  const value = readPiece(piece, 'source');
  if (!Array.isArray(value)) return undefined;
  const items = value.map((_item, index) => partOf(piece.document, [...piece.path, index]));
  return { kind: 'list', items, at: piece };
}

/** Where a piece stands as a whole. */
export function locatePiece(piece: Piece, part?: 'key' | 'value'): Place {
  const { document, path } = piece.kind === 'part' ? piece : piece.at;
  return document.locate(path, part);
}

/** Lays one mapping over another: its keys win, each as a whole. */
export function layOver(base: MappingPiece, over: MappingPiece, at: Part = base.at): MappingPiece {
  return { kind: 'mapping', entries: new Map([...base.entries, ...over.entries]), at };
}

/** Lays one piece over another: mappings are merged at every depth, anything else is replaced. */
export function mergeDeep(base: Piece, over: Piece): Piece {
  const [lower, upper] = [openMapping(base), openMapping(over)];
  if (lower === undefined || upper === undefined) return over;
  const entries = new Map(lower.entries);
  for (const [key, entry] of upper.entries) {
    const below = entries.get(key);
    entries.set(key, below === undefined ? entry : { ...entry, piece: mergeDeep(below.piece, entry.piece) });
  }
  return { kind: 'mapping', entries, at: lower.at };
}

function follow(value: unknown, path: DocumentPath): unknown {
  return path.reduce<unknown>((place, step) => (place as PlainMapping)[step], value);
}
