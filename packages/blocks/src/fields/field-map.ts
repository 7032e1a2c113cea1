import { Block, ConfigError, missing, parsePath, readPath, registerBlock, Type, writePath } from '@dgt/core';
import type { BlockContext, BlockServices, Path, Row } from '@dgt/core';

const fieldMapConfig = {
  /** `{ from: to }`: each is a field or a path such as `meta.source` or `answers[0]`. */
  field_map: Type.Record(Type.String(), Type.String(), { minProperties: 1 }),
};

/**
 * Copies values to other fields of the same row. All are read before the first is written, so that `{ a: b, b: a }` swaps
 * two fields; the field that a value came from keeps it unless it is written to as well.
 *
 * ```ts
 * await new FieldMapper({ field_map: { question: 'input' } }).run([{ question: 'Why?' }]).toArray();
 * ```
 *
 * @throws {@link ConfigError} DGT_PATH_SYNTAX from the constructor; DGT_BLOCK_FIELD_MISSING, DGT_PATH_VALUE for a row that
 *   has nothing at a place that is copied.
 */
@registerBlock('field_map')
export class FieldMapper extends Block.of({ config: fieldMapConfig }) {
  readonly #copies: readonly { readonly from: Path; readonly to: Path }[];

  constructor(
    config: { readonly field_map: Readonly<Record<string, string>>; readonly [key: string]: unknown },
    services?: BlockServices,
  ) {
    super(config as never, services);
    this.#copies = Object.entries(this.config.field_map).map(([from, to]) => ({
      from: parsePath(from),
      to: parsePath(to),
    }));
  }

  override process(input: Row, { row }: BlockContext): Row {
    const values = this.#copies.map(({ from }) => this.#read(input, from));
    const written = this.#copies.reduce((copy: Row, { to }, index) => writePath(copy, to, values[index]), { ...row });
    return Object.fromEntries(this.#copies.map(({ to }) => topKey(to)).map((key) => [key, written[key]]));
  }

  #read(input: Row, from: Path): unknown {
    const value = readPath(input, from);
    if (value !== missing) return value;
    const details = { block: this.name, field: from.text, path: from.text, seen: Object.keys(input).join(', ') };
    throw new ConfigError('DGT_BLOCK_FIELD_MISSING', details);
  }
}

function topKey({ steps }: Path): string {
  const [first] = steps;
  return first?.kind === 'key' ? first.key : '';
}
