import { basename } from 'node:path';
import { formatCount, formatNumberOf } from '../printing/quantities.js';
import type { CardFacts, CardSubject } from './card-facts.js';
import { describeBill, describeFunnel, describeModels, describeOrigin, describePrompts } from './card-sections.js';
import { makeConfigs } from './data-files.js';
import { writeFrontMatter, type CardConfig, type CardEntry, type CardKeys } from './front-matter.js';
import { block, code, paragraphs, plain } from './markdown.js';
import { describeProgress } from './progress-section.js';

/** What a card says of one dataset. */
export interface CardPart extends CardEntry {
  readonly title: string;
  /** Markdown, without the title. */
  readonly text: string;
}

/** How the rows of a dataset are loaded. */
export interface Loading {
  /** What stands as the first parameter of `load_dataset`. */
  readonly path: string;
  /** The branch of a hub. */
  readonly revision?: string | undefined;
  readonly configs: readonly CardConfig[];
  /** Files that the same loader does not read. */
  readonly others: readonly string[];
}

/** What the card of a folder says of each of its datasets. @param now milliseconds since 1970. */
export function describeParts({ folder, datasets }: CardSubject, now: number): CardPart[] {
  const configs = makeConfigs(datasets);
  const format = datasets.flatMap(({ files }) => files)[0]?.format;
  return datasets.map((facts, index) => {
    const others = facts.files.filter((files) => files.format !== format).flatMap(({ paths }) => paths);
    return describePart(facts, { path: `path/to/${basename(folder)}`, configs: configs[index] ?? [], others }, now);
  });
}

/** What a card says of a dataset. @param now milliseconds since 1970. */
export function describePart(facts: CardFacts, loading: Loading, now: number): CardPart {
  const keys = readKeys(facts);
  const description = facts.card?.task?.['task_description'];
  const sections: readonly (readonly [string, string | undefined])[] = [
    ['Load it', describeLoading(loading)],
    ['Where it comes from', describeOrigin(facts, keys)],
    ['Models', describeModels(facts)],
    ['What was asked', describePrompts(facts)],
    ['What became of the candidates', describeFunnel(facts)],
    ['Tokens and cost', describeBill(facts)],
  ];
  const text = [
    ...(typeof description === 'string' ? paragraphs(description) : []),
    describeState(facts),
    ...[describeProgress(facts, now)].filter((progress) => progress !== undefined),
    ...sections.flatMap(([title, said]) => (said === undefined ? [] : [`## ${title}`, said])),
  ].join('\n\n');
  return {
    title: keys.pretty_name ?? facts.status.task_name,
    keys,
    rows: countRows(facts),
    configs: loading.configs,
    text,
  };
}

/**
 * A card of all its parts: front matter for hubs and loaders, then what people want to know.
 *
 * @param write how a part is written, where more than its text is.
 */
export function renderCard<P extends CardPart>(
  parts: readonly P[],
  name: string,
  write: (part: P) => string = ({ text }) => text,
): string {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined)
    return `${[writeFrontMatter(parts), `# ${plain(only.title)}`, write(only)].join('\n\n')}\n`;
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const titles = new Set(parts.map(({ title }) => title));
  const titleOf = ({ title, configs }: P) =>
    titles.size === parts.length ? title : (configs[0]?.config_name ?? title);
  return `${[
    writeFrontMatter(parts),
    `# ${plain(titles.size === 1 ? ([...titles][0] as string) : name)}`,
    `${formatNumberOf(parts.length, 'dataset')}, ${formatNumberOf(rows, 'row')} in all.`,
    ...parts.flatMap((part) => [`# ${plain(titleOf(part))}`, write(part)]),
  ].join('\n\n')}\n`;
}

/** What the task says of its card, and the datasets of a hub that the rows were made from. */
function readKeys({ card }: CardFacts): CardKeys {
  const said = (card?.task?.['card'] ?? {}) as CardKeys;
  const paths = (card?.task?.['data'] as { data_path?: unknown } | undefined)?.data_path;
  const sources = [paths].flat().flatMap((path) => /^hf:\/\/datasets\/([^/@]+\/[^/@?]+)/.exec(String(path))?.[1] ?? []);
  const all = [...new Set([...(said.source_datasets ?? []), ...sources])];
  return all.length === 0 ? said : { ...said, source_datasets: all };
}

function describeState(facts: CardFacts): string {
  const { results, live, status, files } = facts;
  const quota = status.num_outputs_to_generate;
  const rows = countRows(facts);
  const made = quota === undefined ? formatNumberOf(rows, 'row') : `${formatCount(rows)} of ${formatCount(quota)} rows`;
  if (live !== undefined || results === undefined) {
    const isChunked = files.some(({ paths }) => /-\d{5,}\.\w+$/.test(paths[0] ?? ''));
    const held = isChunked ? ' The files hold what is finished.' : ' The files are those of an earlier run.';
    const doing = status.status === 'running' ? 'a run is at work' : plain(status.message);
    return `**${made} so far**: ${doing}.${files.length > 0 ? held : ''}`;
  }
  const ended = `the last run ended on ${results.finished_at.slice(0, 10)}`;
  const isPlain = ['complete', 'failed', 'endpoint_down'].includes(results.status);
  // What an error says of machines and places is for those who ran it.
  const why = `${results.status.replaceAll('_', ' ')}${isPlain ? '' : ` (${plain(results.message)})`}`;
  return `**${made}**: ${why}, ${ended}.`;
}

function countRows({ results, live, status }: CardFacts): number {
  return live?.rows ?? results?.rows ?? status.rows;
}

/** How the files that are there are read. */
function describeLoading({ path, revision, configs, others }: Loading): string | undefined {
  if (configs.length === 0) return undefined;
  const lines = configs.map(({ config_name: name }) => {
    const parameters = [path, ...(name === 'default' ? [] : [name])].map((text) => JSON.stringify(text));
    if (revision !== undefined) parameters.push(`revision=${JSON.stringify(revision)}`);
    return `dataset = load_dataset(${parameters.join(', ')})`;
  });
  const example = block('python', ['from datasets import load_dataset', '', ...lines].join('\n'));
  return others.length === 0 ? example : `${example}\n\nBeside it: ${others.map(code).join(', ')}.`;
}
