import type { Json } from '@dgt/core';
import type { Bill, BillLine } from '@dgt/runner';
import { createHash } from 'node:crypto';
import { stringify } from 'yaml';
import { describeCost } from '../printing/cost.js';
import { formatCost, formatCount } from '../printing/quantities.js';
import { nameLoss } from '../printing/funnel.js';
import type { CardFacts } from './card-facts.js';
import type { CardKeys } from './front-matter.js';
import { block, code, folded, plain, table } from './markdown.js';

type Definition = Readonly<Record<string, Json | undefined>>;

/** The longest that is said of a reason. @unit characters */
const longestReason = 120;

/** Where the rows come from, and what may be done with them. */
export function describeOrigin({ card, status }: CardFacts, { license }: CardKeys): string | undefined {
  if (card === undefined) return undefined;
  const { task, data_builder: builder, dgt_version: version, definition } = card;
  const author = task?.['created_by'];
  const rows: (readonly [string, string | undefined])[] = [
    ['licence', license === undefined ? 'none is stated' : code(license)],
    ['written by', typeof author === 'string' ? plain(author) : undefined],
    ['made by', `${code(builder)}${version === undefined ? '' : `, dgt ${version}`}`],
    ['input', describeInput(task?.['data'])],
    ['seed examples', countRows(task?.['seed_examples'])],
    ['random seed', definition === null ? undefined : String(definition['random_seed'] ?? 0)],
    ['postprocessors', listNames(definition?.['postprocessors'])],
  ];
  return table(
    ['task', code(status.task_name)],
    rows.flatMap(([name, value]) => (value === undefined || value === '' ? [] : [[name, value]])),
  );
}

/** The models, with the parameters that they were asked with. */
export function describeModels({ card }: CardFacts): string | undefined {
  const { blocks, task_fields: fields } = card?.definition ?? {};
  const models = Object.entries((blocks ?? {}) as Record<string, Definition | null>).filter(
    ([, block]) => typeof block?.['model'] === 'string',
  );
  // Where there is one model, it is the one that the task asks in its own way.
  const asked = models.length === 1 ? ((fields as Definition | null)?.['gen_kwargs'] as Definition | undefined) : {};
  const rows = models.map(([name, block]) => {
    const parameters = { ...(block?.['parameters'] as Definition | undefined), ...asked };
    const said = Object.entries(parameters).map(([key, value]) => code(`${key}: ${JSON.stringify(value)}`));
    return [code(name), code(String(block?.['type'])), code(String(block?.['model'])), said.join(', ')];
  });
  return rows.length === 0 ? undefined : table(['block', 'provider', 'model', 'parameters'], rows);
}

/** The prompts, each folded away, and all that defines the rows as the ledger compares it. */
export function describePrompts({ card }: CardFacts): string | undefined {
  const { definition } = card ?? {};
  if (definition === undefined || definition === null) return undefined;
  const { files, postprocessors: _postprocessors, ...rest } = definition;
  const said = Object.fromEntries(Object.entries(rest).filter(([, value]) => !isEmpty(value)));
  const names = Object.keys((files ?? {}) as object);
  const whole = [
    block('yaml', stringify(said, { lineWidth: 0 })),
    ...(names.length === 0 ? [] : [`Files of the builder: ${names.map(code).join(', ')}`]),
    `SHA-256: ${code(hash(definition))}`,
  ].join('\n\n');
  return [
    ...findPrompts(definition['task_fields']).map(({ title, text }) => folded(title, block('text', text))),
    folded('All that defines the rows', whole),
  ].join('\n\n');
}

/** The prompts that a task says itself, of each of its steps where it has some; those in the code of a builder are in its files. */
function findPrompts(fields: Json | undefined): { title: string; text: string }[] {
  const { steps, ...own } = (fields ?? {}) as Definition;
  const all = Array.isArray(steps) ? (steps as readonly Definition[]) : [];
  return [own, ...all].flatMap((step) =>
    (['system', 'user'] as const).flatMap((role) => {
      const text = step[role];
      if (typeof text !== 'string' || text.trim() === '') return [];
      const title = role === 'system' ? 'System prompt' : 'Prompt template';
      return [{ title: typeof step['out'] === 'string' ? `${title} of ${step['out']}` : title, text }];
    }),
  );
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
  const [inEach, outEach] = [total.prompt_tokens / rows, total.completion_tokens / rows].map(formatCount);
  const mean = rows === 0 ? [] : [`${inEach} in and ${outEach} out for each row`];
  const sentence = [`${formatCount(tokens)} tokens`, ...mean, ...describeWholeCost(bill)].join(', ');
  return `${table(['block', 'model', 'requests:', 'tokens in:', 'tokens out:', 'cost:'], lines)}\n\n${plain(sentence)}.`;
}

/** That nothing is known of the cost is said in two words. */
function describeWholeCost(bill: Bill): string[] {
  const isUnknown = bill.cost === undefined && bill.known_cost === 0;
  return isUnknown ? ['cost unknown'] : describeCost(bill);
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
  const { data_path: paths, data_config: config, data_split: split } = data as Definition;
  return [
    ...[paths].flat().flatMap((path) => (typeof path === 'string' ? [code(path)] : [])),
    ...(typeof config === 'string' ? [`config ${code(config)}`] : []),
    ...(typeof split === 'string' ? [`split ${code(split)}`] : []),
  ].join(', ');
}

function listNames(stages: Json | undefined): string | undefined {
  if (!Array.isArray(stages)) return undefined;
  return (stages as { name: string; definition?: { type?: string } }[])
    .map(({ name, definition }) =>
      definition?.type === undefined ? code(name) : `${code(name)} (${plain(definition.type)})`,
    )
    .join(', ');
}

function hash(definition: Definition): string {
  return createHash('sha256').update(JSON.stringify(definition)).digest('hex');
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
