import { missing, missingRowField, parsePath, writePath, type Path, type Row } from '@dgt/core';
import { readField } from '../read-field.js';

interface Route {
  readonly from: Path;
  readonly to: Path;
}

/**
 * Says which fields of a row are kept and what they are called: `{ path in the row: path in the result }`. `{ "*": "*" }` keeps
 * every field, and the others then add to them.
 */
export class FieldSelection {
  readonly #where: string;
  readonly #routes: readonly Route[];
  readonly #keepsAll: boolean;

  /** @throws {@link ConfigError} DGT_PATH_SYNTAX */
  constructor(where: string, fields: Readonly<Record<string, string>>) {
    this.#where = where;
    this.#keepsAll = fields['*'] === '*';
    this.#routes = Object.entries(fields)
      .filter(([from, to]) => !(from === '*' && to === '*'))
      .map(([from, to]) => ({ from: parsePath(from), to: parsePath(to) }));
  }

  /**
   * @param index the position of the row in its source, from 0.
   * @throws {@link ConfigError} DGT_ROW_FIELD_MISSING
   */
  apply(row: Row, index: number): Row {
    let selected: Row = this.#keepsAll ? { ...row } : {};
    for (const { from, to } of this.#routes) {
      const value = readField(row, from);
      if (value === missing) throw missingRowField(this.#where, { row, index, field: from.text });
      selected = writePath(selected, to, value);
    }
    return selected;
  }
}
