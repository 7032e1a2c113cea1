import type { TaskForecast } from '@dgt/runner';
import { formatCount, formatDuration, formatNumberOf } from './quantities.js';
import { formatTable } from './table.js';

type Estimate = TaskForecast['calls'];

/** What a whole task is going to take, a line each, with the interval in which it lies nine times out of ten. */
export function formatForecast(forecast: TaskForecast): string[] {
  const count = (value: number) => formatCount(value);
  const percent = (value: number) => `${(100 * value).toFixed(0)} %`;
  const time = (value: number) => formatDuration(value / 1000);
  const money = (value: number) => (value === 0 ? '$0' : `$${value < 1 ? value.toPrecision(2) : value.toFixed(2)}`);
  const rows: string[][] = [
    ['yield', ...formatEstimate(forecast.yield, percent)],
    ['rows', ...formatEstimate(forecast.rows, count)],
    ['calls', ...formatEstimate(forecast.calls, count)],
    ['tokens in', ...formatEstimate(forecast.promptTokens, count)],
    ['tokens out', ...formatEstimate(forecast.completionTokens, count)],
    [
      'cost',
      ...(forecast.cost === undefined ? ['not known', 'the model has no price'] : formatEstimate(forecast.cost, money)),
    ],
    ['time', ...formatEstimate(forecast.timeMs, time)],
  ];
  return [
    `the whole task, by ${formatNumberOf(forecast.attempts, 'attempt')} (nine times out of ten within the interval):`,
    ...formatTable(rows, { right: [1] }).map((line) => `  ${line}`),
  ];
}

function formatEstimate({ expected, low, high }: Estimate, show: (value: number) => string): string[] {
  if (expected === undefined) return ['not known', `at least ${show(low)}`];
  const to = high === undefined ? 'no limit' : show(high);
  return show(low) === to ? [show(expected)] : [show(expected), `${show(low)} to ${to}`];
}
