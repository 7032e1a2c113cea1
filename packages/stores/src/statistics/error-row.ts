import type { Row } from '@dgt/core';

/**
 * Whether a row says what failed with an input, as result files of pipelines have it: `{ input, error, timestamp }`, with no
 * response. A dataset may well have a column that is called `error`.
 */
export function isErrorRow(row: Row): boolean {
  const has = (key: string) =>
    Object.hasOwn(row, key) && row[key] !== null && row[key] !== undefined && row[key] !== '';
  return has('error') && has('input') && !has('response');
}
