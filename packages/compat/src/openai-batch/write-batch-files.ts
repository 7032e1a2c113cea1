import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { ConfigError } from '@dgt/core';
import { writeText, writeWholeFile } from '@dgt/stores/files';

/** How much one file of a batch may hold. */
export interface BatchLimits {
  readonly lines: number;
  /** @unit bytes */
  readonly bytes: number;
}

/** A request as it is written, and the row that it comes from. */
export interface BatchLine {
  readonly text: string;
  readonly place: string;
}

/** What was written. */
export interface BatchFiles {
  /** As the output is named, in order. */
  readonly files: readonly string[];
  /** Files of the same name with other numbers, which an earlier call left. */
  readonly leftOver: readonly string[];
}

const apiLimits: BatchLimits = { lines: 50_000, bytes: 200_000_000 };

/** Lines are gathered to pieces that are worth a write. @unit characters */
const pieceLength = 1 << 18;

/**
 * Writes lines to one file with the given name, or to several with numbers before its ending, each as full as the API takes it.
 * They are drafts until all are written, so that all are there or none.
 *
 * @throws {@link ConfigError} DGT_DATA_INVALID, for a line that no file can hold.
 */
export async function writeBatchFiles(
  lines: AsyncIterable<BatchLine>,
  {
    output,
    workingFolder,
    limits = apiLimits,
  }: { output: string; workingFolder: string; limits?: BatchLimits | undefined },
): Promise<BatchFiles> {
  const path = resolve(workingFolder, output);
  const source = lines[Symbol.asyncIterator]();
  const drafts: string[] = [];
  try {
    let next = await source.next();
    while (next.done !== true) {
      const draft = `${withSuffix(path, `-${drafts.length + 1}`)}.draft`;
      drafts.push(draft);
      const first = next.value;
      await writeWholeFile(draft, (handle) =>
        writeText(handle, takePart(first, { source, limits, leave: (rest) => (next = rest) })),
      );
    }
  } catch (error) {
    for (const draft of drafts) await rm(draft, { force: true });
    throw error;
  }
  const suffixes = drafts.map((_, index) => (drafts.length === 1 ? '' : `-${index + 1}`));
  for (const [index, draft] of drafts.entries()) await rename(draft, withSuffix(path, suffixes[index] as string));
  // A pattern that means the files of today would take these as well.
  const others = drafts.length === 1 ? ['-1', '-2'] : ['', `-${drafts.length + 1}`];
  return {
    files: suffixes.map((suffix) => withSuffix(output, suffix)),
    leftOver: others
      .filter((suffix) => existsSync(withSuffix(path, suffix)))
      .map((suffix) => withSuffix(output, suffix)),
  };
}

/** The pieces of one file, from its first line on; what comes after it is left. */
async function* takePart(
  first: BatchLine,
  {
    source,
    limits,
    leave,
  }: {
    source: AsyncIterator<BatchLine>;
    limits: BatchLimits;
    leave: (rest: IteratorResult<BatchLine>) => void;
  },
): AsyncGenerator<string> {
  let piece = '';
  let room = { ...limits };
  let next: IteratorResult<BatchLine> = { done: false, value: first };
  while (next.done !== true) {
    const { text, place } = next.value;
    const bytes = Buffer.byteLength(text) + 1;
    if (bytes > limits.bytes)
      throw new ConfigError('DGT_DATA_INVALID', { place, problem: 'is longer than a whole file of a batch may be' });
    if (room.lines === 0 || room.bytes < bytes) break;
    room = { lines: room.lines - 1, bytes: room.bytes - bytes };
    piece += `${text}\n`;
    if (piece.length > pieceLength) {
      yield piece;
      piece = '';
    }
    next = await source.next();
  }
  yield piece;
  leave(next);
}

function withSuffix(path: string, suffix: string): string {
  const ending = extname(path);
  return join(dirname(path), `${basename(path, ending)}${suffix}${ending}`);
}
