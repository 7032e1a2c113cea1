import { jsonrepair } from 'jsonrepair';

/**
 * Mends the syntax of a JSON object or list as models break it: single quotes, missing or trailing commas, comments,
 * `True` and `None`, quotes and line ends within strings, a closing bracket that is missing at the end.
 *
 * @returns JSON.
 * @throws Error with what cannot be mended and where.
 */
export function mendJson(text: string): string {
  // Mending takes time in proportion to the square of the text.
  if (text.length > longest) throw new Error(`broken JSON of more than ${longest} characters`);
  try {
    return jsonrepair(escapeBackslashes(text));
  } catch (error) {
    if (error instanceof RangeError) throw new Error('nested too deep', { cause: error });
    throw error;
  }
}

const longest = 100_000;

/** A backslash that escapes nothing is one that the model forgot to escape (`\sqrt`): without this it would be lost. */
function escapeBackslashes(text: string): string {
  return text.replaceAll(/\\(?:["'`\\/bfnrt\n]|u[0-9a-fA-F]{4})|\\/g, (found) => (found === '\\' ? '\\\\' : found));
}
