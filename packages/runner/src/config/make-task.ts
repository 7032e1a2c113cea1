import { ConfigError, formatPlace, type Task, type TaskClass, type TaskSpec } from '@dgt/core';
import type { Problems } from './problems.js';
import type { DocumentPath, YamlDocument } from './yaml-document.js';

/**
 * Makes a task to look at what it declares. Undefined where the constructor of the author's class throws: the engine makes the
 * task again and says it.
 */
export function makeTask(taskClass: TaskClass, spec: TaskSpec): Task | undefined {
  try {
    return new taskClass(spec as TaskSpec<never>);
  } catch {
    return undefined;
  }
}

/**
 * Reports what the constructor of a task class finds wrong with its keys: a {@link ConfigError}, whose `path` among its details
 * says where in the file. Of any other exception the engine speaks when it makes the task.
 */
export function checkTask(
  taskClass: TaskClass,
  spec: TaskSpec,
  { document, problems }: { document: YamlDocument; problems: Problems },
): void {
  try {
    void new taskClass(spec as TaskSpec<never>);
  } catch (error) {
    if (!ConfigError.isInstance(error)) return;
    const { path = [] } = error.details as { path?: DocumentPath };
    problems.addError(error, { ...document.locate(path), path: formatPlace(path) });
  }
}
