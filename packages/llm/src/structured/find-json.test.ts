import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findJsonParts, isPartial, unwrapFence } from './find-json.js';
import { readJson } from './read-json.js';

/** Texts in which what matters to the search is frequent. */
const texts = fc.string({
  unit: fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    '"',
    '"',
    '\\',
    ':',
    ',',
    'a',
    '1',
    ' ',
    '\n',
    '...',
    '…',
    '```',
    '\u{1F600}',
  ),
  maxLength: 40,
});

describe('searching a text for JSON', () => {
  it('finds what the patterns of JSON strings find', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(findJsonParts(text)).toEqual(findByPatterns(text));
        expect(isPartial(text)).toBe(isPartialByPatterns(text));
        expect(unwrapFence(text)).toBe(/^```[\w+-]*\s([\s\S]*?)\s*```$/.exec(text)?.[1]);
      }),
      { numRuns: 5000 },
    );
  });

  it('counts the brackets within a string that nothing closes', () => {
    expect(findJsonParts('so {"a": "b} and {"c": 1}')).toEqual([{ text: '{"a": "b} and {"c": 1}', open: false }]);
    expect(findJsonParts('{"a": "\\"} {b: \\"}')).toEqual([
      { text: '{"a": "\\"}', open: false },
      { text: '{b: \\"}', open: false },
    ]);
  });

  const size = 1_000_000;
  it('finds the parts of a megabyte that end within a string that nothing closes', () => {
    const count = Math.floor(size / 6);
    expect(findJsonParts('{a:\\"}'.repeat(count))).toHaveLength(count);
  });

  it.each([
    ['escaped quotes in a string that nothing closes', `{"a": "${'\\"'.repeat(size / 2)}`],
    ['spaces within a fence', `\`\`\`json\n{"a": ${' '.repeat(size)}1`],
    ['spaces in a text that is open', `{"a": ${' '.repeat(size)}1`],
    ['quotes', `{${'"'.repeat(size)}`],
    ['brackets that open', '{"a":['.repeat(size / 6)],
  ])('reads a megabyte of %s', (_, text) => {
    expect(readJson(text)).toHaveProperty('fault');
  });
});

/** What {@link findJsonParts} gives, told by patterns that begin anew at every character. */
function findByPatterns(text: string): ReturnType<typeof findJsonParts> {
  const parts: { text: string; open: boolean }[] = [];
  const beginning = /\{\s*(?:["'“}]|[\w$]+\s*:)|\[\s*(?:["'“{[\]\d-]|true|false|null)/gi;
  for (let match = beginning.exec(text); match !== null; match = beginning.exec(text)) {
    const end = findEndByPatterns(text, match.index);
    if (end === undefined) {
      const rest = text.slice(match.index).replace(/\s*```\s*$/, '');
      return [...parts, { text: rest.trimEnd(), open: true }];
    }
    parts.push({ text: text.slice(match.index, end), open: false });
    beginning.lastIndex = end;
  }
  return parts;
}

function findEndByPatterns(text: string, start: number): number | undefined {
  const token = /"(?:[^"\\]|\\.)*"|[{}[\]]/gs;
  token.lastIndex = start;
  let depth = 0;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    if (match[0] === '{' || match[0] === '[') depth++;
    else if ((match[0] === '}' || match[0] === ']') && --depth === 0) return token.lastIndex;
  }
  return undefined;
}

function isPartialByPatterns(text: string): boolean {
  if (/[,:{[]$/.test(text)) return true;
  const structure = text.replaceAll(/"(?:[^"\\]|\\.)*"/gs, '""');
  if (/[,[{]\s*(?:\.\.\.|…)\s*[,\]}]|:\s*[,\]}]/.test(structure)) return true;
  return !/[}\]]$/.test(text) && structure.replaceAll('""', '').includes('"');
}
