import type { Row, Rows } from '@dgt/core';
import { OverviewCollector, type DatasetOverview } from './dataset-overview.js';
import { isErrorRow } from './error-row.js';
import { NumbersAt, ValuesAt, type RequestedDistribution, type RequestedNumbers } from './requested-fields.js';

/** What is wanted of the rows of a dataset. */
export interface StatisticsRequest {
  /** Paths of numbers. */
  readonly fields: readonly string[];
  /** Paths of values to count. */
  readonly distributions: readonly string[];
}

/** What the rows of a dataset are like. */
export interface DatasetStatistics {
  /** All rows, those that say what failed with them. */
  readonly total: number;
  readonly success: number;
  readonly errors: number;
  readonly fields: readonly RequestedNumbers[];
  readonly distributions: readonly RequestedDistribution[];
  /** Where nothing in particular was asked for. */
  readonly overview?: DatasetOverview;
}

/**
 * Reads rows once and says what they are like. Rows that say what failed are counted and left out of everything else. Memory is
 * bounded, however many rows there are.
 *
 * @throws {@link ConfigError} DGT_PATH_SYNTAX
 */
export async function describeRows(
  rows: Rows<Row>,
  { fields, distributions }: StatisticsRequest,
): Promise<DatasetStatistics> {
  const numbers = fields.map((path) => new NumbersAt(path));
  const values = distributions.map((path) => new ValuesAt(path));
  const overview = numbers.length + values.length === 0 ? new OverviewCollector() : undefined;
  let [success, errors] = [0, 0];
  for await (const row of rows) {
    if (isErrorRow(row)) {
      errors++;
      continue;
    }
    success++;
    for (const collector of [...numbers, ...values]) collector.add(row);
    overview?.add(row);
  }
  return {
    total: success + errors,
    success,
    errors,
    fields: numbers.map((collector) => collector.report()),
    distributions: values.map((collector) => collector.report()),
    ...(overview !== undefined && { overview: overview.report(success) }),
  };
}
