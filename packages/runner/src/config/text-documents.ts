import type { Place, Problems } from './problems.js';
import { readTextFile } from './read-text-file.js';
import type { DataDocument, DocumentPath, PlainMapping } from './yaml-document.js';

/** Reads a file as the text that it holds. */
export async function readTextDocument(file: string, problems: Problems): Promise<DataDocument | undefined> {
  const text = await readTextFile(file, problems);
  return text === undefined ? undefined : new PlainDocument(file, text, () => ({ file, line: 1, column: 1 }));
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
  return new PlainDocument(file, records, ([index]) => ({ file, line: lines[Number(index ?? 0)] ?? 1, column: 1 }));
}

/** A text that a file does not hold as a value, such as what a key is called. */
export function createTextDocument(text: string, place: Place): DataDocument {
  return new PlainDocument(place.file, text, () => place);
}

/** Data without references to the environment. */
class PlainDocument implements DataDocument {
  readonly file: string;
  readonly source: unknown;
  readonly unresolved = [];
  readonly #placeOf: (path: DocumentPath) => Place;

  constructor(file: string, source: unknown, placeOf: (path: DocumentPath) => Place) {
    this.file = file;
    this.source = source;
    this.#placeOf = placeOf;
  }

  get value(): unknown {
    return this.source;
  }

  locate(path: DocumentPath): Place {
    return this.#placeOf(path);
  }

  readAsText(path: DocumentPath): unknown {
    const found = path.reduce<unknown>((place, step) => (place as PlainMapping)[step], this.source);
    return typeof found === 'number' || typeof found === 'boolean' ? String(found) : found;
  }
}
