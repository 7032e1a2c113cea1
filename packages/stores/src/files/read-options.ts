/** How the rows of one file are read. */
export interface FileReadOptions {
  /** How many rows are still to be left out; counted down by the reader. */
  readonly skip: { remaining: number };
  /** The encoding of text, as `TextDecoder` names it. */
  readonly encoding: string;
  readonly csv: CsvOptions;
  readonly signal?: AbortSignal | undefined;
}

/** How CSV is read and written. */
export interface CsvOptions {
  /** Whether the first line names the columns; without it they are called `c0`, `c1`, and so on. */
  readonly hasHeader: boolean;
  /** What stands between two values; a comma, or a tab in a .tsv file, when left out. */
  readonly delimiter?: string | undefined;
  readonly quote: string;
  /** Whether spaces after a delimiter are left out. */
  readonly skipInitialSpace: boolean;
}

/** How a file is read when nothing is said. */
export function defaultReadOptions(): FileReadOptions {
  return {
    skip: { remaining: 0 },
    encoding: 'utf-8',
    csv: { hasHeader: true, quote: '"', skipInitialSpace: false },
  };
}
