import { describeRows } from '@dgt/stores/statistics';
import { writeWholeFile } from '@dgt/stores/files';
import { resolve } from 'node:path';
import type { CommandSession } from '../command-session.js';
import { renderStatisticsPage } from '../pages/statistics-page.js';
import { formatStatistics } from '../printing/statistics.js';
import { showPath } from '../printing/paths.js';
import { findRows } from '../statistics/find-rows.js';
import type { StatsFlags } from './stats-flags.js';

/** The widest that pictures are drawn. @unit columns */
const widest = 100;

/** `dgt stats`: what the rows of a data file are like. */
export async function stats(
  { path, field = [], dist = [], html }: StatsFlags,
  session: CommandSession,
): Promise<number> {
  const { context, style, secrets } = session;
  const { files, rows, failed } = await findRows(path, context);
  const described = await describeRows(rows, { fields: field, distributions: dist });
  let errors = described.errors;
  for await (const _ of failed) errors++;
  const statistics = { path, files, ...described, total: described.success + errors, errors };
  if (html !== undefined) {
    const page = secrets.redact(renderStatisticsPage(statistics));
    await writeWholeFile(resolve(context.workingFolder, html), (handle) => handle.writeFile(page));
  }
  if (session.json) session.printJson({ ...statistics, exit_code: 0 });
  else {
    const width = Math.min(widest, context.stdout.columns ?? widest);
    session.print(formatStatistics(statistics, { style, width }).join('\n'));
    if (html !== undefined)
      session.say(`wrote ${showPath(resolve(context.workingFolder, html), context.workingFolder)}`);
  }
  return 0;
}
