import { Formatter, missing, parsePath, registerFormatter, Type, type Json, type Path, type Row } from '@dgt/core';
import { readField } from '../read-field.js';

const config = {
  /** Text with `{{field}}` in it, or an object of such texts. */
  format: Type.Union([Type.String(), Type.Record(Type.String(), Type.String())]),
};

type Part = string | Path;

/**
 * Puts the fields of a row into texts: `{{question}}`, `{{meta.source}}`. Text goes in as it is, anything else as JSON; what is
 * put in is not looked at again. In an object, a text that is one field alone gives its value as it is.
 */
@registerFormatter('native', 'formatters/native')
export class NativeFormatter extends Formatter.of({ config }) {
  readonly #parts: readonly Part[] | readonly (readonly [string, readonly Part[]])[];

  constructor(...parameters: ConstructorParameters<ReturnType<typeof Formatter.of<typeof config>>>) {
    super(...parameters);
    const { format } = this.config;
    this.#parts =
      typeof format === 'string'
        ? parseText(format)
        : Object.entries(format).map(([key, text]) => [key, parseText(text)] as const);
  }

  override format(row: Row, index: number): Json {
    if (typeof this.config.format === 'string') return this.#fill(this.#parts as readonly Part[], row, index);
    const entries = this.#parts as readonly (readonly [string, readonly Part[]])[];
    return Object.fromEntries(
      entries.map(([key, parts]) => {
        const [only] = parts;
        const isFieldAlone = parts.length === 1 && typeof only === 'object';
        return [key, isFieldAlone ? (this.#read(only, row, index) as Json) : this.#fill(parts, row, index)];
      }),
    );
  }

  #fill(parts: readonly Part[], row: Row, index: number): string {
    return parts
      .map((part) => {
        if (typeof part === 'string') return part;
        const value = this.#read(part, row, index);
        return typeof value === 'string' ? value : JSON.stringify(value);
      })
      .join('');
  }

  #read(path: Path, row: Row, index: number): unknown {
    const value = readField(row, path);
    if (value === missing) throw this.missingField(row, index, path.text);
    return value;
  }
}

function parseText(text: string): Part[] {
  return text
    .split(/(\{\{\s*[^{}]+?\s*\}\})/)
    .filter((part) => part !== '')
    .map((part) => {
      const field = /^\{\{\s*([^{}]+?)\s*\}\}$/.exec(part)?.[1];
      return field === undefined ? part : parsePath(field);
    });
}
