import { formatProblem, type Problem } from '@dgt/runner';
import type { CommandSession } from '../command-session.js';
import { toOneLine, toPlainText } from './plain-text.js';
import { formatTable } from './table.js';

/** The longest that a cell may be. @unit characters */
const longestCell = 200;

/**
 * Prints a list, a line an item, and on standard error what could not be read.
 *
 * @returns the exit code: 1 when something could not be read.
 */
export function printList<T>(
  session: CommandSession,
  list: {
    /** What the items are called in the JSON document. */
    key: string;
    items: readonly T[];
    columns: (item: T) => string[];
    problems: readonly Problem[];
  },
): number {
  const { key, items, columns, problems } = list;
  const exitCode = problems.length > 0 ? 1 : 0;
  if (session.json) session.printJson({ [key]: items, ...(problems.length > 0 && { problems }), exit_code: exitCode });
  else {
    const cells = items.map((item) => columns(item).map((cell) => toOneLine(cell, longestCell)));
    for (const line of formatTable(cells)) session.print(line);
    if (items.length === 0 && problems.length === 0) session.say(`no ${key} found`);
  }
  for (const problem of problems) session.say(toPlainText(formatProblem(problem)));
  return exitCode;
}
