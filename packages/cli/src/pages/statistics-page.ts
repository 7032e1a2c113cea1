import {
  quantileShares,
  type FieldOverview,
  type NumberStatistics,
  type RequestedDistribution,
  type RequestedNumbers,
} from '@dgt/stores/statistics';
import { formatCount, formatNumberOf } from '../printing/quantities.js';
import {
  describeField,
  describeRest,
  findLengths,
  findTelling,
  formatNumber,
  formatShare,
  formatValue,
} from '../statistics/describe-values.js';
import type { StatisticsReport } from '../statistics/statistics-report.js';
import { renderBar, renderBars, renderHistogram } from './charts.js';
import { html, type Html } from './html.js';
import { pageStyle } from './page-style.js';

/** Values of a distribution that are drawn. */
const drawnValues = 30;

/** Values of a field that are drawn where nothing was asked for. */
const drawnInOverview = 10;

/** The statistics of a dataset as a page of its own: nothing in it is loaded from elsewhere. */
export function renderStatisticsPage(report: StatisticsReport): string {
  const { path, files, fields, distributions, overview } = report;
  const listed = files.length === 1 && files[0] === path ? [] : files;
  const more =
    overview?.has_more_fields === true
      ? html`<p class="caution">There are more than ${overview.fields.length} fields; the others are not described.</p>`
      : html``;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>Statistics of ${path}</title>
        <style>
          ${pageStyle}
        </style>
      </head>
      <body>
        <main>
          <h1>${path}</h1>
          ${listed.length === 0 ? '' : html`<p class="quiet">${nameFiles(listed)}</p>`} ${renderTiles(report)}
          ${overview === undefined ? '' : renderFieldTable(overview.fields, report.success)}${more}
          ${fields.map(renderNumbers)} ${distributions.map(renderDistribution)}
          ${(overview?.fields ?? []).map(renderField)}
          <footer>Made by <code>dgt stats</code>.</footer>
        </main>
      </body>
    </html> `.text;
}

function nameFiles(files: readonly string[]): string {
  return files.length <= 3 ? files.join(', ') : `${files[0]} and ${files.length - 1} more files`;
}

function renderTiles({ total, success, errors, overview }: StatisticsReport): Html {
  const tiles: [string, number][] = [
    [success === 1 ? 'row' : 'rows', success],
    ...(errors > 0
      ? ([
          [errors === 1 ? 'error' : 'errors', errors],
          ['in all', total],
        ] as [string, number][])
      : []),
    ...(overview === undefined
      ? []
      : ([
          ['fields', overview.fields.length],
          ['exact duplicates', overview.duplicates.rows],
        ] as [string, number][])),
  ];
  const unknown = overview?.duplicates.unknown ?? 0;
  return html`<ul class="tiles">
      ${tiles.map(([name, count]) => html`<li><b>${formatCount(count)}</b>${name}</li>`)}
    </ul>
    ${unknown > 0 ? html`<p class="caution">The last ${formatCount(unknown)} rows were not compared with earlier ones.</p>` : ''}`;
}

/** A line for each field, which leads to it. */
function renderFieldTable(fields: readonly FieldOverview[], rows: number): Html {
  const lines = fields.map(
    ({ path, kinds, filled }, index) =>
      html`<tr>
        <th scope="row"><a href="#field-${index + 1}">${path}</a></th>
        <td class="kind quiet">${Object.keys(kinds).join(' or ') || 'never a value'}</td>
        <td class="bar">${renderBar(filled, rows)}</td>
        <td class="number">${formatShare(filled, rows)}</td>
      </tr>`,
  );
  return html`<section>
    <h2>fields</h2>
    <table>
      <thead>
        <tr>
          <th scope="col">field</th>
          <th scope="col" class="kind">kind</th>
          <th scope="col"></th>
          <th scope="col" class="number">filled</th>
        </tr>
      </thead>
      <tbody>
        ${lines}
      </tbody>
    </table>
  </section>`;
}

function renderField(field: FieldOverview, index: number): Html {
  const { path, numbers, filled, empty } = field;
  const lengths = findLengths(field);
  const values = findTelling(field, drawnInOverview).map(({ value, count }) => ({
    label: formatValue(value),
    count,
  }));
  const unit = Object.hasOwn(field.kinds, 'list') ? 'items' : 'characters';
  return html`<section id="field-${index + 1}">
    <h2>${path}</h2>
    <p class="quiet">${describeField(field)}</p>
    ${numbers === undefined ? '' : renderSummary(numbers, 'how the values are spread')}
    ${lengths === undefined ? '' : renderSummary(lengths, `lengths in ${unit}`)}
    ${values.length === 0 ? '' : renderBars(values, { caption: 'most frequent values', whole: filled + empty })}
  </section>`;
}

function renderNumbers({ path, count, missing, not_numbers: others, numbers }: RequestedNumbers): Html {
  const counts = [
    formatNumberOf(count, 'number'),
    `${formatCount(missing)} missing`,
    ...(others > 0 ? [`${formatCount(others)} not a number`] : []),
  ].join(', ');
  return html`<section>
    <h2>${path}</h2>
    <p class="quiet">${counts}</p>
    ${numbers === undefined ? '' : renderSummary(numbers, `how ${path} is spread`)}
  </section>`;
}

/** A picture of numbers with what they come to beside it. */
function renderSummary(numbers: NumberStatistics, caption: string): Html {
  return html`<div class="columns">${renderHistogram(numbers, { caption })}${renderFacts(numbers)}</div>`;
}

function renderFacts({
  count,
  sum,
  mean,
  min,
  max,
  std_dev: spread,
  quantiles,
  quantiles_are: are,
}: NumberStatistics): Html {
  const shares = (Object.entries(quantileShares) as [keyof typeof quantileShares, number][]).map(
    ([name, share]): [string, number] => [
      share === 0.5 ? 'median' : `${Math.round(100 * share)} % below`,
      quantiles[name],
    ],
  );
  const facts: [string, number][] = [
    ['count', count],
    ['sum', sum],
    ['mean', mean],
    ['standard deviation', spread],
    ['smallest', min],
    ...shares,
    ['largest', max],
  ];
  const rows = facts.map(
    ([name, value]) =>
      html`<tr>
        <th scope="row">${name}</th>
        <td>${formatNumber(value)}</td>
      </tr>`,
  );
  return html`<table class="facts">
    <caption>
      quantiles are ${are}
    </caption>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
}

function renderDistribution(distribution: RequestedDistribution): Html {
  const { path, count, missing, different, uncounted, values } = distribution;
  const rows = values
    .slice(0, drawnValues)
    .map(({ value, count: held }) => ({ label: formatValue(value), count: held }));
  const rest = describeRest(distribution, rows.length).join('; ');
  return html`<section>
    <h2>${path}</h2>
    <p class="quiet">
      ${formatNumberOf(count, 'value')}, ${uncounted > 0 ? 'more than ' : ''}${formatCount(different)} different,
      ${formatCount(missing)} missing
    </p>
    ${renderBars(rows, { caption: 'most frequent values', whole: count })}
    ${rest === '' ? '' : html`<p class="quiet">${rest}</p>`}
  </section>`;
}
