import type { Provenance } from '@dgt/core';

/** What a data builder makes, without what dgt stamps on it. */
export type RowOf<Builder extends abstract new (context: never) => object> = Unstamped<Made<InstanceType<Builder>>>;

type Made<T> = T extends { generate(seeds: never, ctx: never): infer Given }
  ? ItemOf<Given>
  : T extends { transform(row: never, ctx: never): infer Given }
    ? ItemOf<Given>
    : T extends { transformBatch(rows: never, ctx: never): infer Given }
      ? ItemOf<Given>
      : object;

type ItemOf<Given> =
  Given extends Promise<infer Value>
    ? ItemOf<Value>
    : Given extends AsyncIterable<infer Item> | Iterable<infer Item>
      ? Item
      : NonNullable<Given>;

type Unstamped<T> = T extends unknown ? Omit<T, keyof Provenance> : never;
