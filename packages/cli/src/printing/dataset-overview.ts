import type { DatasetOverview } from '@dgt/runner';
import { formatFunnel } from './funnel.js';
import { showPath } from './paths.js';
import { toOneLine } from './plain-text.js';
import { formatCount, formatNumberOf } from './quantities.js';
import type { Style } from './style.js';
import { formatTable } from './table.js';

/** What is in a dataset: how it stands, what it took, where candidates went, what defines it. */
export function formatOverview(
  { status, results, card }: DatasetOverview,
  { style, workingFolder }: { style: Style; workingFolder: string },
): string[] {
  const { task_name: name, status: state, rows, num_outputs_to_generate: quota, message } = status;
  const counted =
    quota === undefined ? formatNumberOf(rows, 'row') : `${formatCount(rows)} of ${formatCount(quota)} rows`;
  const facts = [['folder', showPath(status.folder, workingFolder)], ...describeWork(results), ...describeCard(card)];
  return [
    `${style('strong', toOneLine(name, 100))}: ${state.replaceAll('_', ' ')}, ${counted}`,
    ...(state === 'complete' ? [] : [`  ${toOneLine(message, 300)}`]),
    ...formatTable(facts).map((line) => `  ${line}`),
    ...(results === undefined ? [] : formatFunnel(results.funnel, style).map((line) => `  ${line}`)),
  ];
}

function describeWork(results: DatasetOverview['results']): string[][] {
  if (results === undefined) return [];
  const { attempts, calls, tokens, inputs } = results;
  const { failed, tries, failed_tries: failedTries } = calls;
  const requests = tries === calls.answered ? '' : `, ${formatNumberOf(tries, 'request')}`;
  const trouble =
    failed + failedTries === 0
      ? ''
      : `, ${formatNumberOf(failed, 'error')}, ${formatNumberOf(failedTries, 'failed request')}`;
  const { cost } = results as { cost?: number | null };
  return [
    inputs === undefined ? ['attempts', formatCount(attempts)] : ['inputs', formatCount(inputs)],
    ['calls', `${formatCount(calls.answered)}${requests}${trouble}`],
    ['tokens', `${formatCount(tokens.prompt)} in, ${formatCount(tokens.completion)} out`],
    ...(typeof cost === 'number' ? [['cost', `$${Number(cost.toPrecision(3))}`]] : []),
  ];
}

function describeCard(card: DatasetOverview['card']): string[][] {
  if (card === undefined) return [];
  const { task_file: file, data_builder: builder, definition } = card;
  const blocks = Object.entries(
    (definition?.['blocks'] ?? {}) as Record<string, { type?: unknown; model?: unknown } | null>,
  );
  const models = blocks.flatMap(([name, block]) =>
    typeof block?.model === 'string' ? [['model', `${name}: ${String(block.type)}:${block.model}`]] : [],
  );
  const stages = ((definition?.['postprocessors'] ?? []) as { name: string }[]).map(({ name }) => name);
  return [
    ...(file === undefined ? [] : [['task file', file]]),
    ['data builder', builder],
    ...models,
    ...(stages.length === 0 ? [] : [['postprocessors', stages.join(', ')]]),
    ...(definition?.['random_seed'] === undefined ? [] : [['random seed', String(definition['random_seed'])]]),
  ].map((cells) => cells.map((cell) => toOneLine(cell, 200)));
}
