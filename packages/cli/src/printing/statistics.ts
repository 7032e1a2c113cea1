import {
  quantileShares,
  type FieldOverview,
  type NumberStatistics,
  type RequestedDistribution,
  type RequestedNumbers,
} from '@dgt/stores/statistics';
import {
  describeField,
  describeRest,
  describeTotals,
  findLengths,
  findTelling,
  formatNumber,
  formatValue,
  nameBins,
} from '../statistics/describe-values.js';
import type { StatisticsReport } from '../statistics/statistics-report.js';
import { drawBars, drawProfile } from './bars.js';
import { toOneLine } from './plain-text.js';
import { formatCount, formatNumberOf } from './quantities.js';
import type { Style } from './style.js';

/** Values of a distribution that are drawn. */
const drawnValues = 20;

/** Values of a field that are drawn where nothing was asked for. */
const drawnInOverview = 5;

interface Appearance {
  readonly style: Style;
  /** @unit columns */
  readonly width: number;
}

/** The statistics of a dataset for a terminal: numbers in words, with bars and histograms of blocks. */
export function formatStatistics(report: StatisticsReport, appearance: Appearance): string[] {
  const { path, fields, distributions, overview } = report;
  const { style, width } = appearance;
  const parts = [
    [`${style('strong', toOneLine(path, width))}: ${describeTotals(report)}`],
    ...fields.map((numbers) => formatNumbers(numbers, appearance)),
    ...distributions.map((distribution) => formatDistribution(distribution, appearance)),
    ...(overview?.fields ?? []).map((field) => formatField(field, appearance)),
    ...(overview?.has_more_fields === true
      ? [
          [
            style(
              'caution',
              `there are more than ${overview.fields.length} fields; name others with --field and --dist`,
            ),
          ],
        ]
      : []),
  ];
  return parts.flatMap((lines, index) => (index === 0 ? lines : [''].concat(lines)));
}

function formatNumbers(
  { path, count, missing, not_numbers: others, numbers }: RequestedNumbers,
  look: Appearance,
): string[] {
  const { style, width } = look;
  if (count + others === 0 && missing > 0) return [formatAbsence(path, style)];
  const counts = [
    formatNumberOf(count, 'number'),
    ...(missing > 0 ? [`${formatCount(missing)} missing`] : []),
    ...(others > 0 ? [style('caution', `${formatCount(others)} not a number`)] : []),
  ].join(', ');
  const title = `${style('strong', path)}: ${counts}`;
  if (numbers === undefined) return [title];
  const bins = nameBins(numbers.histogram).map((label, index) => ({
    label,
    count: numbers.histogram[index]?.count ?? 0,
  }));
  return [
    title,
    ...describeNumbers(numbers).map((line) => `  ${line}`),
    ...drawBars(bins, { width: width - 2, whole: count, style, right: true }).map((line) => `  ${line}`),
  ];
}

/** Most often a slip in the path. */
function formatAbsence(path: string, style: Appearance['style']): string {
  return `${style('strong', path)}: ${style('caution', 'no row has a value there')}; without --field and --dist all fields are listed`;
}

function describeNumbers({
  sum,
  mean,
  min,
  max,
  std_dev: spread,
  quantiles,
  quantiles_are: are,
}: NumberStatistics): string[] {
  const shares = Object.entries(quantileShares) as [keyof typeof quantileShares, number][];
  const facts = { sum, mean, min, max, 'std dev': spread };
  return [
    Object.entries(facts)
      .map(([name, value]) => `${name} ${formatNumber(value)}`)
      .join('  '),
    `quantiles (${are})  ${shares.map(([name, share]) => `${Math.round(100 * share)} %: ${formatNumber(quantiles[name])}`).join('  ')}`,
  ];
}

function formatDistribution(distribution: RequestedDistribution, { style, width }: Appearance): string[] {
  const { path, count, missing, different, uncounted, values } = distribution;
  if (count === 0 && missing > 0) return [formatAbsence(path, style)];
  const counts = [
    formatNumberOf(count, 'value'),
    `${uncounted > 0 ? 'more than ' : ''}${formatCount(different)} different`,
    ...(missing > 0 ? [`${formatCount(missing)} missing`] : []),
  ].join(', ');
  const bars = values
    .slice(0, drawnValues)
    .map(({ value, count: held }) => ({ label: formatValue(value), count: held }));
  return [
    `${style('strong', path)}: ${counts}`,
    ...drawBars(bars, { width: width - 2, whole: count, style }).map((line) => `  ${line}`),
    ...describeRest(distribution, bars.length).map((line) => `  ${style('quiet', `… ${line}`)}`),
  ];
}

function formatField(field: FieldOverview, { style, width }: Appearance): string[] {
  const { path, numbers, filled, empty } = field;
  const lengths = findLengths(field);
  const bars = findTelling(field, drawnInOverview).map(({ value, count }) => ({
    label: formatValue(value),
    count,
  }));
  const unit = Object.hasOwn(field.kinds, 'list') ? 'item' : 'character';
  return [
    `${style('strong', toOneLine(path, width))}: ${toOneLine(describeField(field), 2 * width)}`,
    ...(numbers === undefined ? [] : [profile(numbers, undefined, style)]),
    ...(lengths === undefined ? [] : [profile(lengths, unit, style)]),
    ...drawBars(bars, { width: width - 2, whole: filled + empty, style }).map((line) => `  ${line}`),
  ];
}

/** How numbers are spread, in one line. */
function profile(
  { min, max, mean, quantiles, histogram }: NumberStatistics,
  unit: string | undefined,
  style: Style,
): string {
  const last = unit === undefined ? formatNumber(max) : formatNumberOf(max, unit);
  if (min === max) return `  always ${last}`;
  const drawn = style('good', drawProfile(histogram.map(({ count }) => count)));
  const middle = `median ${formatNumber(quantiles.p50)}, mean ${formatNumber(mean)}`;
  return `  ${formatNumber(min)} ${drawn} ${last}, ${middle}`;
}
