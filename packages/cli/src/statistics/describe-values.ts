import type {
  Bin,
  DatasetOverview,
  Distribution,
  FieldOverview,
  NumberStatistics,
  ValueCount,
} from '@dgt/stores/statistics';
import type { Json } from '@dgt/core';
import { formatCount, formatNumberOf } from '../printing/quantities.js';
import type { StatisticsReport } from './statistics-report.js';

/** A number with as many digits as say something: `1,204`, `6.417`, `0.00312`. */
export function formatNumber(value: number): string {
  const isLarge = Math.abs(value) >= 1e15;
  if (Number.isInteger(value) && !isLarge) return formatCount(value);
  if (Math.abs(value) >= 1000 && !isLarge) return formatCount(value);
  return String(Number(value.toPrecision(4)));
}

/** A part of a whole: `34.2 %`. */
export function formatShare(part: number, whole: number): string {
  if (whole === 0) return '0 %';
  const percent = (100 * part) / whole;
  return `${percent === 0 || percent === 100 ? percent : percent.toFixed(1)} %`;
}

/** A value as one reads it: a text without quotes, unless it is empty. */
export function formatValue(value: Json): string {
  return typeof value === 'string' && value !== '' ? value : JSON.stringify(value);
}

/** The bins of a histogram by name: `5`, `10–19` for whole numbers, otherwise `0.1–0.2`. */
export function nameBins(bins: readonly Bin[]): string[] {
  const isWhole = bins.every(({ from, to }) => Number.isInteger(from) && Number.isInteger(to));
  return bins.map(({ from, to }) => {
    if (!isWhole) return `${formatNumber(from)}–${formatNumber(to)}`;
    return to - from === 1 ? formatNumber(from) : `${formatNumber(from)}–${formatNumber(to - 1)}`;
  });
}

/** How many rows there are, failed ones and repeated ones too. */
export function describeTotals({ total, success, errors, overview }: StatisticsReport): string {
  const repeated = overview?.duplicates;
  return [
    formatNumberOf(success, 'row'),
    ...(errors > 0 ? [`${formatNumberOf(errors, 'error')} (${formatCount(total)} in all)`] : []),
    ...(repeated === undefined ? [] : [describeDuplicates(repeated)]),
  ].join(', ');
}

function describeDuplicates({ rows, unknown }: DatasetOverview['duplicates']): string {
  const found = rows === 0 ? 'no exact duplicates' : formatNumberOf(rows, 'exact duplicate');
  return unknown === 0 ? found : `${found} before the last ${formatCount(unknown)} rows, which were not compared`;
}

/** What the values of a field are, and how many rows have one. */
export function describeField({ kinds, filled, empty, missing, distribution }: FieldOverview): string {
  const rows = filled + empty + missing;
  const named = Object.entries(kinds).sort(([, a], [, b]) => b - a);
  const kind = named.map(([name, count]) =>
    named.length === 1 ? name : `${name} ${formatShare(count, filled + empty)}`,
  );
  return [
    kind.join(', ') || 'never a value',
    `${formatShare(filled, rows)} filled`,
    ...(empty > 0 ? [`${formatCount(empty)} empty`] : []),
    ...(missing > 0 ? [`${formatCount(missing)} missing`] : []),
    ...describeDifferent(distribution, filled + empty),
  ].join(', ');
}

function describeDifferent({ different, uncounted, values }: Distribution, count: number): string[] {
  if (count === 0) return [];
  if (uncounted > 0) return [`more than ${formatCount(different)} different values`];
  if (different === 1) return [count === 1 ? 'one value' : `always ${formatValue(values[0]?.value ?? '')}`];
  return [different === count ? 'all different' : `${formatCount(different)} different values`];
}

/** What is not shown of a distribution, and why. */
export function describeRest({ different, uncounted }: Distribution, shown: number): string[] {
  return [
    ...(different > shown ? [`${formatCount(different - shown)} more values`] : []),
    ...(uncounted > 0
      ? [`${formatCount(uncounted)} values are not counted: ${formatCount(different)} different ones had come before`]
      : []),
  ];
}

/** Different values up to which a field seems to have a few that it chooses from. */
const fewValues = 20;

/** A value that has this share of all is worth a line among many others. */
const tellingShare = 0.05;

/**
 * The most frequent values of a field, where they say something: there are few different ones, or one stands out. A histogram
 * with a bar for each number says it better.
 */
export function findTelling({ distribution, numbers, filled, empty }: FieldOverview, most: number): ValueCount[] {
  const { values, different } = distribution;
  const standsOut = (values[0]?.count ?? 0) >= tellingShare * (filled + empty);
  const isDrawn = numbers !== undefined && areSingleNumbers(numbers.histogram);
  const saysSomething = different > 1 && !isDrawn && (different <= fewValues || standsOut);
  return saysSomething ? values.slice(0, most).filter(({ count }) => count > 1) : [];
}

/** Whether each bin of a histogram stands for one whole number. */
export function areSingleNumbers(bins: readonly Bin[]): boolean {
  return bins.every(({ from, to }) => Number.isInteger(from) && to - from === 1);
}

/** The lengths of texts and lists, where they are not those of a few values that come again and again. */
export function findLengths({ lengths, distribution, filled }: FieldOverview): NumberStatistics | undefined {
  const isChoice = distribution.different <= fewValues && distribution.different < filled;
  return isChoice ? undefined : lengths;
}
