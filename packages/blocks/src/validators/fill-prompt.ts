import { ConfigError, DgtError, missing, parsePath, readPath } from '@dgt/core';

/**
 * Puts the fields of a row into a prompt: `{{question}}`, `{{meta.source}}`, `{{turns[0]}}`. Text as it is, anything else as
 * JSON. What is put in is not looked at again.
 *
 * @param extra values that stand for no field of the row; they come first.
 * @throws {@link ConfigError} DGT_BLOCK_FIELD_MISSING for a field that the row lacks; DGT_PATH_SYNTAX.
 */
export function fillPrompt(
  template: string,
  row: object,
  options: { readonly block: string; readonly extra?: Readonly<Record<string, string>> },
): string {
  const { block, extra = {} } = options;
  return template.replaceAll(/\{\{\s*([^{}]+?)\s*\}\}/g, (_placeholder, path: string) => {
    const own = Object.hasOwn(extra, path) ? extra[path] : undefined;
    if (own !== undefined) return own;
    const value = read(row, path);
    if (typeof value === 'string') return value;
    if (value !== missing) return JSON.stringify(value, null, 2);
    const seen = Object.keys(row).join(', ');
    throw new ConfigError('DGT_BLOCK_FIELD_MISSING', { block, field: path, path, seen });
  });
}

function read(row: object, path: string): unknown {
  const parsed = parsePath(path);
  try {
    return readPath(row, parsed);
  } catch (error) {
    if (DgtError.isInstance(error)) return missing;
    throw error;
  }
}
