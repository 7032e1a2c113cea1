import { stringify } from 'yaml';
import { basename } from 'node:path';
import { formatCount, formatNumberOf } from '../printing/quantities.js';
import type { CardFacts, CardSubject } from './card-facts.js';
import { describeBill, describeFunnel, describeModels, describeOrigin, describePrompts } from './card-sections.js';
import { cardKeysOf, countRows, makeConfigs, makeFrontMatter } from './front-matter.js';
import { block, code, folded, plain } from './markdown.js';
import { describeProgress } from './progress-section.js';

/** A part of a card: its title and what stands below it. */
interface Section {
  readonly title: string;
  readonly text: string | undefined;
}

/**
 * The card of a dataset, or of all datasets of a folder: front matter for hubs and loaders, then what people want to know.
 *
 * @param now milliseconds since 1970.
 */
export function renderCard(subject: CardSubject, now: number): string {
  const { folder, datasets } = subject;
  const frontMatter = stringify(makeFrontMatter(datasets), { lineWidth: 0 });
  const [only] = datasets;
  const title = (makeFrontMatter(datasets)['pretty_name'] as string | undefined) ?? basename(folder);
  const parts =
    datasets.length === 1 && only !== undefined
      ? [`# ${plain(nameOf(only))}`, ...renderDataset(only, 2, now), ...renderSections([loading(subject)], 2)]
      : [
          `# ${plain(title)}`,
          `${formatNumberOf(datasets.length, 'dataset')}, ${formatNumberOf(
            datasets.reduce((sum, facts) => sum + countRows(facts), 0),
            'row',
          )} in all.`,
          ...renderSections([loading(subject)], 2),
          ...datasets.flatMap((facts) => [`## ${plain(nameOf(facts))}`].concat(renderDataset(facts, 3, now))),
        ];
  return `---\n${frontMatter}---\n\n${parts.join('\n\n')}\n`;
}

function nameOf(facts: CardFacts): string {
  return cardKeysOf(facts).pretty_name ?? facts.status.task_name;
}

function renderDataset(facts: CardFacts, level: number, now: number): string[] {
  const description = facts.card?.task?.['task_description'];
  const { license } = cardKeysOf(facts);
  return [
    ...(typeof description === 'string' && description.trim() !== '' ? [description.trim()] : []),
    describeState(facts),
    ...renderSections(
      [
        { title: 'Progress', text: describeProgress(facts, now) },
        { title: 'Where it comes from', text: describeOrigin(facts) },
        { title: 'Models', text: describeModels(facts) },
        { title: 'What was asked', text: foldAway(describePrompts(facts)) },
        { title: 'What became of the candidates', text: describeFunnel(facts) },
        { title: 'Tokens and cost', text: describeBill(facts) },
        { title: 'Licence', text: license === undefined ? 'None is stated.' : code(license) },
      ],
      level,
    ),
  ];
}

function renderSections(sections: readonly Section[], level: number): string[] {
  return sections.flatMap(({ title, text }) => (text === undefined ? [] : [`${'#'.repeat(level)} ${title}`, text]));
}

function foldAway(text: string | undefined): string | undefined {
  return text && folded('The definition of the rows: prompts, options, blocks', block('yaml', text));
}

function describeState(facts: CardFacts): string {
  const { results, live, status } = facts;
  const quota = status.num_outputs_to_generate;
  const rows = countRows(facts);
  const made = quota === undefined ? formatNumberOf(rows, 'row') : `${formatCount(rows)} of ${formatCount(quota)} rows`;
  if (live !== undefined || results === undefined) {
    const before = facts.files.length > 0 ? ' The files are those of an earlier run.' : '';
    return `**${made} so far**: ${status.status === 'running' ? 'a run is at work' : plain(status.message)}.${before}`;
  }
  const ended = `the last run ended on ${results.finished_at.slice(0, 10)}`;
  const why =
    results.status === 'complete' ? 'complete' : `${results.status.replaceAll('_', ' ')} (${plain(results.message)})`;
  return `**${made}**: ${why}, ${ended}.`;
}

/** How the files that are there are read. */
function loading({ folder, datasets }: CardSubject): Section {
  const configs = makeConfigs(datasets);
  if (configs.length === 0) return { title: 'Load it', text: 'There is no file to load here.' };
  const path = `path/to/${basename(folder)}`;
  const lines = configs.map(({ config_name: name }) => {
    const parameters = name === 'default' ? [path] : [path, name];
    return `dataset = load_dataset(${parameters.map((text) => JSON.stringify(text)).join(', ')})`;
  });
  const where = '# The folder of this file, or the name of the dataset on a hub.';
  const example = block('python', ['from datasets import load_dataset', '', where, ...lines].join('\n'));
  const files = datasets.flatMap((facts) => facts.files);
  const others = files
    .filter(({ format }) => format !== files[0]?.format)
    .map(({ name, format }) => code(`${name}.${format}`));
  const more = others.length === 0 ? '' : `\n\nBeside it: ${others.join(', ')}.`;
  return { title: 'Load it', text: `${example}${more}` };
}
