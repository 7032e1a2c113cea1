import { readFileSync, realpathSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DgtError } from '@dgt/core';
import { authorFolders } from './author-roots.js';

/** A line of an author's own file, as they wrote it. */
export interface AuthorPosition {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The line with its number, and a mark under the column. */
  readonly excerpt: string;
}

/**
 * Finds the innermost place of an error that lies in the author's folder, in their own source: the stack is mapped to
 * TypeScript because source maps are on from the moment that TypeScript can be imported.
 */
export function findAuthorPosition(error: unknown, folder: string): AuthorPosition | undefined {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
    // A message may name places too.
    const frames = readFrames((cause.stack ?? '').replace(cause.message, ''));
    // What a constructor of dgt refuses was given to it one frame up: that line is wrong, not the line of the class.
    const own = frames.filter(({ file }) => isBelow(file, folder));
    const used = DgtError.isInstance(cause) ? (own.find(({ isConstructor }) => !isConstructor) ?? own[0]) : own[0];
    // Blocks of the project, and those of plug-ins, live outside of the builder's folder.
    const frame = used ?? frames.find(({ file }) => authorFolders().some((other) => isBelow(file, other)));
    if (frame === undefined) continue;
    const { file, line, column } = frame;
    return { file, line, column, excerpt: readExcerpt(frame) ?? '' };
  }
  return undefined;
}

/** A line of a file with its number, and a mark under the column; undefined when it cannot be read. */
export function readExcerpt({
  file,
  line,
  column,
}: {
  file: string;
  line: number;
  column: number;
}): string | undefined {
  let text: string | undefined;
  try {
    text = readFileSync(file, 'utf8').split(/\r?\n/)[line - 1];
  } catch {
    return undefined;
  }
  if (text === undefined || text.trim() === '') return undefined;
  const shown = text.length > 160 ? `${text.slice(0, 157)}...` : text;
  const number = `  ${line} | `;
  if (column < 1 || column > shown.length) return `${number}${shown}`;
  const margin = shown.slice(0, column - 1).replaceAll(/[^\t]/g, ' ');
  return `${number}${shown}\n${' '.repeat(number.length - 2)}| ${margin}^`;
}

interface Frame {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly isConstructor: boolean;
}

function readFrames(stack: string): Frame[] {
  return (
    stack
      .split('\n')
      // What esbuild adds, such as __decorateElement, has no place in the source.
      .filter((text) => !/^\s*at __\w/.test(text))
      .map((text) => /(?:^|\(|at (?:async )?)((?:file:\/\/|\/)[^()]*?):(\d+)(?::(\d+))?\)?$/.exec(text.trim()))
      .filter((match) => match !== null)
      .map(({ 1: place = '', 2: line, 3: column, input }) => ({
        file: toPath(place),
        line: Number(line),
        column: Number(column ?? 0),
        isConstructor: input.startsWith('at new '),
      }))
  );
}

function toPath(place: string): string {
  try {
    return place.startsWith('file:') ? fileURLToPath(place.replace(/\?.*$/, '')) : place;
  } catch {
    return place;
  }
}

function isBelow(file: string, folder: string): boolean {
  let inside = relative(folder, file);
  if (inside.startsWith('..')) {
    try {
      inside = relative(realpathSync(folder), file);
    } catch {
      return false;
    }
  }
  return inside !== '' && !inside.startsWith('..') && !inside.split(sep).includes('node_modules');
}
