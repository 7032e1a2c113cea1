import { ConfigError, dataBuilders, DgtError, PluginError, ProviderError } from '@dgt/core';
import { dirname } from 'node:path';
import { inspect } from 'node:util';
import { findAuthorPosition, readExcerpt } from '../loader/author-position.js';
import type { TaskPlan } from './task-plan.js';

/**
 * The error to show for an exception in a builder's code: the author's own file and line, with an excerpt. What a server
 * refused, and an error that says where in the task's file its cause stands, is told as it is: no line of the builder is at fault.
 */
export function describeException(error: unknown, attempt: number, { task, builder }: TaskPlan): DgtError {
  if (ProviderError.isInstance(error)) return error;
  if (ConfigError.isInstance(error) && error.details['path'] !== undefined) return error;
  const { reason, excerpt } = describeThrown(error, builder.folder);
  const place = excerpt === '' ? describeClass(builder.name) : excerpt;
  const details = { builder: builder.name, attempt, task: task.name, reason, excerpt: place };
  return new PluginError('DGT_BUILDER_THREW', details, { cause: error });
}

/** What dgt finds wrong with what a builder gave has no line of its author in its stack: it is somewhere in this class. */
function describeClass(builder: string): string {
  const origin = dataBuilders.originOf(builder);
  const [, file, line] = /^(.*):(\d+)$/.exec(origin ?? '') ?? [];
  if (file === undefined) return '';
  const excerpt = readExcerpt({ file, line: Number(line), column: 0 });
  return `\n  in the class at ${origin}${excerpt === undefined ? '' : `\n${excerpt}`}`;
}

/** What an author's code threw, in words, and where in their folder; `excerpt` is empty where that is not known. */
export function describeThrown(error: unknown, folder: string): { reason: string; excerpt: string } {
  if (!(error instanceof Error)) {
    return { reason: typeof error === 'string' ? error : inspect(error, { breakLength: Infinity }), excerpt: '' };
  }
  // A function of the user lies in a folder of its own.
  const { source } = (DgtError.isInstance(error) ? error.details : {}) as { source?: string };
  const position =
    source === undefined ? findAuthorPosition(error, folder) : findAuthorPosition(error.cause, dirname(source));
  return {
    reason: DgtError.isInstance(error) ? error.message : `${error.name}: ${error.message}`,
    excerpt:
      position === undefined ? '' : `\n  at ${position.file}:${position.line}:${position.column}\n${position.excerpt}`,
  };
}
