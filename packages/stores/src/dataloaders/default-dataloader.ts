import {
  Dataloader,
  registerDataloader,
  Type,
  type LoadOptions,
  type ReadOptions,
  type Row,
  type RowSource,
} from '@dgt/core';
import { FieldSelection } from './field-selection.js';
import { RowFilter } from './row-filter.js';
import { shuffle } from './shuffle.js';

const config = {
  /** Whether to begin again after the last row, for ever. */
  loop_over: Type.Optional(Type.Boolean({ default: false })),
  /** `{ path in the row: path for the task }`; `{ "*": "*" }` keeps all other fields. */
  fields: Type.Optional(Type.Record(Type.String(), Type.String())),
  /** The fields that are kept, under their names. */
  columns: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })),
  /** `{ path: value or list of values }`: only rows that have them. */
  where: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  /** A further field: the place of the row in its source, from 0. It takes the place of a field of that name. */
  number_field: Type.Optional(Type.String({ minLength: 1 })),
  /** How many rows at the most, after `where` and `shuffle`. */
  limit: Type.Optional(Type.Integer({ minimum: 1 })),
  /** Random order, the same for the same random seed of the run. */
  shuffle: Type.Optional(Type.Boolean({ default: false })),
  /** How many rows are held for shuffling; a source with more is shuffled within this distance. */
  shuffle_buffer_size: Type.Optional(Type.Integer({ minimum: 1, default: 10_000 })),
};

/** A row and where it stood in its source. */
interface Placed {
  readonly row: Row;
  readonly index: number;
}

/** Filters, shuffles, limits, selects and renames, in this order, and numbers. */
@registerDataloader('default')
export class DefaultDataloader extends Dataloader.of({ config }) {
  readonly #fields: FieldSelection | undefined;

  constructor(...parameters: ConstructorParameters<ReturnType<typeof Dataloader.of<typeof config>>>) {
    super(...parameters);
    const { fields, columns } = this.config;
    if (fields !== undefined && columns !== undefined) {
      throw this.configError('fields and columns exclude each other: `fields` can do what `columns` does');
    }
    const routes = columns === undefined ? fields : Object.fromEntries(columns.map((column) => [column, column]));
    this.#fields = routes && new FieldSelection(this.#where, routes);
  }

  override async *load(source: RowSource, options: LoadOptions = {}): AsyncGenerator<Row> {
    const { loop_over = false, number_field } = this.config;
    let left = options.skip ?? 0;
    for (let pass = 0; ; pass++) {
      let count = 0;
      for await (const { row, index } of this.#readPass(source, { ...options, skip: left }, pass)) {
        count++;
        const selected = this.#fields === undefined ? row : this.#fields.apply(row, index);
        yield number_field === undefined ? selected : { ...selected, [number_field]: index };
      }
      if (!loop_over) return;
      if (count > 0) left = 0;
      else {
        // Nothing came: either all of this pass was left out, or there is nothing to loop over.
        const size = left === 0 ? 0 : await this.#countPass(source, options, pass);
        if (size === 0) return;
        pass = Math.floor(left / size) - 1;
        left %= size;
      }
    }
  }

  /** One pass over the source, without the first `skip` rows that would come. */
  async *#readPass(source: RowSource, options: LoadOptions, pass: number): AsyncGenerator<Placed> {
    const { limit = Infinity, shuffle: isShuffled = false, where } = this.config;
    const { skip = 0, signal, randomSeed = 0 } = options;
    // The source can leave rows out by itself only where the loader would take them as they come.
    const skipsAtSource = !isShuffled && where === undefined;
    const read = this.#filter(source, { skip: skipsAtSource ? Math.min(skip, limit) : 0, signal });
    const bufferSize = this.config.shuffle_buffer_size ?? 10_000;
    const seed = `${randomSeed}/dataloader/${pass}`;
    const ordered = isShuffled ? shuffle(read, { bufferSize, seed }) : read;
    let position = skipsAtSource ? Math.min(skip, limit) : 0;
    if (position >= limit) return;
    for await (const placed of ordered) {
      if (position++ >= skip) yield placed;
      if (position >= limit) return;
    }
  }

  async *#filter(source: RowSource, options: ReadOptions): AsyncGenerator<Placed> {
    const { where } = this.config;
    const filter = where && new RowFilter(this.#where, where);
    let index = options.skip ?? 0;
    for await (const row of source.read(options)) {
      if (filter === undefined || filter.accepts(row)) yield { row, index };
      index++;
    }
    filter?.checkSeen();
  }

  async #countPass(source: RowSource, options: LoadOptions, pass: number): Promise<number> {
    let size = 0;
    for await (const _row of this.#readPass(source, { ...options, skip: 0 }, pass)) size++;
    return size;
  }

  get #where(): string {
    return `dataloader "${this.config.type ?? 'default'}"`;
  }
}
