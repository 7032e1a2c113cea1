import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { locateFile } from './locate-file.js';

const workingFolder = mkdtempSync(join(tmpdir(), 'dgt-locate-'));
const baseFolder = join(workingFolder, 'builder');
const locate = (path: string) => locateFile(path, { baseFolder, workingFolder });

beforeAll(() => {
  mkdirSync(baseFolder);
  for (const file of ['both', 'builder/both', 'builder/beside', 'elsewhere'])
    writeFileSync(join(workingFolder, file), '');
});
afterAll(() => rmSync(workingFolder, { recursive: true }));

it('prefers what stands beside the data builder', () => {
  expect(locate('both')).toBe(join(baseFolder, 'both'));
  expect(locate('./beside')).toBe(join(baseFolder, 'beside'));
});

it('takes what stands in the folder of the call when the builder has no such file', () => {
  expect(locate('elsewhere')).toBe(join(workingFolder, 'elsewhere'));
});

it('gives the place beside the builder for what is nowhere, and an absolute path as it is', () => {
  expect(locate('nowhere')).toBe(join(baseFolder, 'nowhere'));
  expect(locate('/nowhere/at/all')).toBe('/nowhere/at/all');
});
