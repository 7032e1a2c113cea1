import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PluginError } from '@dgt/core';
import { afterAll, expect, it } from 'vitest';
import { findAuthorPosition, readExcerpt } from './author-position.js';
import { coverRoots } from './author-roots.js';

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

it('points at the line that gave a constructor what dgt refused, not at the class', () => {
  const refused = new PluginError('DGT_DATA_POINT_INVALID', { name: 'Pair', problems: 'missing "answer"' });
  const frames = ['new DeclaredDataPoint (/elsewhere/data-point.js:1:1)', `new Pair (${file}:1:1)`];
  refused.stack = errorWithStack(...frames, `Builder.generate (${file}:2:15)`).stack as string;
  expect(findAuthorPosition(refused, folder)).toMatchObject({ line: 2, column: 15 });
  refused.stack = errorWithStack(...frames).stack as string;
  expect(findAuthorPosition(refused, folder)).toMatchObject({ line: 1 });
  const thrown = errorWithStack(`new Pair (${file}:1:1)`, `Builder.generate (${file}:2:15)`);
  expect(findAuthorPosition(thrown, folder)).toMatchObject({ line: 1 });
});

it('finds a line of a block that lives in another folder of authors, where none is in the given one', () => {
  const error = errorWithStack(`Shorten.process (${file}:2:15)`);
  expect(findAuthorPosition(error, '/elsewhere/builder')).toBeUndefined();
  coverRoots([`${pathToFileURL(folder).href}/`]);
  expect(findAuthorPosition(error, '/elsewhere/builder')).toMatchObject({ file, line: 2 });
});
