import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { RunError } from '@dgt/core';

/**
 * Writes a file so that it is there whole or not at all: beside its place first, to disk, then by rename. An earlier file
 * stays until that moment, and when writing fails.
 *
 * @throws {@link RunError} DGT_DISK_FULL, DGT_OUTPUT_UNWRITABLE
 */
export async function writeWholeFile<T>(file: string, write: (handle: FileHandle) => Promise<T>): Promise<T> {
  const draft = `${file}.tmp`;
  try {
    await mkdir(dirname(file), { recursive: true });
    const handle = await open(draft, 'w');
    let result: T;
    try {
      result = await write(handle);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
    return result;
  } catch (error) {
    await rm(draft, { force: true }).catch(() => {});
    throw describeFailure(error, file);
  }
}

/** Writes text, piece by piece. */
export async function writeText(handle: FileHandle, pieces: AsyncIterable<string>): Promise<void> {
  // Unlike write, which may write a part when the disk gets full and say so in its result alone.
  for await (const piece of pieces) await handle.appendFile(piece);
}

function describeFailure(error: unknown, file: string): unknown {
  const { code, message, syscall } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new RunError('DGT_DISK_FULL', { file, reason: code }, { cause: error });
  }
  if (code === undefined || syscall === undefined) return error;
  return new RunError('DGT_OUTPUT_UNWRITABLE', { file, reason: `${code}: ${message}` }, { cause: error });
}
