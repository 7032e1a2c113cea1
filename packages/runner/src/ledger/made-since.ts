import type Database from 'libsql';

/** What attempts came to. */
export interface MadeRows {
  readonly rows: number;
  /** Candidates that became no row. */
  readonly lost: number;
}

/**
 * Adds up attempts: all of them, or those that got an answer of a server at or after a time. An attempt that a later run made
 * again of recorded answers says nothing of how fast that run is.
 *
 * @param timeMs milliseconds since 1970.
 */
export function readMadeSince(
  database: Database.Database,
  timeMs: number | undefined,
): MadeRows & { readonly attempts: number } {
  const since =
    timeMs === undefined
      ? ''
      : 'WHERE coalesce(input, number) IN (SELECT owner FROM tries WHERE ok AND started_at >= ?)';
  const { attempts, rows, lost } = database
    .prepare<unknown[]>(
      `SELECT count(*) AS attempts, coalesce(sum(accepted), 0) AS rows, coalesce(sum(candidates - accepted), 0) AS lost
       FROM attempts ${since}`,
    )
    .get(...(timeMs === undefined ? [] : [timeMs])) as MadeRows & { attempts: number };
  return { attempts, rows, lost };
}
