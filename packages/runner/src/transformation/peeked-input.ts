import type { Json, Row } from '@dgt/core';
import type { InputSource } from './input-source.js';

/** An input whose first rows can be looked at before it is read. They come from the source once, which may be all it can give. */
export class PeekedInput implements InputSource {
  readonly #source: InputSource;
  #begun: Beginning | undefined;

  constructor(source: InputSource) {
    this.#source = source;
  }

  /**
   * The row at a place, counted from 0; undefined beyond the last.
   *
   * @throws what the source throws, which {@link read} throws again.
   */
  async peek(index: number): Promise<Row | undefined> {
    this.#begun ??= new Beginning(this.#source);
    const result = await this.#begun.result(index);
    return result.done === true ? undefined : result.value;
  }

  async *read(options: { readonly skip?: number; readonly signal?: AbortSignal } = {}): AsyncGenerator<Row> {
    const begun = this.#begun;
    this.#begun = undefined;
    if (begun !== undefined && (options.skip ?? 0) === 0) return yield* begun.goOn(options.signal);
    begun?.close();
    yield* this.#source.read(options);
  }

  fingerprint(): Promise<Json | undefined> {
    return this.#source.fingerprint();
  }

  count(): Promise<number | undefined> {
    return this.#source.count();
  }

  /** Frees what was begun and not read. */
  close(): void {
    this.#begun?.close();
    this.#begun = undefined;
  }
}

/** A reading that has been begun. */
class Beginning {
  readonly #ending = new AbortController();
  readonly #rows: AsyncIterator<Row>;
  readonly #results: Promise<IteratorResult<Row>>[] = [];

  constructor(source: InputSource) {
    this.#rows = source.read({ signal: this.#ending.signal })[Symbol.asyncIterator]();
  }

  async result(index: number): Promise<IteratorResult<Row>> {
    while (this.#results.length <= index) {
      const result = this.#rows.next();
      this.#results.push(result);
      await result;
    }
    return this.#results[index] as Promise<IteratorResult<Row>>;
  }

  /** All rows, also those that were looked at. */
  async *goOn(signal: AbortSignal | undefined): AsyncGenerator<Row> {
    const end = () => this.#ending.abort(signal?.reason);
    if (signal?.aborted === true) end();
    signal?.addEventListener('abort', end, { once: true });
    try {
      for (let index = 0; ; index++) {
        const { done, value } = await (this.#results[index] ?? this.#rows.next());
        if (done === true) return;
        yield value;
      }
    } finally {
      signal?.removeEventListener('abort', end);
      await this.#rows.return?.();
    }
  }

  close(): void {
    this.#ending.abort();
    void this.#rows.return?.()?.catch(() => {});
  }
}
