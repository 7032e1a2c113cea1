/** Numbers worth a second look: 16 digits or more, or an exponent that may pass what a double holds. */
const suspect = /\d{16}|\d[eE]\+?\d{3}/;
const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gs;

/**
 * Parses JSON without losing digits: a whole number that a double does not hold exactly becomes the text of its digits, as
 * does one that would become infinite.
 *
 * @throws SyntaxError
 */
export function parseExactJson(text: string): unknown {
  if (!suspect.test(text)) return JSON.parse(text);
  // What is not JSON must fail on the text as it was written.
  JSON.parse(text);
  return JSON.parse(text.replaceAll(tokens, (token) => (isLossy(token) ? `"${token}"` : token)));
}

function isLossy(token: string): boolean {
  if (token.startsWith('"')) return false;
  const value = Number(token);
  return !Number.isFinite(value) || (/^-?\d{16,}$/.test(token) && !holdsDigits(value, token));
}

/** A whole number as JSON holds it: a number when no digit is lost, otherwise the text of its digits. */
export function exactInteger(value: bigint): number | string {
  const text = value.toString();
  const number = Number(value);
  return holdsDigits(number, text) ? number : text;
}

function holdsDigits(value: number, text: string): boolean {
  return String(value) === text;
}
