import { ConfigError, locateFile, type BlockServices } from '@dgt/core';
import { existsSync } from 'node:fs';
import { globSync } from 'tinyglobby';

/**
 * The files that paths and patterns (`runs/*.jsonl`, `**`) mean, each once, in an order that depends on their names alone.
 * Relative ones start where {@link locateFile} says: a pattern in the second folder when it finds nothing in the first.
 *
 * @throws {@link ConfigError} DGT_FILE_UNREADABLE for one that finds nothing.
 */
export function findFiles(
  patterns: readonly string[],
  services: Pick<BlockServices, 'baseFolder' | 'workingFolder'>,
): string[] {
  return [...new Set(patterns.flatMap((pattern) => findPattern(pattern, services)))];
}

function findPattern(pattern: string, services: Pick<BlockServices, 'baseFolder' | 'workingFolder'>): string[] {
  const path = locateFile(pattern, services);
  if (existsSync(path)) return [path];
  for (const cwd of [services.baseFolder, services.workingFolder]) {
    const files = globSync(pattern, { cwd, absolute: true, onlyFiles: true, expandDirectories: false });
    if (files.length > 0) return files.sort();
  }
  throw new ConfigError('DGT_FILE_UNREADABLE', { file: pattern, reason: 'no such file' });
}
