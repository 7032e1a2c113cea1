import type { ReferenceProblem } from './environment.js';
import { locatePiece, openList, openMapping, readPiece, type MappingPiece, type Part, type Piece } from './pieces.js';
import type { Place } from './problems.js';
import type { DocumentPath, PlainMapping, YamlDocument } from './yaml-document.js';

/** A mapping put together from several files; each place is located in the file that says it. */
export class ComposedDocument implements YamlDocument {
  readonly file: string;
  readonly source: PlainMapping;
  readonly value: PlainMapping;
  readonly unresolved: readonly (ReferenceProblem & { readonly path: DocumentPath })[];
  readonly #root: MappingPiece;

  /** @param file the file that stands for the whole: the one that includes or is overridden. */
  constructor(file: string, root: MappingPiece) {
    this.file = file;
    this.source = readPiece(root, 'source') as PlainMapping;
    this.value = readPiece(root, 'value') as PlainMapping;
    this.unresolved = [...listParts(root, [])].flatMap(({ part, path }) =>
      part.document.unresolved
        .filter((found) => part.path.every((step, index) => found.path[index] === step))
        .map(({ name, problem, path: place }) => ({
          name,
          problem,
          path: [...path, ...place.slice(part.path.length)],
        })),
    );
    this.#root = root;
  }

  locate(path: DocumentPath, part: 'key' | 'value' = 'value'): Place {
    const { piece, key, rest } = descend(this.#root, path);
    if (piece.kind === 'part' && rest.length > 0) return piece.document.locate([...piece.path, ...rest], part);
    if (key !== undefined && (part === 'key' || rest.length > 0)) return key.document.locate(key.path, 'key');
    return locatePiece(piece, rest.length > 0 ? 'key' : part);
  }

  readAsText(path: DocumentPath): unknown {
    const { piece, rest } = descend(this.#root, path);
    return readText(piece, rest);
  }
}

/** Goes as far along a path as pieces reach: the piece there, the key it stands under, and what is left of the path. */
function descend(root: Piece, path: DocumentPath): { piece: Piece; key: Part | undefined; rest: DocumentPath } {
  let piece = root;
  let key: Part | undefined;
  for (const [index, step] of path.entries()) {
    if (piece.kind === 'part') return { piece, key: undefined, rest: path.slice(index) };
    const entry: { piece: Piece; key?: Part } | undefined =
      piece.kind === 'list' ? wrap(piece.items[Number(step)]) : piece.entries.get(String(step));
    if (entry === undefined) return { piece, key, rest: path.slice(index) };
    ({ piece, key } = { key: undefined, ...entry });
  }
  return { piece, key, rest: [] };
}

function wrap(piece: Piece | undefined): { piece: Piece } | undefined {
  return piece && { piece };
}

function readText(piece: Piece, path: DocumentPath): unknown {
  if (piece.kind === 'part') return piece.document.readAsText([...piece.path, ...path]);
  const list = openList(piece);
  if (list !== undefined) return list.items.map((item) => readText(item, []));
  const entries = openMapping(piece)?.entries ?? [];
  return Object.fromEntries([...entries].map(([key, entry]) => [key, readText(entry.piece, [])]));
}

function* listParts(piece: Piece, path: DocumentPath): Generator<{ part: Part; path: DocumentPath }> {
  if (piece.kind === 'part') yield { part: piece, path };
  else if (piece.kind === 'list') {
    for (const [index, item] of piece.items.entries()) yield* listParts(item, [...path, index]);
  } else {
    for (const [key, entry] of piece.entries) yield* listParts(entry.piece, [...path, key]);
  }
}
