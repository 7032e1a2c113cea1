import { isScalar, parseDocument, type Alias, type Document, type Node } from 'yaml';
import { findDGTDifference } from './dgt-differences.js';
import { hasReference, resolveReferences, type Environment, type ReferenceProblem } from './environment.js';
import type { Place, Position, Problems } from './problems.js';
import { readTextFile } from './read-text-file.js';
import type { SecretStore } from './secrets.js';
import { locateIn } from './text-positions.js';
import { dereference, findNode, resolveAliases, type YamlNode } from './yaml-nodes.js';
import { explainYamlError } from './yaml-advice.js';
import { readPlainValue } from './yaml-values.js';

/** Keys and indexes from the root of a document to a place in it. */
export type DocumentPath = readonly (string | number)[];

/** A mapping of plain JSON data. */
export type PlainMapping = Record<string, unknown>;

/** What reading one file needs of the run. */
export interface ReadingContext {
  readonly problems: Problems;
  readonly environment: Environment;
  readonly secrets: SecretStore;
  /** The folder that dgt was called in. */
  readonly workingFolder: string;
}

/** One file, or several put together: plain data, and where each piece of it stands in the text. */
export interface DataDocument {
  readonly file: string;
  /** As written, with `${env:NAME}` in it: safe to show and to save. */
  readonly source: unknown;
  /** With the values of the environment: may hold secrets. */
  readonly value: unknown;
  /** References to the environment that could not be followed; whoever uses the place reports them. */
  readonly unresolved: readonly (ReferenceProblem & { readonly path: DocumentPath })[];
  /** Where a place stands: at its key, or at its value. For a place that does not exist, where its nearest parent stands. */
  locate(path: DocumentPath, part?: 'key' | 'value'): Place;
  /** A place with each number and truth value as the text that the user wrote: `11` instead of 11, `1.0` instead of 1. */
  readAsText(path: DocumentPath): unknown;
}

/** A document that holds one mapping. */
export interface YamlDocument extends DataDocument {
  readonly source: PlainMapping;
  readonly value: PlainMapping;
}

/**
 * Reads a YAML 1.2 file that holds one mapping. YAML never executes code: a tag is a problem, as is everything else that is
 * not plain data.
 *
 * @returns undefined when the file cannot be used; `problems` says why.
 */
export async function readYamlDocument(file: string, context: ReadingContext): Promise<YamlDocument | undefined> {
  const document = await readYamlData(file, context);
  if (document === undefined) return undefined;
  const { source } = document;
  if (typeof source === 'object' && source !== null && !Array.isArray(source)) return document as YamlDocument;
  const seen = source === null ? 'an empty file' : Array.isArray(source) ? 'a list' : 'a single value';
  context.problems.add({
    ...document.locate([]),
    problem: `expected a mapping (key: value) at the top level, got ${seen}`,
    code: 'DGT_CONFIG_INVALID',
  });
  return undefined;
}

/**
 * Reads a YAML 1.2 file, or a JSON file, whatever it holds.
 *
 * @param options.references whether `${env:NAME}` in it stands for a value of the environment.
 */
export async function readYamlData(
  file: string,
  context: ReadingContext,
  { references = true }: { references?: boolean } = {},
): Promise<DataDocument | undefined> {
  const { problems } = context;
  const text = await readTextFile(file, problems);
  if (text === undefined) return undefined;
  const positionAt = locateIn(text);
  const before = problems.count;
  const report = (offset: number, problem: string, hint?: string) =>
    problems.add({ file, ...positionAt(offset), problem, hint, code: 'DGT_CONFIG_INVALID' });
  try {
    const { root, aliases, source } = parseText(text, report);
    if (problems.count > before) return undefined;
    return new ParsedDocument({ file, source, root, aliases, positionAt, context: references ? context : undefined });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    report(0, 'is nested too deeply to be read');
    return undefined;
  }
}

class ParsedDocument implements DataDocument {
  readonly file: string;
  readonly source: unknown;
  readonly value: unknown;
  readonly unresolved: (ReferenceProblem & { readonly path: DocumentPath })[] = [];
  readonly #root: YamlNode;
  readonly #aliases: ReadonlyMap<Alias, Node>;
  readonly #positionAt: (offset: number) => Position;

  constructor(parts: {
    file: string;
    source: unknown;
    root: YamlNode;
    aliases: ReadonlyMap<Alias, Node>;
    positionAt: (offset: number) => Position;
    /** Without it, references to the environment are text like any other. */
    context: ReadingContext | undefined;
  }) {
    this.file = parts.file;
    this.source = parts.source;
    this.#root = parts.root;
    this.#aliases = parts.aliases;
    this.#positionAt = parts.positionAt;
    this.value = parts.context === undefined ? parts.source : this.#resolve(parts.context);
  }

  #resolve({ environment, secrets }: ReadingContext): unknown {
    return mapScalars(this.source, [], (scalar, path) => {
      if (typeof scalar !== 'string' || !hasReference(scalar)) return scalar;
      const report = (problem: ReferenceProblem) => this.unresolved.push({ ...problem, path });
      return resolveReferences(scalar, { environment, secrets, report });
    });
  }

  locate(path: DocumentPath, part: 'key' | 'value' = 'value'): Place {
    const { node, key, complete } = findNode(this.#root, path, this.#aliases);
    const places = (part === 'key' || !complete) && path.length > 0 ? [key, node] : [node, key];
    const offset = places.find((place) => place?.range)?.range?.[0] ?? this.#root?.range?.[0] ?? 0;
    return { file: this.file, ...this.#positionAt(offset) };
  }

  readAsText(path: DocumentPath): unknown {
    const { value } = path.reduce<{ value: unknown }>(
      (parent, step) => ({ value: (parent.value as PlainMapping)[step] }),
      { value: this.value },
    );
    return mapScalars(value, path, (scalar, place) => {
      if (typeof scalar !== 'number' && typeof scalar !== 'boolean') return scalar;
      const node = dereference(findNode(this.#root, place, this.#aliases).node, this.#aliases);
      return isScalar(node) ? (node.source ?? String(scalar)) : String(scalar);
    });
  }
}

/** A copy of plain data in which each value that is no list and no mapping is replaced. */
function mapScalars(
  value: unknown,
  path: DocumentPath,
  replace: (scalar: unknown, path: DocumentPath) => unknown,
): unknown {
  if (Array.isArray(value)) return value.map((item, index) => mapScalars(item, [...path, index], replace));
  if (typeof value !== 'object' || value === null) return replace(value, path);
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, mapScalars(item, [...path, key], replace)]),
  );
}

type Report = (offset: number, problem: string, hint?: string) => void;

/** Reads the text into plain data; what is wrong with it is reported. */
function parseText(
  text: string,
  report: Report,
): { root: YamlNode; aliases: ReadonlyMap<Alias, Node>; source: unknown } {
  let failed = false;
  const document = parseDocumentOf(text, (...problem) => {
    failed = true;
    report(...problem);
  });
  const aliases = resolveAliases(document);
  const root = document.contents as YamlNode;
  return { root, aliases, source: failed ? null : readPlainValue(root, aliases, report) };
}

function parseDocumentOf(text: string, report: Report): Document.Parsed {
  const document = parseDocument(text, {
    schema: 'core',
    version: '1.2',
    merge: false,
    resolveKnownTags: false,
    // Both are done while values are read: the parser compares each key with all others, which a large mapping cannot afford.
    uniqueKeys: false,
    prettyErrors: false,
  });
  // What follows the first error is read from the wrong place and says nothing more.
  const [error] = document.errors;
  if (error?.code === 'MULTIPLE_DOCS') {
    report(error.pos[0], 'expected one document, got another one after "---"', 'Put it in a file of its own.');
  } else if (error !== undefined) {
    if (/call stack/.test(error.message)) throw new RangeError(error.message);
    const { problem, hint } = explainYamlError(error.code, error.message);
    report(error.pos[0], `is not valid YAML: ${problem}`, hint);
  }
  for (const { code, message, pos } of document.warnings) {
    if (code === 'TAG_RESOLVE_FAILED') reportTag(text.slice(pos[0], pos[1]), pos[0], report);
    else report(pos[0], `is not valid YAML: ${explainYamlError(code, message).problem}`);
  }
  return document;
}

function reportTag(tag: string, offset: number, report: Report): void {
  const difference = findDGTDifference('tag', tag);
  if (difference !== undefined)
    return report(offset, `${difference.problem}: YAML here is data and never executes code`, difference.hint);
  const advice = 'Remove it, or put the text in quotes if it is meant as text.';
  report(offset, `the tag ${tag} has no meaning here: YAML is data and never executes code`, advice);
}
