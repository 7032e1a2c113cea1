import { open, rename, rm } from 'node:fs/promises';
import { describeFileFailure } from './write-failure.js';

/**
 * Writes a file so that it is there whole or not at all: beside its place first, to disk, then by rename. An earlier file
 * stays until that moment.
 *
 * @throws {@link RunError} DGT_DISK_FULL, DGT_OUTPUT_UNWRITABLE
 */
export async function writeAtomically(file: string, chunks: Iterable<string>): Promise<void> {
  const draft = `${file}.tmp`;
  try {
    const handle = await open(draft, 'w');
    try {
      // Unlike write, which may write a part when the disk gets full and say so in its result alone.
      for (const chunk of chunks) await handle.appendFile(chunk);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => {});
    throw describeFileFailure(error, file);
  }
}

/** Rows as lines of JSON, in chunks that are worth a write. */
export function* writeJsonLines(rows: Iterable<unknown>): Generator<string> {
  yield* gatherLines(writeEach(rows));
}

function* writeEach(rows: Iterable<unknown>): Generator<string> {
  for (const row of rows) yield JSON.stringify(row);
}

/** Gathers lines into chunks that are worth a write. */
export function* gatherLines(lines: Iterable<string>): Generator<string> {
  let chunk = '';
  for (const line of lines) {
    chunk += `${line}\n`;
    if (chunk.length > 1 << 18) {
      yield chunk;
      chunk = '';
    }
  }
  if (chunk !== '') yield chunk;
}
