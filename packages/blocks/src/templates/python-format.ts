import { formatNumber } from './python-repr.js';

/** The parts of a format such as `>10` or `,.2f`. */
interface Format {
  readonly fill: string;
  readonly align: string | undefined;
  readonly sign: string;
  readonly alternate: boolean;
  readonly width: number;
  readonly grouping: string;
  readonly precision: number | undefined;
  readonly type: string;
}

const grammar = /^(?:([\s\S])?([<>=^]))?([ +-])?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([bcdeEfFgGnosxX%])?$/u;

/**
 * Writes a value in one of Python's formats.
 *
 * @param field what is formatted, for errors.
 * @throws Error for a format that does not exist, or not for values of this kind.
 * @see https://docs.python.org/3/library/string.html#format-specification-mini-language
 */
export function formatValue(value: unknown, text: string, field: string): string {
  if (typeof value !== 'string' && text === '') return String(value);
  const format = readFormat(text, field);
  if (typeof value === 'string') return formatText(value, format, field);
  if (typeof value === 'boolean') return formatNumeric(Number(value), format, field);
  if (typeof value === 'number') return formatNumeric(value, format, field);
  throw new Error(`${field}: the format "${text}" is for texts and numbers, got ${JSON.stringify(value)}`);
}

function readFormat(text: string, field: string): Format {
  const found = grammar.exec(text);
  if (found === null) throw new Error(`${field}: "${text}" is no format`);
  const [, fill, align, sign = '-', alternate, zero, width = '0', grouping = '', precision, type = ''] = found;
  return {
    fill: fill ?? (zero === undefined ? ' ' : '0'),
    align: align ?? (zero === undefined ? undefined : '='),
    sign,
    alternate: alternate !== undefined,
    width: Number(width),
    grouping,
    precision: precision === undefined ? undefined : Number(precision),
    type,
  };
}

function formatText(value: string, format: Format, field: string): string {
  if (!['', 's'].includes(format.type))
    throw new Error(`${field}: the format "${format.type}" is for numbers, got a text`);
  if (format.align === '=' && format.fill !== '0') throw new Error(`${field}: "=" aligns numbers, got a text`);
  const characters = Array.from(value).slice(0, format.precision);
  return pad(characters.join(''), { ...format, align: format.align === '=' ? '<' : (format.align ?? '<') });
}

function formatNumeric(value: number, format: Format, field: string): string {
  if (format.type === 's') throw new Error(`${field}: the format "s" is for texts, got ${value}`);
  if (format.type === 'c') return pad(String.fromCodePoint(value), { ...format, align: format.align ?? '<' });
  const isNegative = value < 0 || Object.is(value, -0);
  const digits = group(writeDigits(Math.abs(value), format, field), format);
  const sign = isNegative ? '-' : format.sign === '-' ? '' : format.sign;
  if (format.align !== '=') return pad(`${sign}${digits}`, { ...format, align: format.align ?? '>' });
  return sign + pad(digits, { ...format, align: '>', width: format.width - sign.length });
}

const bases: Readonly<Record<string, number>> = { b: 2, o: 8, d: 10, x: 16, X: 16 };

function writeDigits(value: number, { type, precision, alternate }: Format, field: string): string {
  const base = bases[type];
  if (base !== undefined) {
    if (!Number.isInteger(value)) throw new Error(`${field}: the format "${type}" is for whole numbers, got ${value}`);
    const digits = BigInt(value).toString(base);
    const prefix = alternate && base !== 10 ? `0${type}` : '';
    return type === 'X' ? `${prefix}${digits.toUpperCase()}` : `${prefix}${digits}`;
  }
  if (!Number.isFinite(value)) return formatNumber(value);
  const isUpper = type === 'E' || type === 'G';
  const written = writeReal(value, type.toLowerCase(), precision);
  return isUpper ? written.toUpperCase() : written;
}

function writeReal(value: number, type: string, precision: number | undefined): string {
  if (type === 'f') return toFixed(value, precision ?? 6);
  if (type === '%') return `${toFixed(value * 100, precision ?? 6)}%`;
  if (type === 'e') return padExponent(toExponential(value, precision ?? 6));
  if (type === '' && precision === undefined) return formatNumber(value);
  if (type === 'n' && precision === undefined && Number.isInteger(value)) return formatNumber(value);
  return writeGeneral(value, Math.max(1, precision ?? 6));
}

/** `g`: as few digits as say it, with an exponent where the number is very large or very small. */
function writeGeneral(value: number, precision: number): string {
  const exponent = value === 0 ? 0 : Number(toExponential(value, precision - 1).split('e')[1]);
  if (exponent < -4 || exponent >= precision) {
    const [mantissa = '', written = ''] = toExponential(value, precision - 1).split('e');
    return padExponent(`${trimZeros(mantissa)}e${written}`);
  }
  return trimZeros(toFixed(value, Math.max(0, precision - 1 - exponent)));
}

/** `Number.toFixed` gives up at 1e21. */
function toFixed(value: number, digits: number): string {
  if (value >= 1e21) return digits === 0 ? BigInt(value).toString() : `${BigInt(value)}.${'0'.repeat(digits)}`;
  return roundToEven((places) => value.toFixed(places), digits);
}

function toExponential(value: number, digits: number): string {
  return roundToEven((places) => value.toExponential(places), digits);
}

/** JavaScript rounds 0.5 up, and Python to the even digit. */
function roundToEven(write: (digits: number) => string, digits: number): string {
  const exact = write(Math.min(100, digits + 60));
  const [, head = '', tail = '', exponent = ''] =
    new RegExp(`^(\\d+${digits === 0 ? '' : `\\.\\d{${digits}}`})\\.?(\\d*)(e.*)?$`).exec(exact) ?? [];
  const isTie = /^50*$/.test(tail) && /[02468]$/.test(head);
  return isTie ? head + exponent : write(digits);
}

function trimZeros(digits: string): string {
  return digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits;
}

function padExponent(text: string): string {
  return text.replace(/e([+-])(\d)$/, 'e$10$2');
}

function group(digits: string, { grouping, type }: Format): string {
  if (grouping === '') return digits;
  const [, whole = '', rest = ''] = /^([0-9a-fA-F]+)(.*)$/s.exec(digits) ?? [];
  const size = ['b', 'o', 'x', 'X'].includes(type) ? 4 : 3;
  const groups = new RegExp(`\\B(?=([0-9a-fA-F]{${size}})+$)`, 'g');
  return `${whole.replaceAll(groups, grouping)}${rest}`;
}

function pad(
  text: string,
  { fill, align, width }: Pick<Format, 'fill' | 'width'> & { align: string | undefined },
): string {
  const missing = Math.max(0, width - Array.from(text).length);
  const left = align === '>' ? missing : align === '^' ? Math.floor(missing / 2) : 0;
  return fill.repeat(left) + text + fill.repeat(missing - left);
}
