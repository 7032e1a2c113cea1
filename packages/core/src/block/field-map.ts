import { ConfigError } from '../errors/dgt-error.js';
import { suggestNearest } from '../errors/nearest.js';
import { setOwn } from '../own-key.js';
import { missing, parsePath, readPath, writePath, type Path } from '../path.js';
import type { Row } from './row.js';

/** `{ path in the user's row: field of the block }`. */
export type InputMap = Readonly<Record<string, string>>;

/** `{ field of the block: path in the user's row }`. */
export type OutputMap = Readonly<Record<string, string>>;

interface Route {
  readonly field: string;
  /** Undefined: the key of the row with the same name as the field, whatever characters it has. */
  readonly path: Path | undefined;
}

/** Fits the fields of one block to the rows of its user. */
export class FieldMap {
  readonly #block: string;
  readonly #inputs: readonly Route[] | undefined;
  readonly #required: ReadonlySet<string>;
  readonly #outputs: ReadonlyMap<string, Path>;

  /** @throws {@link ConfigError} DGT_BLOCK_CONFIG for a map that cannot be followed; DGT_PATH_SYNTAX. */
  constructor(options: {
    block: string;
    /** The fields that the block reads; undefined when it takes the row as it is. */
    fields: readonly string[] | undefined;
    required: readonly string[];
    inputMap: InputMap;
    outputMap: OutputMap;
  }) {
    const { block, fields, required, inputMap, outputMap } = options;
    this.#block = block;
    this.#required = new Set(required);
    checkInputMap(block, fields, inputMap);
    this.#inputs = fields === undefined ? routeWholeRow(inputMap) : routeFields(fields, inputMap);
    this.#outputs = new Map(Object.entries(outputMap).map(([field, path]) => [field, parsePath(path)]));
  }

  /** What the block sees of a row. An absent optional field is left out, so that the default of the block applies. */
  read(row: object): Row {
    const source = row as Row;
    if (this.#inputs === undefined) return source;
    const input: Row = {};
    for (const { field, path } of this.#inputs) {
      const value = path === undefined ? (Object.hasOwn(source, field) ? source[field] : missing) : readPath(row, path);
      if (value !== missing && value !== undefined) setOwn(input, field, value);
      else if (this.#required.has(field)) {
        const seen = Object.keys(row).join(', ') || 'nothing';
        throw new ConfigError('DGT_BLOCK_FIELD_MISSING', {
          block: this.#block,
          field,
          path: path?.text ?? field,
          seen,
        });
      }
    }
    return input;
  }

  /** A copy of the row with the block's output on it; keys that the block does not know pass through. */
  write<R extends object>(row: R, output: object): R {
    let written: R = { ...row };
    for (const [field, value] of Object.entries(output)) {
      const path = this.#outputs.get(field);
      if (path === undefined) setOwn(written as Row, field, value);
      else written = writePath(written, path, value);
    }
    return written;
  }

  /** Whether the user said where this output field goes. */
  routes(field: string): boolean {
    return this.#outputs.has(field);
  }
}

function checkInputMap(block: string, fields: readonly string[] | undefined, inputMap: InputMap): void {
  const taken = new Map<string, string>();
  for (const [path, field] of Object.entries(inputMap)) {
    const other = taken.get(field);
    if (other !== undefined) {
      throw mapError(block, `input_map gives the field "${field}" two places: "${other}" and "${path}"`);
    }
    taken.set(field, path);
    if (fields !== undefined && !fields.includes(field)) {
      const known = `${suggestNearest(field, fields)}; it reads: ${fields.join(', ') || 'nothing'}`;
      throw mapError(block, `input_map leads "${path}" to "${field}", which is no field of the block${known}`);
    }
  }
}

function mapError(block: string, problems: string): ConfigError {
  return new ConfigError('DGT_BLOCK_CONFIG', { block, problems });
}

function routeFields(fields: readonly string[], inputMap: InputMap): Route[] {
  const pathOf = new Map(Object.entries(inputMap).map(([path, field]) => [field, parsePath(path)]));
  return fields.map((field) => ({ field, path: pathOf.get(field) }));
}

function routeWholeRow(inputMap: InputMap): Route[] | undefined {
  const entries = Object.entries(inputMap);
  return entries.length === 0 ? undefined : entries.map(([path, field]) => ({ field, path: parsePath(path) }));
}
