import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ConfigError, type Json } from '@dgt/core';
import { writeWholeFile } from '@dgt/stores/files';
import { nameEarlierFiles } from './earlier-rows.js';
import type { GendataTranslation } from './translate.js';

/** A file as it was when it was looked at. */
type FileMark = { readonly bytes: number; readonly modified_ms: number };

/** What is kept of an output that was written: which file it is, and what it was made of. */
export interface OutputMark {
  readonly output: FileMark;
  readonly rows: FileMark | null;
  readonly request: string;
}

/** What an output is made of, for {@link openOutput} and {@link keepMark}. */
export interface OutputPlace {
  readonly input: string;
  readonly output: string;
  readonly translation: Pick<GendataTranslation, 'folder' | 'databuilders' | 'tasks'>;
  readonly workingFolder: string;
}

const markName = 'output.json';

/**
 * Looks whether an output may be written: where there is none, or where it was written by the same command and nothing has
 * changed since.
 *
 * @param mayChange whether the user has said what is to become of rows that were made otherwise.
 * @returns the mark of the output that is there.
 * @throws {@link ConfigError} DGT_OUTPUT_EXISTS
 */
export async function openOutput(place: OutputPlace, mayChange: boolean): Promise<OutputMark | undefined> {
  const { output, translation, workingFolder } = place;
  const found = await markFile(resolve(workingFolder, output));
  if (found === undefined) return undefined;
  const refuse = (why: string) =>
    new ConfigError('DGT_OUTPUT_EXISTS', {
      output,
      why,
      folder: translation.folder,
      pattern: nameEarlierFiles(output),
    });
  const mark = await readMark(place);
  if (mark === undefined || JSON.stringify(mark.output) !== JSON.stringify(found))
    throw refuse('and was not written by this command, or was changed since');
  if (!mayChange && mark.request !== (await describeRequest(place)))
    throw refuse('and the task, the model, their settings or the input have changed since it was written');
  return mark;
}

/** Keeps what an output that was just written was made of. */
export async function keepMark(place: OutputPlace, rowsFile: string): Promise<void> {
  const { output, translation, workingFolder } = place;
  const mark = {
    output: (await markFile(resolve(workingFolder, output))) as FileMark,
    rows: (await markFile(resolve(workingFolder, rowsFile))) ?? null,
    request: await describeRequest(place),
  } satisfies OutputMark;
  const file = join(resolve(workingFolder, translation.folder), markName);
  await writeWholeFile(file, async (handle) => void (await handle.writeFile(`${JSON.stringify(mark)}\n`)));
}

/** Whether an output holds the rows of a file. */
export async function holdsRowsOf(mark: OutputMark | undefined, rowsFile: string): Promise<boolean> {
  return mark?.rows !== undefined && JSON.stringify(mark.rows) === JSON.stringify((await markFile(rowsFile)) ?? null);
}

async function readMark({ translation, workingFolder }: OutputPlace): Promise<OutputMark | undefined> {
  try {
    return JSON.parse(await readFile(join(resolve(workingFolder, translation.folder), markName), 'utf8')) as OutputMark;
  } catch {
    return undefined;
  }
}

async function describeRequest({ input, translation, workingFolder }: OutputPlace): Promise<string> {
  const { databuilders, tasks } = translation;
  const request: Json = { databuilders, tasks, input: (await markFile(resolve(workingFolder, input))) ?? null };
  return createHash('sha256').update(JSON.stringify(request)).digest('hex');
}

async function markFile(file: string): Promise<FileMark | undefined> {
  const found = await stat(file).catch(() => undefined);
  return found && { bytes: found.size, modified_ms: found.mtimeMs };
}
