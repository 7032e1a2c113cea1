import type { FrontPage, Json, Row } from '@dgt/core';
import { stat } from 'node:fs/promises';
import type { Ledger } from '../ledger/ledger.js';
import type { FinalRows } from './final-rows.js';
import { gatherLines, writeAtomically, writeJsonLines } from './write-atomically.js';

/** Something that is made of the rows of the dataset when a run ends: final_data, formatted_data. */
export interface Sink {
  /** Names it in the ledger: `final_data`. */
  readonly name: string;
  /** How it is written; another way writes it anew. */
  readonly definition: Json;
  /** The file that holds the rows when nothing else is said. */
  readonly file: string;
  /** Writes all rows so that they are there whole or not at all. @returns the files that hold them now. */
  write(rows: Iterable<Row> & Partial<Pick<FinalRows, 'texts'>>): Promise<readonly string[]>;
  /** The datasets of hubs that the rows go to as well. */
  frontPages?(): Promise<readonly FrontPage[]>;
}

/** A sink that is one file of JSON lines. */
export function createFileSink(name: string, file: string): Sink {
  return {
    name,
    definition: 'jsonl',
    file,
    write: async (rows) => {
      await writeAtomically(file, rows.texts === undefined ? writeJsonLines(rows) : gatherLines(rows.texts));
      return [file];
    },
  };
}

type FileMark = { readonly file: string; readonly bytes: number; readonly modifiedMs: number };
type Mark = {
  readonly rows: number;
  readonly chosenFrom: number;
  readonly definition: Json;
  readonly files: readonly FileMark[];
};

/** What came of {@link writeSink}. */
export interface Written {
  /** Whether anything was written. */
  readonly changed: boolean;
  readonly files: readonly string[];
}

/**
 * Writes the rows of the dataset to a sink; leaves it alone when it holds these rows already.
 *
 * @param options.mayReplace whether a file that this dataset did not write may be replaced.
 */
export async function writeSink(
  sink: Sink,
  ledger: Ledger,
  rows: FinalRows,
  options: { mayReplace: boolean },
): Promise<Written> {
  const mark = ledger.getMeta<Mark>(sink.name);
  const { count, chosenFrom } = rows;
  if (mark !== undefined && (await areUntouched(mark.files))) {
    const isSame = mark.rows === count && mark.chosenFrom === chosenFrom;
    const isWrittenSo = JSON.stringify(mark.definition) === JSON.stringify(sink.definition);
    if (isSame && isWrittenSo) return { changed: false, files: mark.files.map(({ file }) => file) };
  }
  const isForeign = mark === undefined && (await markFile(sink.file)) !== undefined;
  if (isForeign && !options.mayReplace) return { changed: false, files: [sink.file] };
  const files = await sink.write(rows);
  const marks = (await Promise.all(files.map(markFile))).filter((found) => found !== undefined);
  await ledger.setMeta(sink.name, { rows: count, chosenFrom, definition: sink.definition, files: marks });
  return { changed: true, files };
}

async function areUntouched(marks: readonly FileMark[]): Promise<boolean> {
  const found = await Promise.all(marks.map(({ file }) => markFile(file)));
  return found.every((now, index) => {
    const mark = marks[index] as FileMark;
    return now?.bytes === mark.bytes && now.modifiedMs === mark.modifiedMs;
  });
}

/** Undefined for what is no file of this machine. */
async function markFile(file: string): Promise<FileMark | undefined> {
  const found = await stat(file).catch(() => undefined);
  return found && { file, bytes: found.size, modifiedMs: found.mtimeMs };
}
