import { isDeepStrictEqual } from 'node:util';
import { ConfigError, missing, parsePath, suggestNearest, type Path, type Row } from '@dgt/core';
import { readField } from '../read-field.js';

/** `{ path: value, or a list of values of which one must be there }`; an absent field is null. */
export type Conditions = Readonly<Record<string, unknown>>;

/** Keeps the rows whose fields have certain values. */
export class RowFilter {
  readonly #where: string;
  readonly #conditions: { readonly path: Path; readonly wanted: readonly unknown[]; wasSeen: boolean }[];
  readonly #known = new Set<string>();

  /** @throws {@link ConfigError} DGT_PATH_SYNTAX */
  constructor(where: string, conditions: Conditions) {
    this.#where = where;
    this.#conditions = Object.entries(conditions).map(([path, wanted]) => ({
      path: parsePath(path),
      wanted: Array.isArray(wanted) ? (wanted as unknown[]) : [wanted],
      wasSeen: false,
    }));
  }

  accepts(row: Row): boolean {
    let fits = true;
    for (const condition of this.#conditions) {
      const value = readField(row, condition.path);
      if (value !== missing) condition.wasSeen = true;
      else if (!condition.wasSeen && this.#known.size < 1000) for (const key of Object.keys(row)) this.#known.add(key);
      const compared = value === missing ? null : value;
      fits &&= condition.wanted.some((wanted) => isDeepStrictEqual(wanted, compared));
    }
    return fits;
  }

  /**
   * Called at the end of the source: a field that no row had was mistyped.
   *
   * @throws {@link ConfigError} DGT_ROW_FIELD_MISSING
   */
  checkSeen(): void {
    const unseen = this.#conditions.find(({ wasSeen }) => !wasSeen);
    if (unseen === undefined || this.#known.size === 0) return;
    throw new ConfigError('DGT_ROW_FIELD_MISSING', {
      where: `${this.#where}: where`,
      row: '(any)',
      field: unseen.path.text,
      nearest: suggestNearest(unseen.path.text, this.#known),
      seen: [...this.#known].sort().join(', '),
    });
  }
}
