/** What one attempt of a sample took and gave. */
export interface AttemptSample {
  /** Calls that were answered, with an error that ended a row too. */
  readonly calls: number;
  /** Requests that reached a server. */
  readonly tries: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Undefined where the price of a model is not known. */
  readonly cost: number | undefined;
  /** Rows that passed every postprocessor. */
  readonly accepted: number;
  /** Rows, answers that gave none, and failed calls. */
  readonly candidates: number;
  /** What its tries took, one after the other. @unit milliseconds */
  readonly callMs: number;
}

/** Attempts that were made, and what is to be made like them. */
export interface ForecastSample {
  readonly attempts: readonly AttemptSample[];
  /** Accepted rows of a generated dataset, or inputs that a transformation is to work on, an attempt each. */
  readonly wanted: { readonly rows: number } | { readonly attempts: number };
  /** Calls that are under way at once. Minimum: 1 */
  readonly callsAtOnce: number;
}

/**
 * A figure of what is to come, and the interval in which it lies nine times out of ten. Undefined where the sample does not
 * say: no row was accepted, so that there may be no end to it.
 */
export interface Estimate {
  readonly expected: number | undefined;
  readonly low: number;
  readonly high: number | undefined;
}

/** What a whole task is going to take. */
export interface Forecast {
  /** Accepted rows of each candidate. */
  readonly yield: Estimate;
  /** Accepted rows of the whole. */
  readonly rows: Estimate;
  readonly calls: Estimate;
  readonly tries: Estimate;
  readonly promptTokens: Estimate;
  readonly completionTokens: Estimate;
  /** Undefined where the price of a model is not known. */
  readonly cost: Estimate | undefined;
  /** When as many calls as may are under way, and each takes as long as in the sample. @unit milliseconds */
  readonly timeMs: Estimate;
}

/** Standard deviations on each side of an interval that holds nine times out of ten. */
const normalQuantile = 1.6449;

/** The same by degrees of freedom, from 1 on, where the deviation is itself guessed from so few. */
const fewDegrees = [6.314, 2.92, 2.353];

/** The deviation of a call, as a part of what it takes, for a lone attempt: it cannot tell how much attempts differ. */
const assumedDeviation = 0.5;

/**
 * Says what a whole task is going to take from a few attempts at it. The intervals allow for two things: that the sample may
 * have been a lucky or an unlucky one, and that what is to come varies too. They know nothing of what changes on the way, such
 * as deduplication that finds more as the dataset grows.
 *
 * @throws RangeError when the sample holds no attempt.
 */
export function forecastTask({ attempts, wanted, callsAtOnce }: ForecastSample): Forecast {
  if (attempts.length === 0) throw new RangeError('a forecast needs an attempt');
  const ahead = 'rows' in wanted ? planRows(attempts, wanted.rows) : planAttempts(attempts, wanted.attempts);
  const estimate = (amountOf: (attempt: AttemptSample) => number) => estimateAmount(attempts, ahead, amountOf);
  return {
    yield: ahead.yield,
    rows: ahead.rows,
    calls: estimate(({ calls }) => calls),
    tries: estimate(({ tries }) => tries),
    promptTokens: estimate(({ promptTokens }) => promptTokens),
    completionTokens: estimate(({ completionTokens }) => completionTokens),
    cost: attempts.some(({ cost }) => cost === undefined) ? undefined : estimate(({ cost = 0 }) => cost),
    timeMs: estimate(({ callMs }) => callMs / callsAtOnce),
  };
}

/** How much is to be made: candidates until there are so many rows, or a number of attempts. */
interface WorkAhead {
  readonly yield: Estimate;
  readonly rows: Estimate;
  readonly units: Estimate;
  readonly unitsOf: (attempt: AttemptSample) => number;
}

function planRows(attempts: readonly AttemptSample[], rows: number): WorkAhead {
  const share = sumOf(attempts, ({ accepted }) => accepted) / sumOf(attempts, ({ candidates }) => candidates);
  const rate = estimateYield(attempts, rows / share);
  const { expected, low, high = 1 } = rate;
  const isBounded = expected !== undefined && expected > 0;
  const units = {
    expected: isBounded ? rows / expected : undefined,
    low: rows / high,
    high: isBounded ? rows / low : undefined,
  };
  return { yield: rate, rows: exactly(rows), units, unitsOf: ({ candidates }) => candidates };
}

function planAttempts(attempts: readonly AttemptSample[], count: number): WorkAhead {
  const candidates = (sumOf(attempts, (attempt) => attempt.candidates) / attempts.length) * count;
  const rate = estimateYield(attempts, candidates);
  const { expected, low, high = 1 } = rate;
  const rows = { expected: expected && expected * candidates, low: low * candidates, high: high * candidates };
  return { yield: rate, rows, units: exactly(count), unitsOf: () => 1 };
}

function exactly(count: number): Estimate {
  return { expected: count, low: count, high: count };
}

/**
 * Wilson's interval of the share of candidates that are accepted, as it is going to show in those ahead. Where attempts differ
 * by more than chance, their candidates are alike, and each counts for less.
 */
function estimateYield(attempts: readonly AttemptSample[], ahead: number): Estimate {
  const candidates = sumOf(attempts, (attempt) => attempt.candidates);
  if (candidates === 0) return { expected: undefined, low: 0, high: 1 };
  const share = sumOf(attempts, ({ accepted }) => accepted) / candidates;
  const deviation = deviationOfRatio(
    attempts,
    ({ accepted }) => accepted,
    (attempt) => attempt.candidates,
  );
  const chance = share * (1 - share) * (candidates / attempts.length);
  const likeness = chance > 0 ? Math.max(1, (deviation ?? 0) ** 2 / chance) : 1;
  const size = 1 / (likeness / candidates + (ahead > 0 ? likeness / ahead : 0));
  const quantile = likeness > 1 ? studentQuantile(attempts.length - 1) : normalQuantile;
  const square = quantile ** 2 / size;
  const middle = (share + square / 2) / (1 + square);
  const half = (quantile * Math.sqrt((share * (1 - share)) / size + square / (4 * size))) / (1 + square);
  // At the ends the interval reaches what was seen; rounding must not leave it out.
  return {
    expected: share,
    low: Math.min(share, Math.max(0, middle - half)),
    high: Math.max(share, Math.min(1, middle + half)),
  };
}

/**
 * What is taken for each unit, times the units ahead. Each has an interval of its own; their distances add up as those of
 * independent errors do, on a logarithmic scale.
 *
 * @see Zou and Donner, Construction of confidence limits about effect measures, 2008
 */
function estimateAmount(
  attempts: readonly AttemptSample[],
  { units, unitsOf }: WorkAhead,
  amountOf: (attempt: AttemptSample) => number,
): Estimate {
  const seen = sumOf(attempts, unitsOf);
  if (seen === 0) return { expected: undefined, low: 0, high: undefined };
  const each = sumOf(attempts, amountOf) / seen;
  if (each === 0 || units.low === 0) return exactly(0);
  const { expected: count = units.low } = units;
  const spread = Math.log1p(spreadOf(attempts, { amountOf, unitsOf, ahead: count / (seen / attempts.length) }));
  const low = count * each * Math.exp(-Math.hypot(spread, Math.log(count / units.low)));
  if (units.expected === undefined) return { expected: undefined, low, high: undefined };
  if (units.high === undefined) return { expected: count * each, low, high: undefined };
  return {
    expected: count * each,
    low,
    high: count * each * Math.exp(Math.hypot(spread, Math.log(units.high / count))),
  };
}

/** How far off an amount for each unit may be, as a part of it. */
function spreadOf(
  attempts: readonly AttemptSample[],
  facts: {
    amountOf: (attempt: AttemptSample) => number;
    unitsOf: (attempt: AttemptSample) => number;
    /** Attempts to come. */
    ahead: number;
  },
): number {
  const { amountOf, unitsOf, ahead } = facts;
  const count = attempts.length;
  const deviation = deviationOfRatio(attempts, amountOf, unitsOf);
  if (deviation === undefined) {
    const calls = Math.max(
      1,
      sumOf(attempts, ({ calls }) => calls),
    );
    return normalQuantile * assumedDeviation * Math.sqrt(1 / calls + 1 / (calls * ahead));
  }
  const mean = sumOf(attempts, amountOf) / count;
  return (studentQuantile(count - 1) * deviation * Math.sqrt(1 / count + 1 / ahead)) / mean;
}

/** How far attempts are from the ratio that they have together; undefined where a lone attempt cannot tell. */
function deviationOfRatio(
  attempts: readonly AttemptSample[],
  amountOf: (attempt: AttemptSample) => number,
  unitsOf: (attempt: AttemptSample) => number,
): number | undefined {
  if (attempts.length < 2) return undefined;
  const ratio = sumOf(attempts, amountOf) / sumOf(attempts, unitsOf);
  const squares = sumOf(attempts, (attempt) => (amountOf(attempt) - ratio * unitsOf(attempt)) ** 2);
  return Math.sqrt(squares / (attempts.length - 1));
}

function studentQuantile(degrees: number): number {
  const exact = fewDegrees[degrees - 1];
  if (exact !== undefined) return exact;
  // Cornish and Fisher's expansion, off by less than one per cent here.
  const [z, cube, fifth] = [normalQuantile, normalQuantile ** 3, normalQuantile ** 5];
  return z + (cube + z) / (4 * degrees) + (5 * fifth + 16 * cube + 3 * z) / (96 * degrees ** 2);
}

function sumOf(attempts: readonly AttemptSample[], amountOf: (attempt: AttemptSample) => number): number {
  return attempts.reduce((sum, attempt) => sum + amountOf(attempt), 0);
}
