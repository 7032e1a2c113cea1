import { realpath } from 'node:fs/promises';
import { formatPlace } from '@dgt/core';
import { ComposedDocument } from './composed-document.js';
import { describeSearch, expandPath, locateFiles, searchedFolders } from './locate-files.js';
import {
  layOver,
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
import { readJsonLines, readTextDocument } from './text-documents.js';
import { reportUnresolvedReferences } from './unresolved-references.js';
import { readYamlData, type DataDocument, type ReadingContext, type YamlDocument } from './yaml-document.js';

/** The most files that one file may bring in, itself and through others. */
const fileLimit = 1000;

/**
 * Puts the files that a document names under `include` into it; its own keys win. `include` is a path or pattern, a list
 * whose mappings are merged in order, or a mapping from a key to what is loaded under it.
 *
 * @returns undefined when something could not be included; `problems` says what.
 */
export async function resolveIncludes(
  document: YamlDocument,
  context: ReadingContext,
): Promise<YamlDocument | undefined> {
  if (!Object.hasOwn(document.value, 'include')) return document;
  const piece = await new IncludeReader(context).apply(partOf(document), [await realpath(document.file)]);
  return piece && new ComposedDocument(document.file, piece);
}

/** Reads the includes of one mapping that is part of a larger document, such as a task of a `--config-path` file. */
export async function resolveIncludesOf(part: Part, context: ReadingContext): Promise<MappingPiece | undefined> {
  return new IncludeReader(context).apply(part, [await realpath(part.document.file)]);
}

/** Where a path under `include` stands, and the files that lead there. */
interface Origin {
  readonly part: Part;
  readonly chain: readonly string[];
}

class IncludeReader {
  readonly #context: ReadingContext;
  #fileCount = 0;

  constructor(context: ReadingContext) {
    this.#context = context;
  }

  /** @param chain the real paths of the files that lead here, the one that holds the mapping last. */
  async apply(part: Part, chain: readonly string[]): Promise<MappingPiece | undefined> {
    const own = openMapping(part) as MappingPiece;
    const include = own.entries.get('include');
    if (include === undefined) return own;
    const rest: MappingPiece = { ...own, entries: new Map([...own.entries].filter(([key]) => key !== 'include')) };
    const included = await this.#readWhole({ part: include.piece as Part, chain });
    return included && layOver(included, rest, part);
  }

  /** What stands under the key `include` itself: in the end one mapping. */
  async #readWhole(origin: Origin): Promise<MappingPiece | undefined> {
    const { part } = origin;
    const before = this.#context.problems.count;
    const path = part.path;
    reportUnresolvedReferences(part.document, this.#context.problems, (place) =>
      path.some((step, index) => place[index] !== step),
    );
    if (this.#context.problems.count > before) return undefined;
    const mapping = openMapping(part);
    if (mapping !== undefined) return this.#readMapping(mapping, origin);
    const written = openList(part)?.items as readonly Part[] | undefined;
    const loaded = await this.#readItems(written ?? [part], origin);
    if (loaded === undefined) return undefined;
    let merged: MappingPiece | undefined;
    for (const { piece, from } of loaded) {
      const next = openMapping(piece);
      if (next === undefined) {
        const seen = openList(piece) === undefined ? 'a text or value' : 'a list';
        const hint = 'Give it a key of its own: `include: { key: path }`.';
        return this.#refuse(from, `brings in ${seen}, and only mappings can be merged`, hint);
      }
      merged = merged === undefined ? next : (mergeDeep(merged, next) as MappingPiece);
    }
    return merged ?? this.#refuse(part, 'expected a path, a list of paths, or a mapping of keys to paths, got nothing');
  }

  async #readMapping(mapping: MappingPiece, origin: Origin): Promise<MappingPiece | undefined> {
    const entries = new Map<string, Entry>();
    for (const [key, entry] of mapping.entries) {
      const part = entry.piece as Part;
      const piece = await this.#read({ ...origin, part });
      if (piece === undefined) return undefined;
      entries.set(key, { piece, key: part });
    }
    return { kind: 'mapping', entries, at: mapping.at };
  }

  async #readItems(parts: readonly Part[], origin: Origin): Promise<{ piece: Piece; from: Part }[] | undefined> {
    const loaded: { piece: Piece; from: Part }[] = [];
    for (const part of parts) {
      const piece = await this.#read({ ...origin, part });
      if (piece === undefined) return undefined;
      // A pattern, and a file of lines, stand for their items.
      const items = typeof readPiece(part, 'value') === 'string' ? openList(piece)?.items : undefined;
      loaded.push(...(items ?? [piece]).map((item) => ({ piece: item, from: part })));
    }
    return loaded;
  }

  async #read(origin: Origin): Promise<Piece | undefined> {
    const { part } = origin;
    const value = readPiece(part, 'value');
    if (typeof value === 'string') return this.#readPath(value, origin);
    const mapping = openMapping(part);
    if (mapping !== undefined) return this.#readMapping(mapping, origin);
    const list = openList(part);
    if (list === undefined) return this.#refuse(part, `expected a path, got ${JSON.stringify(value)}`);
    const items = await this.#readItems(list.items as readonly Part[], origin);
    return items && { kind: 'list', items: items.map(({ piece }) => piece), at: part };
  }

  async #readPath(path: string, { part, chain }: Origin): Promise<Piece | undefined> {
    const { file } = part.document;
    const expanded = expandPath(path, this.#context.environment);
    const found = await locateFiles(expanded, searchedFolders(file, this.#context));
    if (found === undefined) {
      const kind = /[*?[]/.test(expanded) ? 'no file matches' : 'there is no file';
      const hint = describeSearch(file, this.#context);
      return this.#refuse(part, `${kind} ${JSON.stringify(expanded)}`, hint, 'DGT_FILE_UNREADABLE');
    }
    const items: Piece[] = [];
    for (const name of found.files) {
      const piece = await this.#load(name, { part, chain });
      if (piece === undefined) return undefined;
      items.push(piece);
    }
    return found.isPattern ? ({ kind: 'list', items, at: part } satisfies ListPiece) : items[0];
  }

  async #load(file: string, { part, chain }: Origin): Promise<Piece | undefined> {
    const { problems } = this.#context;
    const real = await realpath(file);
    if (chain.includes(real)) {
      const names = [...chain.slice(chain.indexOf(real)), real].map((name) => problems.showFile(name));
      return this.#refuse(part, `the files include each other: ${names.join(' -> ')}`);
    }
    if (++this.#fileCount > fileLimit) return this.#refuse(part, `brings in more than ${fileLimit} files`);
    const document = await this.#readDocument(file);
    if (document === undefined) return undefined;
    const whole = partOf(document);
    return openMapping(whole) === undefined || !isYaml(file) ? whole : this.apply(whole, [...chain, real]);
  }

  #readDocument(file: string): Promise<DataDocument | undefined> {
    if (isYaml(file)) return readYamlData(file, this.#context);
    if (/\.jsonl$/i.test(file)) return readJsonLines(file, this.#context.problems);
    if (/\.json$/i.test(file)) return readYamlData(file, this.#context, { references: false });
    return readTextDocument(file, this.#context.problems);
  }

  #refuse(
    part: Part,
    problem: string,
    hint?: string,
    code: 'DGT_CONFIG_INVALID' | 'DGT_FILE_UNREADABLE' = 'DGT_CONFIG_INVALID',
  ): undefined {
    this.#context.problems.add({ ...locatePiece(part), path: formatPlace(part.path), problem, hint, code });
  }
}

function isYaml(file: string): boolean {
  return /\.ya?ml$/i.test(file);
}
