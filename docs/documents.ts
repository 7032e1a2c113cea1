import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of the repository. */
export const repository = new URL('../', import.meta.url).pathname;

/** A fenced example of a document. */
export interface Example {
  readonly language: string;
  /** The file that the example stands for, from `title="..."`. */
  readonly title: string | undefined;
  readonly text: string;
}

export function readDocument(path: string): string {
  return readFileSync(join(repository, path), 'utf8');
}

/** The fenced examples of a document, in order. */
export function findExamples(document: string): Example[] {
  const fence = /^```(\w+)(?: title="([^"]+)")?\n([\s\S]*?)^```$/gm;
  return [...document.matchAll(fence)].map(([, language = '', title, text = '']) => ({ language, title, text }));
}
