import { formatValue } from './python-format.js';
import { formatAscii, formatRepr, formatStr } from './python-repr.js';
import type { CompiledTemplate, TemplateValues, TemplateVariable } from './compiled-template.js';
import { readBelow } from './read-below.js';
import { writeValue } from './write-value.js';

/** A `{...}` of a format string. */
interface Field extends TemplateVariable {
  readonly conversion: 'r' | 's' | 'a' | undefined;
  /** A format string itself: `{value:{width}}`. */
  readonly spec: readonly Segment[];
}

type Segment = string | Field;

/**
 * Reads a template in the notation of Python's `str.format`. `{a.b}` reads a key, as `{a[b]}` does.
 *
 * @see https://docs.python.org/3/library/string.html#format-string-syntax
 */
export function compilePythonTemplate(text: string, { legacyRepr }: { legacyRepr: boolean }): CompiledTemplate {
  const segments = parse(text, 0);
  const variables = listFields(segments);
  return {
    variables,
    names: [...new Set(variables.map(({ name }) => name))],
    fill: (values) => fill(segments, values, legacyRepr),
  };
}

function fill(segments: readonly Segment[], values: TemplateValues, legacyRepr: boolean): string {
  return segments
    .map((segment) => (typeof segment === 'string' ? segment : fillField(segment, values, legacyRepr)))
    .join('');
}

function fillField({ name, path, conversion, spec, text }: Field, values: TemplateValues, legacyRepr: boolean): string {
  const value = readBelow(values[name], path);
  const format = fill(spec, values, legacyRepr);
  const write = legacyRepr ? formatStr : writeValue;
  if (conversion !== undefined) {
    const converted = { r: formatRepr, a: formatAscii, s: write }[conversion](value);
    return formatValue(converted, format, text);
  }
  return format === '' ? write(value) : formatValue(value, format, text);
}

function listFields(segments: readonly Segment[]): Field[] {
  return segments.flatMap((segment) => (typeof segment === 'string' ? [] : [segment, ...listFields(segment.spec)]));
}

function parse(text: string, depth: number): Segment[] {
  const segments: Segment[] = [];
  let literal = '';
  for (let index = 0; index < text.length; index++) {
    const character = text[index] as string;
    if (character !== '{' && character !== '}') {
      literal += character;
    } else if (depth === 0 && text[index + 1] === character) {
      literal += character;
      index++;
    } else if (character === '}') {
      throw new Error(`${locate(text, index)}: a single "}"; write "}}" for a brace`);
    } else {
      const end = findEnd(text, index);
      segments.push(literal, parseField(text.slice(index + 1, end), depth, locate(text, index)));
      literal = '';
      index = end;
    }
  }
  return [...segments, literal].filter((segment) => segment !== '');
}

/** The brace that closes a field: braces within it are those of its format. */
function findEnd(text: string, start: number): number {
  let open = 0;
  for (let index = start; index < text.length; index++) {
    if (text[index] === '{') open++;
    else if (text[index] === '}' && --open === 0) return index;
  }
  throw new Error(`${locate(text, start)}: a "{" that nothing closes; write "{{" for a brace`);
}

function parseField(field: string, depth: number, place: string): Field {
  if (depth > 1) throw new Error(`${place}: a format within a format within a format`);
  // Brackets may hold any character but their own end.
  const [, written = '', conversion, spec] = /^((?:\[[^\]]*\]|[^!:])*)(?:!([^:]*))?(?::([\s\S]*))?$/.exec(field) ?? [];
  const { name, path } = parseName(written, field, place);
  if (conversion !== undefined && !/^[rsa]$/.test(conversion))
    throw new Error(`${place}: "!${conversion}" is no conversion; there are !r, !s and !a`);
  return {
    name,
    path,
    text: `{${field}}`,
    conversion: conversion as Field['conversion'],
    spec: parse(spec ?? '', depth + 1),
  };
}

function parseName(written: string, field: string, place: string): Pick<TemplateVariable, 'name' | 'path'> {
  const [, name, rest = ''] = /^([^.[\]]*)((?:\.[^.[\]]+|\[[^\]]+\])*)$/.exec(written) ?? [];
  // JSON in a prompt is the usual reason: its keys and values are read as names.
  if (name === undefined || /["'\n]/.test(name))
    throw new Error(`${place}: "{${shorten(field)}}" is no name; write "{{" and "}}" for braces that are to stay`);
  if (name === '' || /^\d+$/.test(name))
    throw new Error(`${place}: "{${shorten(field)}}" names nothing; write the name of a field, or "{{" for a brace`);
  const steps = Array.from(rest.matchAll(/\.([^.[\]]+)|\[([^\]]+)\]/g), ([, key, index]) =>
    index !== undefined && /^\d+$/.test(index) ? Number(index) : String(key ?? index),
  );
  return { name, path: steps };
}

function locate(text: string, index: number): string {
  const before = text.slice(0, index).split('\n');
  return `line ${before.length}, column ${(before.at(-1) as string).length + 1}`;
}

function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > 40 ? `${line.slice(0, 37)}...` : line;
}
