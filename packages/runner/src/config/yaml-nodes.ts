import { isAlias, isMap, isScalar, isSeq, visit, type Alias, type Document, type Node, type Pair } from 'yaml';

/** What stands where a value may stand: a node, or nothing, as in `key:`. */
export type YamlNode = Node | null | undefined;

/** Finds the node that each alias stands for, once for the whole document and in the order of its text. */
export function resolveAliases(document: Document): ReadonlyMap<Alias, Node> {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  visit(document, {
    Node: (_key, node) => {
      if (isAlias(node)) {
        const target = anchors.get(node.source);
        if (target !== undefined) targets.set(node, target);
      } else if (node.anchor !== undefined) anchors.set(node.anchor, node as Node);
    },
  });
  return targets;
}

/** The text of a key, or undefined when it is not a plain text, number or truth value. */
export function readKey(node: YamlNode, aliases: ReadonlyMap<Alias, Node>): string | undefined {
  const target = isAlias(node) ? aliases.get(node) : node;
  if (!isScalar(target)) return undefined;
  if (typeof target.value === 'string') return target.value;
  if (typeof target.value === 'number' || typeof target.value === 'boolean')
    return target.source ?? String(target.value);
  return undefined;
}

/** The mappings that `<<` brings in, the strongest first. */
export function readMerged(pair: Pair, aliases: ReadonlyMap<Alias, Node>): Node[] | undefined {
  const value = dereference(pair.value as YamlNode, aliases);
  const merged = isSeq(value) ? value.items.map((item) => dereference(item as YamlNode, aliases)) : [value];
  return merged.every((node) => isMap(node)) ? (merged as Node[]) : undefined;
}

/** Whether a pair is the merge key `<<` of YAML 1.1, which shares the entries of another mapping. */
export function isMerge(pair: Pair): boolean {
  return isScalar(pair.key) && pair.key.value === '<<' && pair.key.type === 'PLAIN';
}

export interface FoundNode {
  readonly node: YamlNode;
  /** The key that the node stands under, if it stands in a mapping. */
  readonly key: YamlNode;
  /** Whether the whole path exists; otherwise the node is the deepest that does. */
  readonly complete: boolean;
}

/** Walks from a node along a path, through aliases and merged mappings. */
export function findNode(
  root: YamlNode,
  path: readonly (string | number)[],
  aliases: ReadonlyMap<Alias, Node>,
): FoundNode {
  let found: FoundNode = { node: root, key: undefined, complete: true };
  for (const step of path) {
    const next = enter(dereference(found.node, aliases), step, aliases, 0);
    if (next === undefined) return { ...found, complete: false };
    found = next;
  }
  return found;
}

/** The node that an alias stands for, or the node itself. */
export function dereference(node: YamlNode, aliases: ReadonlyMap<Alias, Node>): YamlNode {
  return isAlias(node) ? aliases.get(node) : node;
}

function enter(
  node: YamlNode,
  step: string | number,
  aliases: ReadonlyMap<Alias, Node>,
  depth: number,
): FoundNode | undefined {
  if (isSeq(node)) {
    const item = node.items[Number(step)];
    return item === undefined ? undefined : { node: item as YamlNode, key: undefined, complete: true };
  }
  if (!isMap(node) || depth > 10) return undefined;
  const own = node.items.find((pair) => readKey(pair.key as YamlNode, aliases) === String(step));
  if (own !== undefined) return { node: own.value as YamlNode, key: own.key as YamlNode, complete: true };
  for (const pair of node.items) {
    if (!isMerge(pair)) continue;
    for (const merged of readMerged(pair, aliases) ?? []) {
      const inherited = enter(merged, step, aliases, depth + 1);
      if (inherited !== undefined) return inherited;
    }
  }
  return undefined;
}
