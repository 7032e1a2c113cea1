import { DgtError, PluginError } from '@dgt/core';
import { findAuthorPosition } from '../loader/author-position.js';
import type { TaskPlan } from './task-plan.js';

/** The error to show for an exception in a builder's code: the author's own file and line, with an excerpt. */
export function describeException(error: unknown, attempt: number, { task, builder }: TaskPlan): PluginError {
  const position = error instanceof Error ? findAuthorPosition(error, builder.folder) : undefined;
  const place =
    position === undefined ? '' : `\n  at ${position.file}:${position.line}:${position.column}\n${position.excerpt}`;
  const reason =
    error instanceof Error
      ? DgtError.isInstance(error)
        ? error.message
        : `${error.name}: ${error.message}`
      : String(error);
  return new PluginError(
    'DGT_BUILDER_THREW',
    { builder: builder.name, attempt, task: task.name, reason, excerpt: place },
    { cause: error },
  );
}
