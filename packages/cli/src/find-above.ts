import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The nearest folder, the given one or one above it, that holds a file. */
export function findAbove(folder: string, file: string): string | undefined {
  if (existsSync(join(folder, file))) return folder;
  const parent = dirname(folder);
  return parent === folder ? undefined : findAbove(parent, file);
}
