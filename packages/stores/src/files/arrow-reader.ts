import { DgtError, type Row } from '@dgt/core';
import type { Batch } from '@uwdata/flechette';
import { readArrowMessages, type ArrowMessage } from './arrow-messages.js';
import { ArrowCells, type ArrowLibrary, type ReadCell } from './arrow-values.js';
import { ByteCursor } from './byte-cursor.js';
import type { ByteRanges, StoredBytes } from './byte-source.js';
import { dataError, reasonOf, unreadableFile } from './data-error.js';
import type { FileReadOptions } from './read-options.js';

/**
 * Reads Arrow, one batch of records at a time: the format of streams, which Hugging Face datasets write, and that of files.
 * Values become JSON as those of parquet do.
 */
export async function* readArrow(
  source: StoredBytes,
  { skip, signal }: Pick<FileReadOptions, 'skip' | 'signal'>,
): AsyncGenerator<Row> {
  const { name } = source;
  await using ranges = await openRanges(source);
  const table = new ArrowTable(await import('@uwdata/flechette'));
  let count = 0;
  try {
    for await (const message of readArrowMessages(new ByteCursor(ranges))) {
      signal?.throwIfAborted();
      if (message.kind === 'records') count++;
      if (message.kind !== 'records') await table.learn(message);
      else if (message.rowCount <= skip.remaining) skip.remaining -= message.rowCount;
      else {
        const rows = await table.rowsOf(message);
        const from = skip.remaining;
        skip.remaining = 0;
        for (let index = from; index < message.rowCount; index++)
          yield readRow(rows, index, `${name}: record batch ${count}, row ${index + 1}`);
      }
    }
    table.requireSchema();
  } catch (error) {
    if (signal?.aborted === true || DgtError.isInstance(error)) throw error;
    const place = count === 0 ? name : `${name}: record batch ${count}`;
    throw dataError(place, `cannot be read as Arrow: ${reasonOf(error)}`, error);
  }
}

type ReadRow = (index: number) => Row;

function readRow(read: ReadRow, index: number, place: string): Row {
  try {
    return read(index);
  } catch (error) {
    throw dataError(place, reasonOf(error), error);
  }
}

async function openRanges(source: StoredBytes): Promise<ByteRanges> {
  try {
    return await source.openRanges();
  } catch (error) {
    throw unreadableFile(source.name, error);
  }
}

/** What the messages of a file have said so far of how its batches are read. */
class ArrowTable {
  readonly #library: ArrowLibrary;
  #schema: Uint8Array | undefined;
  #columns: readonly { readonly name: string; readonly read: ReadCell }[] = [];
  /** The messages of each dictionary. */
  readonly #dictionaries = new Map<number, Uint8Array[]>();

  constructor(library: ArrowLibrary) {
    this.#library = library;
  }

  /** Takes in the schema, or values of a dictionary. */
  async learn(message: ArrowMessage): Promise<void> {
    const bytes = await message.bytes();
    if (message.kind === 'schema') this.#setSchema(bytes);
    else {
      const { id, isDelta } = message.dictionary;
      const before = isDelta ? (this.#dictionaries.get(id) ?? []) : [];
      this.#dictionaries.set(id, [...before, bytes]);
    }
  }

  /** Makes the function that reads the rows of a batch by their numbers. */
  async rowsOf(message: ArrowMessage): Promise<ReadRow> {
    const parts = [this.requireSchema(), ...[...this.#dictionaries.values()].flat(), await message.bytes()];
    const { children } = this.#library.tableFromIPC(parts, { useBigInt: true, useDecimalInt: true });
    const cells = this.#columns.map(({ name, read }, index) => {
      const batch = children[index]?.data[0] as Batch<unknown>;
      return (row: number) => [name, read(batch, row, name)] as const;
    });
    return (row) => Object.fromEntries(cells.map((cell) => cell(row)));
  }

  /** @throws TypeError when there is none. */
  requireSchema(): Uint8Array {
    if (this.#schema === undefined) throw new TypeError('it has no schema');
    return this.#schema;
  }

  #setSchema(bytes: Uint8Array): void {
    const { schema } = this.#library.tableFromIPC([bytes]);
    if (schema.endianness === this.#library.Endianness.Big) throw new TypeError('its numbers are big-endian');
    const names = schema.fields.map(({ name }) => name);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) throw new TypeError(`two columns are called "${twice}"`);
    const cells = new ArrowCells(this.#library);
    this.#columns = schema.fields.map((field) => ({ name: field.name, read: cells.readerOf(field) }));
    this.#schema = bytes;
  }
}
