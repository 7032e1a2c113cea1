import { isAlias, isMap, isScalar, isSeq, type Alias, type Node, type Pair, type Scalar, type YAMLMap } from 'yaml';
import { isMerge, readKey, readMerged, type YamlNode } from './yaml-nodes.js';

/** The most values that aliases may stand for in one file: a few lines of aliases of aliases can stand for billions. */
const aliasLimit = 100_000;

/** Tells where in the text something is wrong. */
export type ReportAt = (offset: number, problem: string, hint?: string) => void;

/** Plain JSON data of a YAML node; what JSON cannot hold is reported and stands as `null`. */
export function readPlainValue(node: YamlNode, aliases: ReadonlyMap<Alias, Node>, report: ReportAt): unknown {
  return new PlainReader(aliases, report).read(node, 0);
}

class PlainReader {
  readonly #aliases: ReadonlyMap<Alias, Node>;
  readonly #report: ReportAt;
  readonly #open = new Set<Node>();
  #aliasDepth = 0;
  #aliasedValues = 0;
  #refused = false;

  constructor(aliases: ReadonlyMap<Alias, Node>, report: ReportAt) {
    this.#aliases = aliases;
    this.#report = report;
  }

  read(node: YamlNode, offset: number): unknown {
    if (this.#refused || node === null || node === undefined) return null;
    if (this.#aliasDepth > 0 && ++this.#aliasedValues > aliasLimit) {
      this.#refused = true;
      const limit = aliasLimit.toLocaleString('en');
      this.#report(
        offset,
        `the aliases (*name) of this file stand for more than ${limit} values`,
        'Write them out, or use fewer.',
      );
      return null;
    }
    if (isAlias(node)) return this.#readAlias(node);
    if (isScalar(node)) return this.#readScalar(node);
    if (isSeq(node)) return node.items.map((item) => this.read(item as YamlNode, startOf(node)));
    if (isMap(node)) return this.#readMap(node);
    return null;
  }

  #readAlias(alias: Alias): unknown {
    const offset = startOf(alias);
    const target = this.#aliases.get(alias);
    if (target === undefined) {
      this.#report(offset, `the alias *${alias.source} has no anchor &${alias.source} before it`);
      return null;
    }
    if (this.#open.has(target)) {
      this.#report(offset, `the alias *${alias.source} stands inside of what it refers to`);
      return null;
    }
    this.#open.add(target);
    this.#aliasDepth++;
    const value = this.read(target, offset);
    this.#aliasDepth--;
    this.#open.delete(target);
    return value;
  }

  #readScalar(scalar: Scalar): unknown {
    const { value } = scalar;
    if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      this.#report(startOf(scalar), `${scalar.source ?? String(value)} is not a number that JSON can hold`);
      return null;
    }
    if (Number.isInteger(value) && !Number.isSafeInteger(value) && /^[-+]?\d+$/.test(scalar.source ?? '')) {
      const hint = `Put it in quotes if it is an identifier.`;
      this.#report(startOf(scalar), `${scalar.source} has more digits than a number can keep`, hint);
    }
    return value;
  }

  #readMap(map: YAMLMap): unknown {
    const values = new Map<string, unknown>();
    const seen = new Set<string>();
    const isOpen = this.#open.has(map);
    this.#open.add(map);
    for (const pair of map.items) {
      if (isMerge(pair)) this.#readMerge(pair, map, values, seen);
      else this.#readPair(pair, map, values, seen);
    }
    if (!isOpen) this.#open.delete(map);
    return Object.fromEntries(values);
  }

  #readPair(pair: Pair, map: YAMLMap, values: Map<string, unknown>, seen: Set<string>): void {
    const keyNode = pair.key as YamlNode;
    const offset = keyNode?.range?.[0] ?? startOf(map);
    const key = readKey(keyNode, this.#aliases);
    if (key === undefined) this.#report(offset, 'expected a name as key', 'Put it in quotes if it is meant as text.');
    else if (key === '__proto__') this.#report(offset, 'a key cannot be called "__proto__"');
    else if (seen.has(key)) this.#report(offset, `the key "${key}" is given twice`, 'Remove one of them.');
    else {
      seen.add(key);
      values.set(key, this.read(pair.value as YamlNode, offset));
    }
  }

  #readMerge(pair: Pair, map: YAMLMap, values: Map<string, unknown>, seen: ReadonlySet<string>): void {
    const offset = startOf(pair.key as Node);
    const merged = readMerged(pair, this.#aliases);
    if (merged === undefined || merged.includes(map)) {
      this.#report(offset, 'expected an alias of a mapping, or a list of such aliases, after <<');
      return;
    }
    this.#aliasDepth++;
    for (const node of merged.toReversed()) {
      if (this.#open.has(node)) continue;
      for (const [key, value] of Object.entries(this.read(node, offset) ?? {}))
        if (!seen.has(key)) values.set(key, value);
    }
    this.#aliasDepth--;
  }
}

function startOf(node: Node): number {
  return node.range?.[0] ?? 0;
}
