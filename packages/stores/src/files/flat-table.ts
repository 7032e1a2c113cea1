/** A table of FlatBuffers, in which Arrow describes its messages: fields that may be absent, by their numbers. */
export class FlatTable {
  readonly #view: DataView;
  readonly #position: number;

  private constructor(view: DataView, position: number) {
    this.#view = view;
    this.#position = position;
  }

  /** The table that the bytes begin with. */
  static root(bytes: Uint8Array): FlatTable {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return new FlatTable(view, view.getUint32(0, true));
  }

  int8(field: number): number {
    const at = this.#locate(field);
    return at === undefined ? 0 : this.#view.getInt8(at);
  }

  int16(field: number): number {
    const at = this.#locate(field);
    return at === undefined ? 0 : this.#view.getInt16(at, true);
  }

  int64(field: number): number {
    const at = this.#locate(field);
    return at === undefined ? 0 : Number(this.#view.getBigInt64(at, true));
  }

  table(field: number): FlatTable | undefined {
    const at = this.#locate(field);
    return at === undefined ? undefined : new FlatTable(this.#view, at + this.#view.getUint32(at, true));
  }

  /** The places of the pairs of 64-bit numbers that a field lists. */
  pairs(field: number): FlatPair[] {
    const at = this.#locate(field);
    if (at === undefined) return [];
    const list = at + this.#view.getUint32(at, true);
    const count = this.#view.getUint32(list, true);
    return Array.from({ length: count }, (_, index) => new FlatPair(this.#view, list + 4 + 16 * index));
  }

  setInt64(field: number, value: number): void {
    const at = this.#locate(field);
    if (at === undefined) throw new TypeError(`the field ${field} is absent`);
    this.#view.setBigInt64(at, BigInt(value), true);
  }

  /** Makes a field absent. */
  remove(field: number): void {
    if (this.#locate(field) !== undefined) this.#view.setUint16(this.#slotOf(field).at, 0, true);
  }

  /** Where a field is; undefined for one that is absent. */
  #locate(field: number): number | undefined {
    const { at, isThere } = this.#slotOf(field);
    const offset = isThere ? this.#view.getUint16(at, true) : 0;
    return offset === 0 ? undefined : this.#position + offset;
  }

  /** Where it is said where a field is. */
  #slotOf(field: number): { readonly at: number; readonly isThere: boolean } {
    const vtable = this.#position - this.#view.getInt32(this.#position, true);
    const slot = 4 + 2 * field;
    return { at: vtable + slot, isThere: slot < this.#view.getUint16(vtable, true) };
  }
}

/** Two numbers of 64 bits beside each other. */
export class FlatPair {
  readonly #view: DataView;
  readonly #position: number;

  constructor(view: DataView, position: number) {
    this.#view = view;
    this.#position = position;
  }

  read(): readonly [number, number] {
    return [0, 8].map((at) => Number(this.#view.getBigInt64(this.#position + at, true))) as [number, number];
  }

  write(first: number, second: number): void {
    this.#view.setBigInt64(this.#position, BigInt(first), true);
    this.#view.setBigInt64(this.#position + 8, BigInt(second), true);
  }
}
