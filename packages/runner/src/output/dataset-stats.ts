import type { Json } from '@dgt/core';
import type { CallStatistics } from '../ledger/call-statistics.js';

/**
 * What stats.json says: one entry for each step, a metric as its total, or with what it was for a row of the input. All of it
 * comes from the ledger, so that it is exact however many runs it took.
 */
export function describeStats(facts: {
  readonly documents: number;
  readonly rows: number;
  readonly candidates: number;
  readonly calls: CallStatistics;
}): Json {
  const { documents, rows, candidates, calls } = facts;
  const { tries, failedTries, finishReasons } = calls;
  return [
    { name: 'input', stats: { documents } },
    {
      name: 'model calls',
      time_stats: { total: calls.busyMs / 1000, unit: 'second' },
      stats: {
        successful_requests: tries - failedTries,
        failed_requests: failedTries,
        requests: describeMetric(calls.requests, documents),
        prompt_tokens: describeMetric(calls.promptTokens, documents),
        completion_tokens: describeMetric(calls.completionTokens, documents),
        finish_reasons: finishReasons,
      },
    },
    {
      name: 'output',
      stats: { rows, dropped: candidates - rows, rows_per_document: documents === 0 ? 0 : rows / documents },
    },
  ];
}

/** A sum over the rows of an input. */
export interface Metric {
  readonly total: number;
  /** The sum of the squares. */
  readonly squares: number;
  readonly min: number;
  readonly max: number;
  /** Rows that it was measured of; it is 0 for all others. */
  readonly measured: number;
}

function describeMetric({ total, squares, min, max, measured }: Metric, documents: number): Json {
  const n = Math.max(documents, measured);
  if (n === 0) return { total: 0, n: 0, unit: 'document' };
  const mean = total / n;
  const variance = n < 2 ? 0 : Math.max(0, (squares - (total * total) / n) / (n - 1));
  const spread = { mean, variance, std_dev: Math.sqrt(variance), min: measured < n ? 0 : min, max };
  return { total, n, ...spread, unit: 'document' };
}
