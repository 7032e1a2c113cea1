import { ConfigError, formatPlace, type TransformationTask } from '@dgt/core';
import type { PlannedTask } from '../config/planned.js';
import type { Problems } from '../config/problems.js';
import type { DocumentPath } from '../config/yaml-document.js';
import { columnsBeside } from '../transformation/columns-beside.js';
import type { PeekedInput } from '../transformation/peeked-input.js';

/** Rows that are looked at. One that suits the task is enough: rows may differ, and those that lack something fail by themselves. */
const rowsLookedAt = 20;

/**
 * Reports what a task needs and none of the first rows of its input has: nothing could be made of them, and a mistyped name is
 * the usual reason. What cannot be read is left to the run, which says it where it happens.
 */
export async function checkColumns(
  task: TransformationTask,
  input: PeekedInput,
  { problems, locate }: { problems: Problems } & Pick<PlannedTask, 'locate'>,
): Promise<void> {
  let missing: ConfigError | undefined;
  for (let index = 0; index < rowsLookedAt; index++) {
    const row = await input.peek(index).catch(() => undefined);
    if (row === undefined) break;
    try {
      return task.checkColumns(columnsBeside(task, row), index + 1);
    } catch (error) {
      // Any other exception is of the author's code, and says so with its line when the row is worked on.
      if (!ConfigError.isInstance(error)) return;
      missing ??= error;
    }
  }
  if (missing === undefined) return;
  const { path = [] } = missing.details as { path?: DocumentPath };
  problems.addError(missing, { ...locate(path), path: formatPlace(path) });
}
