import type { Row } from '@dgt/core';
import { open } from 'node:fs/promises';

/** The first rows of a file of JSON lines; undefined when it is not there. A last line that is cut off is no row. */
export async function readLines(file: string, count: number): Promise<Row[] | undefined> {
  const rows: Row[] = [];
  try {
    await using handle = await open(file);
    for await (const line of handle.readLines()) {
      if (rows.length >= count) break;
      if (line.trim() !== '') rows.push(JSON.parse(line) as Row);
    }
  } catch (error) {
    if (error instanceof SyntaxError) return rows;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return rows;
}
