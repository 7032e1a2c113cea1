import { ConfigError } from '@dgt/core';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { PlannedFile } from './planned-file.js';

/**
 * Writes files that are not there yet; where one of them is, none is written.
 *
 * @throws {@link ConfigError} DGT_FILE_EXISTS
 */
export async function writeNewFiles(folder: string, files: readonly PlannedFile[]): Promise<void> {
  const existing = files.filter(({ path }) => existsSync(join(folder, path)));
  if (existing.length > 0) {
    const verb = existing.length === 1 ? 'exists' : 'exist';
    throw new ConfigError('DGT_FILE_EXISTS', { files: existing.map(({ path }) => path).join(', '), verb });
  }
  for (const { path, text } of files) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    // Should someone else have written it since, theirs is kept.
    await writeFile(file, text, { flag: 'wx' });
  }
}
