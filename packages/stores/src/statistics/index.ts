export { describeRows, type DatasetStatistics, type StatisticsRequest } from './describe-rows.js';
export type { DatasetOverview } from './dataset-overview.js';
export { isErrorRow } from './error-row.js';
export type { FieldOverview, ValueKind } from './field-overview.js';
export type { Bin } from './histogram.js';
export { quantileShares, type NumberStatistics } from './number-summary.js';
export { readNumber } from './numeric-text.js';
export type { RequestedDistribution, RequestedNumbers } from './requested-fields.js';
export type { Distribution, ValueCount } from './value-counts.js';
