import type { Task, TaskClass, TaskSpec } from '@dgt/core';

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
