import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { ComposedDocument } from './composed-document.js';
import { mergeDeep, openMapping, partOf, type MappingPiece } from './pieces.js';
import type { DataDocument, PlainMapping } from './yaml-document.js';

/** A document that says of each place that it stands in its own file. */
function createDocument(file: string, source: unknown): DataDocument {
  return {
    file,
    source,
    value: source,
    unresolved: [],
    locate: (path) => ({ file, line: path.length + 1, column: 1 }),
    readAsText: () => `text of ${file}`,
  };
}

function isMapping(value: unknown): value is PlainMapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function mergePlain(base: unknown, over: unknown): unknown {
  if (!isMapping(base) || !isMapping(over)) return over;
  const merged = { ...base };
  for (const [key, value] of Object.entries(over))
    merged[key] = Object.hasOwn(base, key) ? mergePlain(base[key], value) : value;
  return merged;
}

/** The file that a place comes from: the upper one where it says anything that is no mapping on the way there. */
function findOrigin(base: unknown, over: unknown, path: readonly string[]): string {
  const [key, ...rest] = path;
  if (key === undefined || !isMapping(base) || !isMapping(over))
    return isMapping(base) && isMapping(over) ? 'base' : 'over';
  if (!Object.hasOwn(over, key)) return 'base';
  if (!Object.hasOwn(base, key)) return 'over';
  return findOrigin(base[key], over[key], rest);
}

function* listPaths(value: unknown, path: readonly string[] = []): Generator<readonly string[]> {
  yield path;
  if (isMapping(value)) for (const [key, held] of Object.entries(value)) yield* listPaths(held, [...path, key]);
}

const key = fc.constantFrom('a', 'b', 'c', 'd');
const { mapping } = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, fc.integer(), fc.constant(null), fc.array(fc.integer()), tie('mapping')),
  mapping: fc.dictionary(key, tie('value'), { noNullPrototype: true }),
}));

it('merges mappings at every depth as plain data is merged, and knows where each place comes from', () => {
  fc.assert(
    fc.property(mapping, mapping, (base, over) => {
      const merged = mergeDeep(partOf(createDocument('base', base)), partOf(createDocument('over', over)));
      const document = new ComposedDocument('base', openMapping(merged) as MappingPiece);
      const expected = mergePlain(base, over);
      expect(document.value).toEqual(expected);
      for (const path of listPaths(expected)) expect(document.locate(path).file).toBe(findOrigin(base, over, path));
    }),
  );
});
