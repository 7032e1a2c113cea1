import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { findAuthorPosition, readExcerpt } from './author-position.js';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'dgt-position-')));
const file = join(folder, 'generate.ts');
writeFileSync(file, `first();\n\tconst pair = parse(text);\n${'x'.repeat(300)}\n`);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function errorWithStack(...frames: string[]): Error {
  const error = new Error('failed');
  error.stack = ['Error: failed', ...frames.map((frame) => `    at ${frame}`)].join('\n');
  return error;
}

it('takes the innermost frame in the folder, skipping dgt, packages and Node', () => {
  const error = errorWithStack(
    'JSON.parse (<anonymous>)',
    `helper (${folder}/node_modules/helper/index.js:1:1)`,
    'map (/elsewhere/dist/block.js:9:9)',
    `parse (file://${file}:2:15)`,
    `async Builder.generate (${file}:1:1)`,
  );
  expect(findAuthorPosition(error, folder)).toEqual({
    file,
    line: 2,
    column: 15,
    excerpt: '  2 | \tconst pair = parse(text);\n    | \t             ^',
  });
});

it('looks into the cause of an error that was thrown elsewhere', () => {
  const outer = errorWithStack('run (/elsewhere/run.js:1:1)');
  outer.cause = errorWithStack(`async ${file}:1:1`);
  expect(findAuthorPosition(outer, folder)).toMatchObject({ line: 1, column: 1 });
});

it('finds nothing where no frame is of the author', () => {
  expect(findAuthorPosition(errorWithStack('run (/elsewhere/run.js:1:1)'), folder)).toBeUndefined();
  expect(findAuthorPosition('a string', folder)).toBeUndefined();
});

it('shortens a long line and leaves out the mark that would not fit', () => {
  expect(readExcerpt({ file, line: 3, column: 250 })).toBe(`  3 | ${'x'.repeat(157)}...`);
  expect(readExcerpt({ file, line: 99, column: 1 })).toBeUndefined();
});
