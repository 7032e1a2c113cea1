import type * as Flechette from '@uwdata/flechette';
import type { Batch, DataType, Field } from '@uwdata/flechette';
import { decimalText } from './decimal-text.js';
import { exactInteger, parseExactJson } from './exact-json.js';
import { toJsonValue } from './json-value.js';
import { dateText, timeText } from './time-text.js';

/** Reads one value of a batch of a column as JSON. */
export type ReadCell = (batch: Batch<unknown>, index: number, at: string) => unknown;

/** The library that knows Arrow; it is loaded when a file is read. */
export type ArrowLibrary = typeof Flechette;

/** What is known of the batches of some types alone. */
type ViewBatch = Batch<unknown> & { view(index: number): Uint8Array };
type CodedBatch = Batch<unknown> & { key(index: number): number; dictionary: { data: readonly Batch<unknown>[] } };

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Makes the functions that read the values of columns, by their types: as they come from parquet.
 *
 * @throws TypeError for a type that is not read, naming the column.
 */
export class ArrowCells {
  readonly #library: ArrowLibrary;

  constructor(library: ArrowLibrary) {
    this.#library = library;
  }

  readerOf({ name, type, metadata }: Field): ReadCell {
    const read = this.#reader(type, name);
    const isJson = metadata?.get('ARROW:extension:name') === 'arrow.json';
    if (!isJson) return read;
    return (batch, index, at) => {
      const text = read(batch, index, at);
      return typeof text === 'string' ? parseExactJson(text) : text;
    };
  }

  #reader(type: DataType, column: string): ReadCell {
    const read = this.#plainReader(type, column);
    return (batch, index, at) => (isNull(batch, index) ? null : read(batch, index, at));
  }

  #plainReader(type: DataType, column: string): ReadCell {
    const { Type } = this.#library;
    switch (type.typeId) {
      case Type.Null:
        return () => null;
      case Type.Bool:
      case Type.Float:
        return (batch, index, at) => toJsonValue(batch.value(index), at);
      case Type.Int:
      case Type.Time:
      case Type.Duration:
        return (batch, index) => wholeNumber((batch.values as ArrayLike<number | bigint>)[index]);
      case Type.Decimal:
        return (batch, index) => decimalText(BigInt(batch.value(index) as number | bigint), type.scale);
      case Type.Date:
        return type.unit === 0 ? readDays : readDateMilliseconds;
      case Type.Timestamp:
        return readTimestamps(type.unit);
      case Type.Utf8:
      case Type.LargeUtf8:
        return (batch, index) => decoder.decode(bytesBetween(batch, index));
      case Type.Utf8View:
        return (batch, index) => decoder.decode((batch as ViewBatch).view(index));
      case Type.Binary:
      case Type.LargeBinary:
      case Type.FixedSizeBinary:
      case Type.BinaryView:
        return (batch, index) => Buffer.from(batch.value(index) as Uint8Array).toString('base64');
      case Type.List:
      case Type.LargeList:
      case Type.ListView:
      case Type.LargeListView:
      case Type.FixedSizeList:
        return this.#listReader(type.children[0] as Field, column);
      case Type.Struct:
        return this.#structReader(type.children, column);
      case Type.Map:
        return this.#mapReader((type.children[0] as Field).type, column);
      case Type.Dictionary:
        return this.#dictionaryReader(type.dictionary, column);
      default:
        throw new TypeError(`column "${column}" is of Arrow's type ${this.#nameOf(type)}, which is not read`);
    }
  }

  #listReader({ type }: Field, column: string): ReadCell {
    const read = this.#reader(type, column);
    return (batch, index, at) => {
      const [start, end] = boundsOf(batch, index);
      const child = batch.children[0] as Batch<unknown>;
      return Array.from({ length: end - start }, (_, item) => read(child, start + item, `${at}[${item}]`));
    };
  }

  #structReader(children: readonly Field[], column: string): ReadCell {
    const names = children.map(({ name }) => name);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) throw new TypeError(`column "${column}" has two members called "${twice}"`);
    const readers = children.map(
      (child) => [child.name, this.readerOf({ ...child, name: `${column}.${child.name}` })] as const,
    );
    return (batch, index, at) =>
      Object.fromEntries(
        readers.map(([name, read], child) => [
          name,
          read(batch.children[child] as Batch<unknown>, index, `${at}.${name}`),
        ]),
      );
  }

  #mapReader(entries: DataType, column: string): ReadCell {
    const [key, value] = (entries as { children: Field[] }).children as [Field, Field];
    const readKey = this.#reader(key.type, column);
    const readValue = this.#reader(value.type, column);
    return (batch, index, at) => {
      const [start, end] = boundsOf(batch, index);
      const [keys, values] = (batch.children[0] as Batch<unknown>).children as [Batch<unknown>, Batch<unknown>];
      const record = new Map<string, unknown>();
      for (let item = start; item < end; item++) {
        const name = String(readKey(keys, item, at));
        if (record.has(name)) throw new TypeError(`${at} has the key "${name}" twice`);
        record.set(name, readValue(values, item, `${at}.${name}`));
      }
      return Object.fromEntries(record);
    };
  }

  #dictionaryReader(type: DataType, column: string): ReadCell {
    if (this.#holdsDictionary(type))
      throw new TypeError(`column "${column}" has a dictionary inside of a dictionary, which is not read`);
    const read = this.#reader(type, column);
    return (batch, index, at) => {
      const { dictionary } = batch as CodedBatch;
      let key = Number((batch as CodedBatch).key(index));
      for (const part of dictionary.data) {
        if (key < part.length) return read(part, key, at);
        key -= part.length;
      }
      throw new TypeError(`${at} refers to a value that its dictionary does not hold`);
    };
  }

  #holdsDictionary(type: DataType): boolean {
    if (type.typeId === this.#library.Type.Dictionary) return true;
    const { children = [] } = type as { children?: readonly Field[] };
    return children.some((child) => this.#holdsDictionary(child.type));
  }

  #nameOf({ typeId }: DataType): string {
    const [name] = Object.entries(this.#library.Type).find(([, id]) => id === typeId) ?? [];
    return name ?? String(typeId);
  }
}

/** Whether a value is marked as absent; a column without absent ones may have no marks. */
function isNull(batch: Batch<unknown>, index: number): boolean {
  return batch.nullCount !== 0 && batch.validity?.length > 0 && !batch.isValid(index);
}

function wholeNumber(value: number | bigint | undefined): unknown {
  return typeof value === 'bigint' ? exactInteger(value) : value;
}

/** Where the items of a list are among those of all lists. */
function boundsOf(batch: Batch<unknown>, index: number): readonly [number, number] {
  const { offsets, sizes, type } = batch;
  if (offsets === undefined) {
    const { stride } = type as { stride: number };
    return [index * stride, (index + 1) * stride];
  }
  const start = Number(offsets[index]);
  return [start, sizes === undefined ? Number(offsets[index + 1]) : start + Number(sizes[index])];
}

function bytesBetween(batch: Batch<unknown>, index: number): Uint8Array {
  const [start, end] = boundsOf(batch, index);
  return (batch.values as Uint8Array).subarray(start, end);
}

const readDays: ReadCell = (batch, index) => dateText((batch.values as Int32Array)[index] as number);

const readDateMilliseconds: ReadCell = (batch, index) => {
  const milliseconds = (batch.values as BigInt64Array)[index] as bigint;
  // By the rules of Arrow a whole number of days.
  return milliseconds % 86_400_000n === 0n
    ? dateText(Number(milliseconds / 86_400_000n))
    : timeText(milliseconds, 1000n);
};

/** In seconds, milliseconds, microseconds, nanoseconds: the units by their numbers. */
function readTimestamps(unit: number): ReadCell {
  const perSecond = ([1000n, 1000n, 1_000_000n, 1_000_000_000n] as const)[unit] ?? 1000n;
  const factor = unit === 0 ? 1000n : 1n;
  return (batch, index) => timeText(((batch.values as BigInt64Array)[index] as bigint) * factor, perSecond);
}
