import type Database from 'libsql';
import type { Metric } from '../output/dataset-stats.js';

/** What the calls of a ledger took, over all of it and for each input. */
export interface CallStatistics {
  readonly tries: number;
  readonly failedTries: number;
  readonly requests: Metric;
  readonly promptTokens: Metric;
  readonly completionTokens: Metric;
  /** How long at least one request was under way, in all runs together. @unit milliseconds */
  readonly busyMs: number;
  /** How often each reason ended an answer, where answers say so. */
  readonly finishReasons: Readonly<Record<string, number>>;
}

type Columns = Readonly<Record<string, number>>;

const metric = (column: string) =>
  `coalesce(sum(${column}), 0) AS ${column}_total, coalesce(sum(${column} * ${column}), 0) AS ${column}_squares,
   coalesce(min(${column}), 0) AS ${column}_min, coalesce(max(${column}), 0) AS ${column}_max`;

/** Adds up every try and every answer. */
export function readCallStatistics(database: Database.Database): CallStatistics {
  const found = database
    .prepare<unknown[]>(
      `SELECT count(*) AS measured, coalesce(sum(failed), 0) AS failed, ${metric('requests')}, ${metric('prompt')}, ${metric('completion')}
       FROM (SELECT count(*) AS requests, sum(1 - ok) AS failed, coalesce(sum(prompt_tokens), 0) AS prompt,
             coalesce(sum(completion_tokens), 0) AS completion FROM tries GROUP BY owner)`,
    )
    .get() as Columns;
  const reasons = database
    .prepare<unknown[]>(
      `SELECT json_extract(answer, '$.choices[0].finish_reason') AS reason, count(*) AS count FROM calls
       WHERE failed = 0 GROUP BY reason HAVING reason IS NOT NULL ORDER BY reason`,
    )
    .all() as { reason: string; count: number }[];
  const { busy } = database
    .prepare<unknown[]>(
      `SELECT coalesce(sum(max(0, ended_at - max(started_at, coalesce(ended_before, 0)))), 0) AS busy
       FROM (SELECT started_at, started_at + duration_ms AS ended_at, max(started_at + duration_ms)
             OVER (ORDER BY started_at, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS ended_before FROM tries)`,
    )
    .get() as { busy: number };
  return {
    busyMs: busy,
    tries: found['requests_total'] ?? 0,
    failedTries: found['failed'] ?? 0,
    requests: readMetric(found, 'requests'),
    promptTokens: readMetric(found, 'prompt'),
    completionTokens: readMetric(found, 'completion'),
    finishReasons: Object.fromEntries(reasons.map(({ reason, count }) => [reason, count])),
  };
}

function readMetric(found: Columns, column: string): Metric {
  const read = (name: string) => found[name] ?? 0;
  return {
    total: read(`${column}_total`),
    squares: read(`${column}_squares`),
    min: read(`${column}_min`),
    max: read(`${column}_max`),
    measured: read('measured'),
  };
}
