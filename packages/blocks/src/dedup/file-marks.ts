import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { readPieces } from '../internal/record-file.js';

/** How far a file had grown, and what it held up to there. */
export type FileMark = {
  /** Its path, from a folder that is known where the mark is read. */
  readonly file: string;
  /** @unit bytes */
  readonly length: number;
  /** SHA-256 of these bytes. */
  readonly digest: string;
};

/** Marks a file as it is now; `path` is where it lies. */
export function markFile(file: string, path: string): FileMark {
  const { size: length } = statSync(path);
  return { file, length, digest: digestFile(path, length) };
}

/** Whether the file still begins with what it held when it was marked. */
export function isAsMarked(path: string, { length, digest }: FileMark): boolean {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? -1;
  return size >= length && digestFile(path, length) === digest;
}

/** SHA-256 of a file, or of its first bytes. */
export function digestFile(path: string, length = Infinity): string {
  const hash = createHash('sha256');
  for (const piece of readPieces(path, { length })) hash.update(piece);
  return hash.digest('hex');
}
