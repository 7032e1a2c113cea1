import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A file that is to be written. */
export interface PlannedFile {
  /** From the working folder. */
  readonly path: string;
  readonly text: string;
}

/** What stands in for `__name__` and the like in the files of a template. */
export type Blanks = Readonly<Record<string, string>>;

const templates = fileURLToPath(new URL('../../templates/', import.meta.url));

/** The text of a template's file, its blanks filled in. */
export function fillTemplate(file: string, blanks: Blanks): string {
  return fillBlanks(readFileSync(`${templates}${file}`, 'utf8'), blanks);
}

/** Every file of a template, each below the target folder. */
export function fillTemplateFolder(template: string, target: string, blanks: Blanks): PlannedFile[] {
  const names = readdirSync(`${templates}${template}`).toSorted();
  return names.map((name) => ({
    path: `${target}/${fillBlanks(name, blanks)}`,
    text: fillTemplate(`${template}/${name}`, blanks),
  }));
}

function fillBlanks(text: string, blanks: Blanks): string {
  return text.replaceAll(/__([A-Za-z]+)__/g, (blank, name: string) => blanks[name] ?? blank);
}
