/** A value as Python's `str()` writes it. */
export function formatStr(value: unknown): string {
  return typeof value === 'string' ? value : formatRepr(value);
}

/** A value as Python's `repr()` writes it: `{'a': [1, True, None]}`. */
export function formatRepr(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return formatNumber(value);
  if (Array.isArray(value)) return `[${value.map(formatRepr).join(', ')}]`;
  if (typeof value === 'object') {
    const entries = Object.entries(value).map(([key, item]) => `${quote(key)}: ${formatRepr(item)}`);
    return `{${entries.join(', ')}}`;
  }
  return String(value);
}

/** A value as Python's `ascii()` writes it. */
export function formatAscii(value: unknown): string {
  return Array.from(formatRepr(value), (character) => (character > '\u007e' ? escape(character) : character)).join('');
}

/** Python writes an exponent from 1e16 on and below 1e-4, with two digits at least. */
export function formatNumber(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  // JSON does not tell 1.0 from 1, so whole numbers are integers.
  if (Number.isInteger(value)) return Object.is(value, -0) ? '-0.0' : BigInt(value).toString();
  const [mantissa = '', exponent = '0'] = value.toExponential().split('e');
  if (Number(exponent) >= -4) return String(value);
  return `${mantissa}e-${String(-Number(exponent)).padStart(2, '0')}`;
}

function quote(text: string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  const body = Array.from(text, (character) => {
    if (character === mark || character === '\\') return `\\${character}`;
    // What Python takes for unprintable: separators other than the space, controls, unassigned characters.
    return /[\p{C}\p{Z}]/u.test(character) && character !== ' ' ? escape(character) : character;
  });
  return `${mark}${body.join('')}${mark}`;
}

const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escape(character: string): string {
  const code = (character.codePointAt(0) as number).toString(16);
  if (named[character] !== undefined) return named[character];
  if (code.length <= 2) return `\\x${code.padStart(2, '0')}`;
  return code.length <= 4 ? `\\u${code.padStart(4, '0')}` : `\\U${code.padStart(8, '0')}`;
}
