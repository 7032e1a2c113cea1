import { ConfigError, missing, Type, type Path, readPath } from '@dgt/core';

/** What a deduplicator compares of one row: a text, or several that are compared jointly. */
export const comparedText = Type.Union([
  Type.String(),
  Type.Array(Type.String()),
  Type.Record(Type.String(), Type.String()),
]);

/** The type of {@link comparedText}. */
export type ComparedText = string | readonly string[] | Readonly<Record<string, string>>;

/**
 * Makes one text of what is compared: several are put one behind the other, those of a record in the order of their
 * names, with a character between them that no writer uses (U+001F). So no word, space or letter passes from one text to
 * the next, and a single text stays as it is.
 *
 * @throws {@link ConfigError} DGT_BLOCK_FIELD_TYPE, in the name of the block, when anything else than text is in it.
 */
export function joinTexts(value: unknown, block: string): string {
  if (typeof value === 'string') return value;
  const texts = listTexts(value);
  const other = texts?.find(([, text]) => typeof text !== 'string');
  if (texts === undefined || other !== undefined) {
    const [place, seen] = other ?? ['', value];
    const details = { block, field: `input${place}`, expected: 'text', seen: nameKind(seen) };
    throw new ConfigError('DGT_BLOCK_FIELD_TYPE', details);
  }
  return texts.map(([, text]) => text).join('\u001F');
}

/**
 * Reads the texts of a row that are compared jointly, in the order of the paths.
 *
 * @throws {@link ConfigError} DGT_BLOCK_CONFIG, in the name of the block; DGT_PATH_VALUE.
 */
export function readTexts(row: object, paths: readonly Path[], block: string): unknown[] {
  return paths.map((path) => {
    const value = readPath(row, path);
    if (value !== missing) return value;
    const seen = Object.keys(row).join(', ') || 'nothing';
    const problems = `fields: there is nothing at "${path.text}"; the row has: ${seen}`;
    throw new ConfigError('DGT_BLOCK_CONFIG', { block, problems });
  });
}

function listTexts(value: unknown): [place: string, text: unknown][] | undefined {
  if (Array.isArray(value)) return value.map((text: unknown, index) => [`[${index}]`, text]);
  if (typeof value !== 'object' || value === null) return undefined;
  const entries = Object.entries(value).map(([name, text]): [string, unknown] => [`.${name}`, text]);
  return entries.sort(([one], [other]) => (one < other ? -1 : 1));
}

function nameKind(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : typeof value;
}
