import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { BlockServices } from './services.js';

/**
 * The file, or folder, that a path in the configuration of a block means. A relative path starts at the folder of the data
 * builder; when nothing is there, at the folder dgt was called in. One that is at neither is given as in the builder's.
 */
export function locateFile(path: string, folders: Pick<BlockServices, 'baseFolder' | 'workingFolder'>): string {
  const beside = resolve(folders.baseFolder, path);
  if (existsSync(beside)) return beside;
  const elsewhere = resolve(folders.workingFolder, path);
  return existsSync(elsewhere) ? elsewhere : beside;
}
