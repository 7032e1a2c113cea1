import { Type, type Random, type Static } from '@dgt/core';
import dayjs from 'dayjs';
import customParseFormat from 'dayjs/plugin/customParseFormat.js';
import utc from 'dayjs/plugin/utc.js';
import { defineKind } from './field-kind.js';

dayjs.extend(utc);
dayjs.extend(customParseFormat);

const moment = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}(T\\d{2}:\\d{2}(:\\d{2})?Z?)?$' });

/** A moment of a range, as text. */
export const datetimeOptions = Type.Object(
  {
    /** `2024-05-31` or `2024-05-31T12:00:00`, in UTC. */
    from: moment,
    /** Included. */
    to: moment,
    /** What lies between two moments that can be drawn; `day` when both ends are days, else `second`. */
    unit: Type.Optional(
      Type.Union([Type.Literal('second'), Type.Literal('minute'), Type.Literal('hour'), Type.Literal('day')]),
    ),
    /** The text, as `YYYY-MM-DD HH:mm:ss`, `D MMMM YYYY`, ...; as `from` is written without it. */
    format: Type.Optional(Type.String({ minLength: 1 })),
  },
  { additionalProperties: false },
);

/** The values of {@link datetimeOptions}. */
export type DatetimeOptions = Static<typeof datetimeOptions>;

const unitSeconds = { second: 1, minute: 60, hour: 3600, day: 86_400 };

/**
 * Draws a moment of a range, in UTC and as text.
 *
 * ```ts
 * drawDatetime(ctx.random, { from: '2024-01-01', to: '2024-12-31', format: 'D MMMM YYYY' });
 * ```
 *
 * @see https://day.js.org/docs/en/display/format for what a format may hold; names are English.
 */
export function drawDatetime(random: Random, options: DatetimeOptions): string {
  const { from, to, unit = isDay(from) && isDay(to) ? 'day' : 'second' } = options;
  const [start, end] = [readMoment(from), readMoment(to)];
  const step = unitSeconds[unit] * 1000;
  const steps = Math.floor((end - start) / step);
  return dayjs.utc(start + step * random.integer(steps + 1)).format(formatOf(options));
}

function formatOf({ from, to, unit, format }: DatetimeOptions): string {
  if (format !== undefined) return format;
  return (unit ?? 'day') === 'day' && isDay(from) && isDay(to) ? 'YYYY-MM-DD' : 'YYYY-MM-DDTHH:mm:ss[Z]';
}

function isDay(text: string): boolean {
  return !text.includes('T');
}

/** Milliseconds since 1970; NaN for a day or an hour that there is not. */
function readMoment(text: string): number {
  const plain = text.replace('Z', '');
  const format = 'YYYY-MM-DDTHH:mm:ss'.slice(0, plain.length);
  return dayjs.utc(plain, format, true).valueOf();
}

/** See {@link drawDatetime}. */
export const datetime = defineKind(datetimeOptions, {
  findProblem({ from, to }) {
    const wrong = [from, to].find((text) => Number.isNaN(readMoment(text)));
    if (wrong !== undefined) return `there is no "${wrong}"`;
    return readMoment(from) <= readMoment(to) ? undefined : `from ${from} is later than to ${to}`;
  },
  open: (options) => (random) => drawDatetime(random, options),
  toNumber(value, options) {
    const moment = dayjs.utc(String(value), formatOf(options), true);
    return moment.isValid() ? moment.valueOf() : undefined;
  },
});
