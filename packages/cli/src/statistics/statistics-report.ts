import type { DatasetStatistics } from '@dgt/stores/statistics';

/** What `dgt stats` says of a dataset. */
export interface StatisticsReport extends DatasetStatistics {
  /** As the user wrote it. */
  readonly path: string;
  /** The files that the rows stand in. */
  readonly files: readonly string[];
}
