import { Type, type Row, type TObject, type TSchema } from '@dgt/core';
import { isRecord } from './json-value.js';

/** Objects with more keys than this are maps from names to values rather than records. */
const mostKeys = 200;

/** What has been seen at one place of many rows. */
class Seen {
  readonly #kinds = new Set<string>();
  readonly #members = new Map<string, Seen>();
  #items: Seen | undefined;

  add(value: unknown): void {
    if (value === null || value === undefined) return;
    if (Array.isArray(value)) {
      this.#kinds.add('array');
      this.#items ??= new Seen();
      for (const item of value) this.#items.add(item);
    } else if (isRecord(value)) {
      this.#kinds.add('object');
      if (this.#members.size <= mostKeys) this.#addMembers(value);
    } else this.#kinds.add(Number.isSafeInteger(value) ? 'integer' : typeof value);
  }

  #addMembers(value: Row): void {
    for (const [key, member] of Object.entries(value)) {
      let seen = this.#members.get(key);
      if (seen === undefined) {
        seen = new Seen();
        this.#members.set(key, seen);
      }
      seen.add(member);
    }
  }

  /** The record of all members, for the rows themselves. */
  toObject(): TObject {
    return Type.Object(
      Object.fromEntries([...this.#members].map(([key, seen]) => [key, Type.Optional(seen.toSchema())])),
    );
  }

  toSchema(): TSchema {
    const kinds = this.#kinds.has('number') ? new Set(this.#kinds).add('integer') : this.#kinds;
    if (kinds.size === 2 && kinds.has('number') && kinds.has('integer')) return Type.Number();
    const [kind] = kinds;
    if (kinds.size !== 1) return Type.Unknown();
    if (kind === 'string') return Type.String();
    if (kind === 'integer') return Type.Integer();
    if (kind === 'boolean') return Type.Boolean();
    if (kind === 'array') return Type.Array((this.#items as Seen).toSchema());
    // A field of that name would be lost on the way through libraries that assign it.
    const isRecordOfFields = this.#members.size <= mostKeys && !this.#members.has('__proto__');
    return isRecordOfFields ? this.toObject() : Type.Unknown();
  }
}

/** Gathers the schema that all rows have in common, each seen once. What differs in kind between rows becomes unknown. */
export class SchemaInference {
  readonly #rows = new Seen();

  add(row: Row): void {
    this.#rows.add(row);
  }

  /** The schema so far; the fields in the order in which they were first seen. */
  get schema(): TObject {
    return this.#rows.toObject();
  }
}
