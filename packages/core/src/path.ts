import { ConfigError } from './errors/dgt-error.js';
import { suggestNearest } from './errors/nearest.js';
import { setOwn } from './own-key.js';

/** What {@link readPath} gives when the place does not exist (a stored `null` is a value). */
export const missing: unique symbol = Symbol('missing');

type Step =
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'slice'; readonly start: number; readonly end: number | undefined }
  | { readonly kind: 'append' };

/** A parsed field path: `a.b`, `a[0]`, `a[1:]` and `a[:2]` (reading, last step only), `a[+]` (writing: appends). */
export interface Path {
  readonly text: string;
  readonly steps: readonly Step[];
}

/**
 * Parses a field path.
 *
 * @throws {@link ConfigError} DGT_PATH_SYNTAX
 */
export function parsePath(text: string): Path {
  const steps: Step[] = [];
  const part = /(?:^|(?!^)\.)([^.[\]]+)|\[([^\]]*)\]/gy;
  let position = 0;
  while (position < text.length) {
    part.lastIndex = position;
    const match = part.exec(text);
    if (match === null) throw syntaxError(text, `cannot be read from "${text.slice(position)}" on`);
    steps.push(match[1] === undefined ? parseBracket(text, match[2] as string) : { kind: 'key', key: match[1] });
    position = part.lastIndex;
  }
  if (steps[0]?.kind !== 'key') throw syntaxError(text, 'must start with a key');
  if (steps.slice(0, -1).some(({ kind }) => kind === 'slice')) throw syntaxError(text, 'a slice can only come last');
  return { text, steps };
}

function parseBracket(text: string, inside: string): Step {
  if (inside === '+') return { kind: 'append' };
  if (/^\d+$/.test(inside)) return { kind: 'index', index: Number(inside) };
  const slice = /^(\d*):(\d*)$/.exec(inside);
  if (slice === null || inside === ':') throw syntaxError(text, `"[${inside}]" is not [n], [n:], [:n] or [+]`);
  return { kind: 'slice', start: Number(slice[1]), end: slice[2] === '' ? undefined : Number(slice[2]) };
}

/**
 * Reads the value at a path. An absent last step gives {@link missing}; anything else in the way (nothing, null, text
 * where an object should be) is an error, since a mistyped path would otherwise read as a default.
 *
 * @throws {@link ConfigError} DGT_PATH_VALUE
 */
export function readPath(row: unknown, path: Path): unknown {
  let value = row;
  for (const [position, step] of path.steps.entries()) {
    if (step.kind === 'append') throw valueError(path, '[+] can only be written to');
    const found = readStep(value, step, path, position);
    if (found === missing && position < path.steps.length - 1) {
      const nearest = step.kind === 'key' ? suggestNearest(step.key, Object.keys(value as object)) : '';
      throw valueError(path, `there is nothing at "${formatSteps(path.steps.slice(0, position + 1))}"${nearest}`);
    }
    value = found;
  }
  return value;
}

function readStep(value: unknown, step: Exclude<Step, { kind: 'append' }>, path: Path, position: number): unknown {
  if (step.kind === 'key') {
    if (!isRecord(value)) throw notContainer(path, position, value, 'an object');
    return absentAsMissing(Object.hasOwn(value, step.key) ? value[step.key] : missing);
  }
  if (!Array.isArray(value)) throw notContainer(path, position, value, 'a list');
  if (step.kind === 'index') return absentAsMissing(step.index < value.length ? value[step.index] : missing);
  return value.slice(step.start, step.end);
}

function absentAsMissing(value: unknown): unknown {
  return value === undefined ? missing : value;
}

/**
 * Gives a copy of the row with the value written at the path; what lies beside the path is shared with the original.
 * Missing and null containers on the way are made, a list when an index or `[+]` follows.
 *
 * @throws {@link ConfigError} DGT_PATH_VALUE
 */
export function writePath<T>(row: T, path: Path, value: unknown): T {
  return writeSteps(row, path, 0, value) as T;
}

function writeSteps(container: unknown, path: Path, position: number, value: unknown): unknown {
  const step = path.steps[position];
  if (step === undefined) return value;
  if (step.kind === 'slice') throw valueError(path, 'a slice can only be read');
  if (step.kind === 'key') {
    const record = copyRecord(container, path, position);
    const held = Object.hasOwn(record, step.key) ? record[step.key] : undefined;
    setOwn(record, step.key, writeSteps(held, path, position + 1, value));
    return record;
  }
  const list = copyList(container, path, position);
  const index = step.kind === 'append' ? list.length : step.index;
  if (index > list.length) {
    throw valueError(path, `index ${index} is past the end of a list of ${list.length}; [+] appends`);
  }
  list[index] = writeSteps(list[index], path, position + 1, value);
  return list;
}

function copyRecord(container: unknown, path: Path, position: number): Record<string, unknown> {
  if (container === undefined || container === null) return {};
  if (!isRecord(container)) throw notContainer(path, position, container, 'an object');
  const prototype = Object.getPrototypeOf(container) as object | null;
  const copy = { ...container };
  return prototype === Object.prototype ? copy : (Object.setPrototypeOf(copy, prototype) as Record<string, unknown>);
}

function copyList(container: unknown, path: Path, position: number): unknown[] {
  if (container === undefined || container === null) return [];
  if (Array.isArray(container)) return [...(container as unknown[])];
  throw notContainer(path, position, container, 'a list');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function formatSteps(steps: readonly Step[]): string {
  return steps.reduce((text, step) => {
    if (step.kind === 'key') return text === '' ? step.key : `${text}.${step.key}`;
    if (step.kind === 'index') return `${text}[${step.index}]`;
    return step.kind === 'append' ? `${text}[+]` : `${text}[${step.start}:${step.end ?? ''}]`;
  }, '');
}

function notContainer(path: Path, position: number, value: unknown, wanted: string): ConfigError {
  const place = position === 0 ? 'the row' : `"${formatSteps(path.steps.slice(0, position))}"`;
  const seen = value === null ? 'null' : Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`;
  return valueError(path, `${place} is ${seen}, not ${wanted}`);
}

function syntaxError(path: string, problem: string): ConfigError {
  return new ConfigError('DGT_PATH_SYNTAX', { path, problem });
}

function valueError(path: Path, problem: string): ConfigError {
  return new ConfigError('DGT_PATH_VALUE', { path: path.text, problem });
}
