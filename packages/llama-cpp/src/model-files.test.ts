import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { findModelFile } from './model-files.js';

const folder = mkdtempSync(join(tmpdir(), 'dgt-model-files-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('finds a bundled model by its name', () => {
  const file = findModelFile('dgt-geo-micro', folder);
  expect(file.path).toMatch(/geo-micro\/dgt-geo-micro\.gguf$/);
  expect(file).toMatchObject({ bundled: 'dgt-geo-micro', size: 10_761_600 });
});

it('finds a file relative to the folder of the configuration, and by its absolute path', () => {
  const path = join(folder, 'my.gguf');
  writeFileSync(path, 'GGUF\x03\0\0\0 and the rest');
  const found = { path, bundled: undefined, size: 21 };
  expect(findModelFile('my.gguf', folder)).toEqual(found);
  expect(findModelFile(path, '/')).toEqual(found);
});

it('says which names are bundled when there is no such file', () => {
  expect(() => findModelFile('geo-micro', folder)).toThrow(
    expect.objectContaining({
      code: 'DGT_MODEL_FILE_MISSING',
      message: 'model "geo-micro" is neither a GGUF file nor a bundled model (dgt-geo-micro)',
    }) as Error,
  );
});

it('refuses a file that is no GGUF file, and a folder, before anything is loaded', () => {
  writeFileSync(join(folder, 'page.gguf'), '<html>not found');
  writeFileSync(join(folder, 'empty.gguf'), '');
  writeFileSync(join(folder, 'text.gguf'), 'GGUF, a format for models');
  const refused = (reason: string) =>
    expect.objectContaining({
      code: 'DGT_MODEL_FILE_INVALID',
      message: expect.stringContaining(reason) as string,
    }) as Error;
  expect(() => findModelFile('page.gguf', folder)).toThrow(refused('it starts with "<htm" and not with "GGUF"'));
  expect(() => findModelFile('empty.gguf', folder)).toThrow(refused('it starts with ""'));
  expect(() => findModelFile('text.gguf', folder)).toThrow(
    refused('GGUF version 543236140, and versions up to 3 are known'),
  );
  expect(() => findModelFile('.', folder)).toThrow(refused('it is a folder'));
});
