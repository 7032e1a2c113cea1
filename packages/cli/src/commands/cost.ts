import { resolve } from 'node:path';
import { readCosts, readPriceFile, type BillLine, type TaskCost, type Usage } from '@dgt/runner';
import type { CommandSession } from '../command-session.js';
import { describeUnknown } from '../printing/cost.js';
import { toOneLine } from '../printing/plain-text.js';
import { formatCost, formatCount } from '../printing/quantities.js';
import type { Style } from '../printing/style.js';
import { formatTable } from '../printing/table.js';
import type { CostFlags } from '../program.js';

/** `dgt cost`: what the tasks of an output folder cost so far, by block and model. */
export async function cost({ path, prices: file }: CostFlags, session: CommandSession): Promise<number> {
  const { context, secrets, style } = session;
  const { workingFolder, environment } = context;
  const prices = file === undefined ? new Map() : await readPriceFile(file, { workingFolder, environment, secrets });
  const tasks = await readCosts(resolve(workingFolder, path), prices);
  const total = addCosts(tasks);
  if (session.json) {
    session.printJson({ tasks, cost: total.cost ?? null, known_cost: total.known, exit_code: 0 });
    return 0;
  }
  for (const task of tasks) session.print(formatTask(task, style));
  if (tasks.length > 1) session.print(`${style('strong', 'all tasks')}: ${formatTotal(total)}`);
  return 0;
}

interface Total {
  /** Undefined where a part of it is not known. */
  readonly cost: number | undefined;
  readonly known: number;
}

function addCosts(tasks: readonly TaskCost[]): Total {
  const whole = tasks.filter(({ is_part }) => !is_part);
  const known = whole.reduce((sum, { known_cost }) => sum + known_cost, 0);
  return { cost: whole.every((task) => task.cost !== undefined) ? known : undefined, known };
}

function formatTotal({ cost, known }: Total): string {
  return cost === undefined ? `at least ${formatCost(known)}` : formatCost(cost);
}

function formatTask(task: TaskCost, style: Style): string {
  const { lines, total, cost, known_cost: known } = task;
  const state = task.status.replaceAll('_', ' ');
  const note =
    task.status === 'running' ? ', without the calls under way' : task.is_part ? ', counted in its whole' : '';
  const title = `${style('strong', toOneLine(task.task_name, 100))}: ${formatTotal({ cost, known })} (${state}${note})`;
  if (lines.length === 0) return `${title}\n  no call was made`;
  const rows = [
    ['block', 'model', ...columns.map(([name]) => name), 'cost'].map((name) => style('quiet', name)),
    ...lines.map((line) => [toOneLine(line.block, 40), nameModel(line), ...formatCounts(line), formatLineCost(line)]),
    ...(lines.length > 1 ? [['total', '', ...formatCounts(total), formatTotal({ cost, known })]] : []),
  ];
  const right = [...columns.keys(), columns.length].map((column) => column + 2);
  const unknown = lines
    .filter((line) => line.cost === undefined)
    .map((line) => style('caution', describeUnknown(line)));
  const table = formatTable(rows, { right });
  return [title, ...[...table, ...unknown, ...describePrices(lines, style)].map((line) => `  ${line}`)].join('\n');
}

const columns = [
  ['tries', 'tries'],
  ['failed', 'failed_tries'],
  ['tokens in', 'prompt_tokens'],
  ['cached', 'cached_tokens'],
  ['out', 'completion_tokens'],
  ['reasoning', 'reasoning_tokens'],
] as const satisfies readonly (readonly [string, keyof Usage])[];

function formatCounts(usage: Usage): string[] {
  return columns.map(([, key]) => formatCount(usage[key]));
}

function formatLineCost({ cost }: BillLine): string {
  return cost === undefined ? 'unknown' : formatCost(cost);
}

function nameModel({ provider, model }: BillLine): string {
  return toOneLine(`${provider} ${model}`.trim(), 60);
}

/** The prices of the list may have changed since: their day is said. */
function describePrices(lines: readonly BillLine[], style: Style): string[] {
  const days = new Set(lines.flatMap(({ price }) => price?.as_of ?? []));
  return [...days].sort().map((day) => style('quiet', `prices as of ${day}; say your own with \`price:\` or --prices`));
}
