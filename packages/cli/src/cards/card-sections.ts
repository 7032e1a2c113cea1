import type { Json } from '@dgt/core';
import type { BillLine } from '@dgt/runner';
import { createHash } from 'node:crypto';
import { stringify } from 'yaml';
import { describeCost } from '../printing/cost.js';
import { formatCost, formatCount } from '../printing/quantities.js';
import { nameLoss } from '../printing/funnel.js';
import type { CardFacts } from './card-facts.js';
import { code, plain, table } from './markdown.js';

type Definition = Readonly<Record<string, Json | undefined>>;

/** The longest that is said of a reason. @unit characters */
const longestReason = 120;

/** Where the rows come from: the task, the builder, the seeds, and a hash of all that defines them. */
export function describeOrigin({ card, status }: CardFacts): string | undefined {
  if (card === undefined) return undefined;
  const { task, data_builder: builder, dgt_version: version, definition } = card;
  const author = task?.['created_by'];
  const rows: (readonly [string, string | undefined])[] = [
    ['task', code(status.task_name)],
    ['written by', typeof author === 'string' ? plain(author) : undefined],
    ['data builder', code(builder)],
    ['dgt', version],
    ['random seed', definition === null ? undefined : String(definition['random_seed'] ?? 0)],
    ['seed examples', countRows(task?.['seed_examples'])],
    ['input', describeInput(task?.['data'])],
    ['postprocessors', listNames(definition?.['postprocessors'])],
    ['files of the builder', listFiles(definition?.['files'])],
    ['SHA-256 of the definition', definition === null ? undefined : code(hash(definition))],
  ];
  return table(
    ['', ''],
    rows.flatMap(([name, value]) => (value === undefined || value === '' ? [] : [[name, value]])),
  );
}

/** The models, with the parameters that they were asked with. */
export function describeModels({ card }: CardFacts): string | undefined {
  const blocks = Object.entries((card?.definition?.['blocks'] ?? {}) as Record<string, Definition | null>);
  const rows = blocks.flatMap(([name, block]) => {
    const { type, model, parameters } = block ?? {};
    if (typeof model !== 'string') return [];
    const said = Object.entries((parameters ?? {}) as Definition).map(([key, value]) =>
      code(`${key}: ${JSON.stringify(value)}`),
    );
    return [[code(name), code(String(type)), code(model), said.join(', ')]];
  });
  return rows.length === 0 ? undefined : table(['block', 'provider', 'model', 'parameters'], rows);
}

/** Prompts and options as the ledger compares them: what defines the rows, without what stands elsewhere in the card. */
export function describePrompts({ card }: CardFacts): string | undefined {
  const { definition } = card ?? {};
  if (definition === undefined || definition === null) return undefined;
  const { files: _files, postprocessors: _postprocessors, ...rest } = definition;
  const said = Object.entries(rest).filter(([, value]) => !isEmpty(value));
  return said.length === 0 ? undefined : stringify(Object.fromEntries(said), { lineWidth: 0 });
}

/** How many candidates there were, and why some became no row. */
export function describeFunnel({ results, live }: CardFacts): string | undefined {
  if (results === undefined || live !== undefined) return undefined;
  const { candidates, accepted, losses } = results.funnel;
  if (losses.length === 0) return undefined;
  return table(
    ['candidates:', ''],
    [
      [formatCount(candidates), 'made'],
      ...losses
        .toSorted((a, b) => b.count - a.count)
        .map(({ count, kind, block, reason }) => [
          `−${formatCount(count)}`,
          `${plain(nameLoss(kind, block))}: ${plain(reason.slice(0, longestReason))}`,
        ]),
      [`**${formatCount(accepted)}**`, '**rows**'],
    ],
  );
}

/** What all runs of the dataset took, by block and model. */
export function describeBill({ results, live }: CardFacts): string | undefined {
  const bill = live?.bill ?? results?.bill;
  if (bill === undefined || bill.lines.length === 0) return undefined;
  const rows = live?.rows ?? results?.rows ?? 0;
  const lines = bill.lines.map((line) => [
    code(line.block),
    code(`${line.provider} ${line.model}`),
    ...[line.tries, line.prompt_tokens, line.completion_tokens].map(formatCount),
    describeLineCost(line),
  ]);
  const { total } = bill;
  const tokens = total.prompt_tokens + total.completion_tokens;
  const mean = rows === 0 ? [] : [`${formatCount(tokens / rows)} tokens for each row`];
  const sentence = [`${formatCount(tokens)} tokens`, ...mean, ...describeCost(bill)].join(', ');
  return `${table(['block', 'model', 'requests:', 'tokens in:', 'tokens out:', 'cost:'], lines)}\n\n${plain(sentence)}.`;
}

function describeLineCost({ cost }: BillLine): string {
  return cost === undefined ? 'unknown' : formatCost(cost);
}

function countRows(rows: Json | undefined): string | undefined {
  return Array.isArray(rows) ? formatCount(rows.length) : undefined;
}

function describeInput(data: Json | undefined): string | undefined {
  if (data === undefined || data === null || typeof data !== 'object') return undefined;
  if (Array.isArray(data)) return `${formatCount(data.length)} rows of the task file`;
  const paths = (data as Definition)['data_path'];
  return [paths]
    .flat()
    .flatMap((path) => (typeof path === 'string' ? [code(path)] : []))
    .join(', ');
}

function listNames(stages: Json | undefined): string | undefined {
  if (!Array.isArray(stages)) return undefined;
  return (stages as { name: string; definition?: { type?: string } }[])
    .map(({ name, definition }) =>
      definition?.type === undefined ? code(name) : `${code(name)} (${plain(definition.type)})`,
    )
    .join(', ');
}

function listFiles(files: Json | undefined): string | undefined {
  const names = Object.keys((files ?? {}) as object);
  return names.length === 0 ? undefined : names.map(code).join(', ');
}

function hash(definition: Definition): string {
  return createHash('sha256').update(JSON.stringify(definition)).digest('hex');
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
