import type { Row, TransformationTask } from '@dgt/core';

/** What travels beside the typed data point of a row: columns that neither the input nor dgt declares. */
export function columnsBeside({ input }: TransformationTask, row: Row): Row {
  const declared = input.schema.properties;
  const beside = Object.entries(row).filter(
    ([column]) => !Object.hasOwn(declared, column) && column !== 'task_name' && column !== 'is_seed',
  );
  return Object.freeze(Object.fromEntries(beside));
}
