import { blocks, innerBlock, type BlockClass } from '@dgt/core';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import type { PlannedBlock } from '../config/planned.js';
import { coverRoots } from './author-roots.js';
import { digestBlocks } from './digest-blocks.js';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'dgt-blocks-')));
coverRoots([`${pathToFileURL(folder).href}/`]);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A block of a type whose class is registered in a file. */
function plan(type: string, file: string, inner?: string): PlannedBlock {
  writeFileSync(file, `// ${type}`);
  const blockClass = { configFields: { judge: innerBlock('language model') } };
  blocks.add(type, blockClass as unknown as BlockClass, `${file}:3`);
  const config = { name: type, type, ...(inner !== undefined && { judge: { type: inner } }) };
  return { name: type, type, class: blockClass as unknown as BlockClass, config, place: {} as never };
}

it('digests the modules of blocks of authors, also of those within others, and none of dgt or of the builder itself', async () => {
  const elsewhere = realpathSync(mkdtempSync(join(tmpdir(), 'dgt-itself-')));
  plan('digest/judge', join(folder, 'judge.ts'));
  const planned = [
    plan('digest/shorten', join(folder, 'shorten.ts'), 'digest/judge'),
    plan('digest/core', join(elsewhere, 'core.ts')),
  ];
  const before = await digestBlocks(planned, join(folder, 'builder'));
  expect(Object.keys(before)).toEqual(['block digest/judge', 'block digest/shorten']);
  writeFileSync(join(folder, 'judge.ts'), '// edited');
  const after = await digestBlocks(planned, join(folder, 'builder'));
  expect(Object.keys(after).filter((name) => after[name] !== before[name])).toEqual(['block digest/judge']);
  expect(await digestBlocks(planned, folder)).toEqual({});
  rmSync(elsewhere, { recursive: true });
});
