import { DgtError } from '@dgt/core';
import { readFileSync } from 'node:fs';
import { findAuthorPosition, readExcerpt } from './author-position.js';

/** Why a module could not be imported, and where in the author's files, as far as it can be told. */
export interface LoadFailure {
  /** With an excerpt of the line below it, where there is one. */
  readonly reason: string;
  readonly file: string;
  readonly position: { readonly line: number; readonly column: number } | undefined;
}

/** Finds the author's line in what Node, esbuild or the module itself threw. */
export function describeLoadError(error: unknown, { file, folder }: { file: string; folder: string }): LoadFailure {
  const message = error instanceof Error ? error.message : `threw ${String(error)}`;
  const place: Place = findSyntaxError(message) ??
    findMissingImport(error, message) ??
    findAuthorPosition(error, folder) ?? { file };
  const isThrown =
    place.message === undefined && error instanceof Error && error.name !== 'Error' && !DgtError.isInstance(error);
  const text = place.message ?? (isThrown ? `${error.name}: ${message}` : message);
  const { line, column } = place;
  const position = line === undefined ? undefined : { line, column: Math.max(1, column ?? 1) };
  const excerpt = position && readExcerpt({ file: place.file, ...position });
  return { reason: excerpt === undefined ? text : `${text}\n${excerpt}`, file: place.file, position };
}

interface Place {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  readonly message?: string;
}

/** esbuild: `Transform failed with 1 error:\n/a/generate.ts:3:10: ERROR: Expected ";" but found "x"`. */
function findSyntaxError(message: string): Place | undefined {
  const [, file, line, column, text] = /^(.+?):(\d+):(\d+): (?:ERROR|error): (.*)$/m.exec(message) ?? [];
  if (file === undefined || text === undefined) return undefined;
  return { file: file.replace(/^file:\/\//, ''), line: Number(line), column: Number(column) + 1, message: text };
}

/** Node says which module asked, not in which line: that is the line that names what is missing. */
function findMissingImport(error: unknown, message: string): Place | undefined {
  const missing =
    /Cannot find (?:package|module) '([^']+)' imported from ([^\n]+)/.exec(message) ??
    /The requested module '([^']+)' does not provide an export named '([^']+)'/.exec(message);
  if (missing === null) return undefined;
  const [text, specifier = '', last = ''] = missing;
  const isMissingName = text.startsWith('The requested module');
  const importer = isMissingName
    ? /^(?:file:\/\/)?(\/[^\n]*?):\d+/m.exec((error as Error).stack ?? '')?.[1]
    : last.trim();
  if (importer === undefined) return undefined;
  const file = importer.replace(/^file:\/\//, '');
  const advice = text.startsWith('Cannot find package') ? `; to add it: npm install ${specifier}` : '';
  return { file, message: `${text}${advice}`, ...findLine(file, specifier) };
}

function findLine(file: string, specifier: string): { line: number; column: number } | undefined {
  const name =
    specifier
      .split('/')
      .at(-1)
      ?.replace(/\.\w+$/, '') ?? specifier;
  try {
    const lines = readFileSync(file, 'utf8').split('\n');
    for (const wanted of [specifier, name]) {
      const index = lines.findIndex((line) => /\b(import|export|from|require)\b/.test(line) && line.includes(wanted));
      if (index >= 0) return { line: index + 1, column: (lines[index]?.indexOf(wanted) ?? 0) + 1 };
    }
  } catch {
    // The importer is not a file; its name is all that can be told.
  }
  return undefined;
}
