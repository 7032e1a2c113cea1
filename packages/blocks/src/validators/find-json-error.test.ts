import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findJsonError } from './find-json-error.js';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('finding where a text is not JSON', () => {
  it.each([
    ['', 1, 1, 'expected a value, found the end of the text'],
    ['hello', 1, 1, 'expected a value, found "h"'],
    ['```json\n{}\n```', 1, 1, 'expected a value, found a Markdown code fence'],
    ['{"a": 1', 1, 8, 'expected "," or "}", found the end of the text'],
    ['{"a": 1,}', 1, 9, 'expected a key in double quotes, found "}"'],
    ["{'a': 1}", 1, 2, 'expected a key in double quotes, found "\'"'],
    ['{"a" 1}', 1, 6, 'expected ":", found "1"'],
    ['[1, 2,]', 1, 7, 'expected a value, found "]"'],
    ['[1 2]', 1, 4, 'expected "," or "]", found "2"'],
    ['{\n  "a": True\n}', 2, 8, 'expected a value, found "T"'],
    ['{"a": "b', 1, 7, 'text without a closing quote'],
    ['{"a": "b\nc"}', 1, 9, '"\\n" within text must be escaped'],
    ['["\\x"]', 1, 3, 'a backslash that escapes nothing'],
    ['[01]', 1, 2, 'expected a value, found "0"'],
    ['{} {}', 1, 4, 'the text goes on after the value: "{"'],
    ['{"a": ""b"}', 1, 9, 'expected "," or "}", found "b"'],
    [`[1, "a"" ]`, 1, 8, 'expected "," or "]", found a double quote'],
  ])('%j', (text, line, column, problem) => {
    expect(findJsonError(text)).toEqual({ line, column, problem });
  });

  it('finds nothing in what JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(findJsonError(text)).toBeUndefined();
      }),
    );
  });

  it('agrees with JSON.parse on every mutilated text', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '\\',
      '"a"',
      '1',
      '-',
      '.5',
      'e3',
      'true',
      ' ',
      '\n',
      'é',
    );
    const pieces = fc.array(piece, { maxLength: 8 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(
        fc.oneof(
          pieces,
          fc.json().map((text) => text.slice(1)),
        ),
        (text) => {
          expect(findJsonError(text) === undefined).toBe(isJson(text));
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('says so of a text that is nested without end', () => {
    expect(findJsonError('['.repeat(100_000))?.problem).toBe('nested more than 500 deep');
  });
});
