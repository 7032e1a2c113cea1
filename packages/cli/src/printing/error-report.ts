import { DgtError } from '@dgt/core';
import type { Style } from './style.js';
import { shortenPaths } from './paths.js';
import { toPlainText } from './plain-text.js';

/** An error as `--json` gives it. */
export interface ErrorDescription {
  /** Undefined for an error that dgt did not foresee. */
  readonly code: string | undefined;
  readonly message: string;
  readonly remedy: string | undefined;
  /** Each problem of the configuration with its file, line and column. */
  readonly problems?: readonly unknown[];
}

/** What programs are told of an error. */
export function describeError(error: unknown): ErrorDescription {
  if (!DgtError.isInstance(error)) return { code: undefined, message: toMessage(error), remedy: undefined };
  const { code, message, remedy, details } = error;
  const { problems } = details;
  return { code, message, remedy, ...(Array.isArray(problems) && { problems: [...(problems as unknown[])] }) };
}

/** What people are told of an error: code and message, then what to do; the stack only where it is asked for. */
export function printError(
  error: unknown,
  { debug, style, workingFolder }: { debug: boolean; style: Style; workingFolder: string },
): string {
  const {
    code,
    message,
    remedy = 'This was not foreseen by dgt; --debug shows where it happened.',
    problems,
  } = describeError(error);
  const title = style('bad', code === undefined ? 'error' : `error ${code}`);
  const shown = shortenPaths(toPlainText(message), workingFolder);
  const lines = problems === undefined ? [`${title}: ${shown}`] : [`${title}: ${countProblems(problems)}`, shown];
  if (problems === undefined || problems.some(hasLine)) lines.push(toPlainText(remedy));
  if (debug) lines.push(...listStacks(error).map((stack) => style('quiet', toPlainText(stack))));
  return lines.join('\n');
}

/** Options and missing files have said what to do themselves: there is no line to correct. */
function hasLine(problem: unknown): boolean {
  return (problem as { line?: unknown } | null)?.line !== undefined;
}

function countProblems({ length }: readonly unknown[]): string {
  return length === 1 ? '1 problem' : `${length} problems`;
}

function listStacks(error: unknown): string[] {
  const stacks: string[] = [];
  for (let cause = error; cause instanceof Error && stacks.length < 10; cause = cause.cause) {
    const { stack = String(cause) } = cause;
    stacks.push(stacks.length === 0 ? stack : `caused by ${stack}`);
  }
  return stacks;
}

function toMessage(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
