import { open } from 'node:fs/promises';
import { isMap, isScalar, parseDocument, type Alias, type Document, type Node } from 'yaml';
import { hasReference, resolveReferences, type Environment, type ReferenceProblem } from './environment.js';
import type { Position, Problems } from './problems.js';
import type { SecretStore } from './secrets.js';
import { locateIn } from './text-positions.js';
import { dereference, findNode, resolveAliases, type YamlNode } from './yaml-nodes.js';
import { explainYamlError } from './yaml-advice.js';
import { readPlainValue } from './yaml-values.js';

/** The largest YAML file that is read. @unit bytes */
const sizeLimit = 32 * 1024 * 1024;

/** Keys and indexes from the root of a document to a place in it. */
export type DocumentPath = readonly (string | number)[];

/** A mapping of plain JSON data. */
export type PlainMapping = Record<string, unknown>;

/** What reading one file needs of the run. */
export interface ReadingContext {
  readonly problems: Problems;
  readonly environment: Environment;
  readonly secrets: SecretStore;
}

/** One YAML file, read and checked as YAML: plain data, and where each piece of it stands in the text. */
export interface YamlDocument {
  readonly file: string;
  /** As written, with `${env:NAME}` in it: safe to show and to save. */
  readonly source: PlainMapping;
  /** With the values of the environment: may hold secrets. */
  readonly value: PlainMapping;
  /** References to the environment that could not be followed; whoever uses the place reports them. */
  readonly unresolved: readonly (ReferenceProblem & { readonly path: DocumentPath })[];
  /** Where a place stands: at its key, or at its value. For a place that does not exist, where its nearest parent stands. */
  locate(path: DocumentPath, part?: 'key' | 'value'): Position;
  /** A place with each number and truth value as the text that the user wrote: `11` instead of 11, `1.0` instead of 1. */
  readAsText(path: DocumentPath): unknown;
}

/**
 * Reads a YAML 1.2 file that holds one mapping. YAML never executes code: a tag is a problem, as is everything else that is
 * not plain data.
 *
 * @returns undefined when the file cannot be used; `problems` says why.
 */
export async function readYamlDocument(file: string, context: ReadingContext): Promise<YamlDocument | undefined> {
  const { problems } = context;
  const text = await readText(file, problems);
  if (text === undefined) return undefined;
  const positionAt = locateIn(text);
  const before = problems.count;
  const report = (offset: number, problem: string, hint?: string) =>
    problems.add({ file, ...positionAt(offset), problem, hint, code: 'DGT_CONFIG_INVALID' });
  try {
    const document = parseText(text, report);
    if (problems.count > before) return undefined;
    if (!isMap(document.contents)) {
      const seen =
        document.contents === null ? 'an empty file' : isScalar(document.contents) ? 'a single value' : 'a list';
      const offset = (document.contents as YamlNode)?.range?.[0] ?? 0;
      report(offset, `expected a mapping (key: value) at the top level, got ${seen}`);
      return undefined;
    }
    const aliases = resolveAliases(document);
    const source = readPlainValue(document.contents, aliases, report) as PlainMapping;
    return problems.count > before
      ? undefined
      : new ParsedDocument({ file, source, root: document.contents, aliases, positionAt, context });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    report(0, 'is nested too deeply to be read');
    return undefined;
  }
}

class ParsedDocument implements YamlDocument {
  readonly file: string;
  readonly source: PlainMapping;
  readonly value: PlainMapping;
  readonly unresolved: (ReferenceProblem & { readonly path: DocumentPath })[] = [];
  readonly #root: Node;
  readonly #aliases: ReadonlyMap<Alias, Node>;
  readonly #positionAt: (offset: number) => Position;

  constructor(parts: {
    file: string;
    source: PlainMapping;
    root: Node;
    aliases: ReadonlyMap<Alias, Node>;
    positionAt: (offset: number) => Position;
    context: ReadingContext;
  }) {
    this.file = parts.file;
    this.source = parts.source;
    this.#root = parts.root;
    this.#aliases = parts.aliases;
    this.#positionAt = parts.positionAt;
    const { environment, secrets } = parts.context;
    this.value = mapScalars(parts.source, [], (scalar, path) =>
      typeof scalar === 'string' && hasReference(scalar)
        ? resolveReferences(scalar, {
            environment,
            secrets,
            report: (problem) => this.unresolved.push({ ...problem, path }),
          })
        : scalar,
    ) as PlainMapping;
  }

  locate(path: DocumentPath, part: 'key' | 'value' = 'value'): Position {
    const { node, key, complete } = findNode(this.#root, path, this.#aliases);
    const places = (part === 'key' || !complete) && path.length > 0 ? [key, node] : [node, key];
    return this.#positionAt(places.find((place) => place?.range)?.range?.[0] ?? this.#root.range?.[0] ?? 0);
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

async function readText(file: string, problems: Problems): Promise<string | undefined> {
  const refuse = (problem: string, hint?: string) => {
    problems.add({ file, problem, hint, code: 'DGT_FILE_UNREADABLE' });
    return undefined;
  };
  try {
    await using handle = await open(file, 'r');
    const stats = await handle.stat();
    if (!stats.isFile()) return refuse(`expected a file, got ${stats.isDirectory() ? 'a folder' : 'something else'}`);
    if (stats.size > sizeLimit) {
      const size = `${(stats.size / 1024 / 1024).toFixed(1)} MiB`;
      return refuse(`is too large: ${size}, and YAML files are read up to ${sizeLimit / 1024 / 1024} MiB`);
    }
    return new TextDecoder('utf-8', { fatal: true }).decode(await handle.readFile());
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return refuse('is not UTF-8 text');
    return refuse(`cannot be read (${describeReason(code) ?? message})`);
  }
}

function describeReason(code: string | undefined): string | undefined {
  if (code === 'ENOENT') return 'no such file';
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied';
  return code;
}

type Report = (offset: number, problem: string, hint?: string) => void;

function parseText(text: string, report: Report): Document.Parsed {
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
  const advice = tag.startsWith('!function')
    ? '!function is not supported: write the function in the TypeScript of the data builder.'
    : 'Remove it, or put the text in quotes if it is meant as text.';
  report(offset, `the tag ${tag} has no meaning here: YAML is data and never executes code`, advice);
}
