import type { Place, Problems } from './problems.js';
import { readTextFile } from './read-text-file.js';
import type { DataDocument, DocumentPath, PlainMapping } from './yaml-document.js';

/** Reads a file as the text that it holds. */
export async function readTextDocument(file: string, problems: Problems): Promise<DataDocument | undefined> {
  const text = await readTextFile(file, problems);
  return text === undefined ? undefined : new PlainDocument(file, text, () => 1);
}

/** Reads a file with a JSON value on each line as the list of them; empty lines are left out. */
export async function readJsonLines(file: string, problems: Problems): Promise<DataDocument | undefined> {
  const text = await readTextFile(file, problems);
  if (text === undefined) return undefined;
  const before = problems.count;
  const records: unknown[] = [];
  const lines: number[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    try {
      records.push(JSON.parse(line));
      lines.push(index + 1);
    } catch (error) {
      const problem = `is not a line of JSON: ${(error as Error).message}`;
      problems.add({ file, line: index + 1, column: 1, problem, code: 'DGT_CONFIG_INVALID' });
    }
  }
  if (problems.count > before) return undefined;
  return new PlainDocument(file, records, ([index]) => lines[Number(index ?? 0)] ?? 1);
}

/** Data without references to the environment, located by line. */
class PlainDocument implements DataDocument {
  readonly file: string;
  readonly source: unknown;
  readonly unresolved = [];
  readonly #lineOf: (path: DocumentPath) => number;

  constructor(file: string, source: unknown, lineOf: (path: DocumentPath) => number) {
    this.file = file;
    this.source = source;
    this.#lineOf = lineOf;
  }

  get value(): unknown {
    return this.source;
  }

  locate(path: DocumentPath): Place {
    return { file: this.file, line: this.#lineOf(path), column: 1 };
  }

  readAsText(path: DocumentPath): unknown {
    const found = path.reduce<unknown>((place, step) => (place as PlainMapping)[step], this.source);
    return typeof found === 'number' || typeof found === 'boolean' ? String(found) : found;
  }
}
