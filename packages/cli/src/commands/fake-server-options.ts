import { ConfigError } from '@dgt/core';
import {
  faultNames,
  type FakeServerOptions,
  type Fault,
  type Latency,
  type LimitChange,
} from '@dgt/testkit/fake-server';
import { resolve } from 'node:path';
import type { FakeServerFlags } from './fake-server-flags.js';

/** The names of everything that `--options` may hold: functions have no place in JSON. */
const optionNames = {
  answer: true,
  usage: true,
  latency: true,
  msPerToken: true,
  capacity: true,
  rateLimits: true,
  changes: true,
  faults: true,
  badRequest: true,
  contextLength: true,
  requireKey: true,
  models: true,
  embeddingSize: true,
  batches: true,
  record: true,
  replay: true,
  report: true,
  port: true,
  keepRequests: true,
} as const satisfies Record<keyof FakeServerOptions, true>;

/**
 * What the options of `dgt fake-server` ask of the server; an option of its own wins over the same in `--options`.
 *
 * @throws {@link ConfigError} DGT_OPTION_INVALID, DGT_OPTIONS_CONFLICT
 */
export function readFakeServerOptions(flags: FakeServerFlags, workingFolder: string): FakeServerOptions {
  const { models, requireKey, record, replay, fixtures, report, answer } = flags;
  if (record !== undefined && replay !== undefined) {
    throw new ConfigError('DGT_OPTIONS_CONFLICT', { options: '--record and --replay' });
  }
  const given = readJson(flags.options);
  return {
    // A server that runs for days must not keep what it was asked.
    keepRequests: false,
    ...given,
    ...readNumbers(flags),
    ...readLatency(flags, given.latency),
    ...readLimits(flags, given),
    ...readFaults(flags, given),
    ...(models !== undefined && { models }),
    ...(requireKey !== undefined && { requireKey }),
    ...(answer !== undefined && { answer: resolveAnswer(answer, workingFolder) }),
    ...(record !== undefined && { record: { url: record, file: resolve(workingFolder, fixtures) } }),
    ...(replay !== undefined && { replay: resolve(workingFolder, replay) }),
    ...(report !== undefined && { report: resolve(workingFolder, report) }),
  };
}

function readJson(text: string | undefined): FakeServerOptions {
  if (text === undefined) return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid('--options', 'a JSON object', text);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid('--options', 'a JSON object', text);
  const unknown = Object.keys(value).find((name) => !Object.hasOwn(optionNames, name));
  if (unknown !== undefined) throw invalid('--options', Object.keys(optionNames).join(', '), unknown);
  return value;
}

function readNumbers({ port, msPerToken }: FakeServerFlags): FakeServerOptions {
  return {
    ...(port !== undefined && { port: readNumber('--port', port) }),
    ...(msPerToken !== undefined && { msPerToken: readNumber('--ms-per-token', msPerToken) }),
  };
}

function readLatency({ latency: text, slowShare }: FakeServerFlags, given: Latency | undefined): FakeServerOptions {
  if (text === undefined && slowShare === undefined) return {};
  const latency = text === undefined ? (given ?? 0) : parseLatency(text);
  if (slowShare === undefined) return { latency };
  const spread = typeof latency === 'number' ? { constantMs: latency } : latency;
  return { latency: { ...spread, slowShare: readShare('--slow-share', slowShare) } };
}

function parseLatency(text: string): Latency {
  const between = /^([\d.]+)-([\d.]+)$/.exec(text);
  if (between !== null) return { minMs: Number(between[1]), maxMs: Number(between[2]) };
  const percentiles = /^p50=([\d.]+),p99=([\d.]+)$/.exec(text);
  if (percentiles !== null) return { p50Ms: Number(percentiles[1]), p99Ms: Number(percentiles[2]) };
  if (/^[\d.]+$/.test(text)) return readNumber('--latency', text);
  throw invalid('--latency', 'milliseconds such as 200, 50-400 or p50=200,p99=2000', text);
}

function readLimits(flags: FakeServerFlags, given: FakeServerOptions): FakeServerOptions {
  const { capacity, whenFull, change } = flags;
  const names = ['requestsPerMinute', 'requestsPerSecond', 'tokensPerMinute', 'tokensPerSecond'] as const;
  const limits = names.flatMap((name) => {
    const text = flags[name];
    return text === undefined ? [] : [[name, readNumber(toOption(name), text)] as const];
  });
  const known = typeof given.capacity === 'object' ? given.capacity : { atOnce: given.capacity };
  const atOnce = capacity === undefined ? known.atOnce : readNumber('--capacity', capacity);
  const rules = { queue: 'queue', '429': 'rateLimit', '503': 'overloaded' } as const;
  return {
    ...(limits.length > 0 && { rateLimits: { ...given.rateLimits, ...Object.fromEntries(limits) } }),
    ...(atOnce !== undefined && { capacity: { ...known, atOnce, ...(whenFull && { whenFull: rules[whenFull] }) } }),
    ...(change !== undefined && { changes: change.map(parseChange) }),
  };
}

function parseChange(text: string): LimitChange {
  const [, seconds, factor] = /^([\d.]+):([\d.]+)$/.exec(text) ?? [];
  if (seconds === undefined || !(Number(factor) > 0))
    throw invalid('--change', 'seconds and a factor such as 60:2', text);
  return { afterMs: Number(seconds) * 1000, factor: Number(factor) };
}

function readFaults({ fault, faultSeed }: FakeServerFlags, given: FakeServerOptions): FakeServerOptions {
  if (fault === undefined && faultSeed === undefined) return {};
  const rates = Object.fromEntries((fault ?? []).map(parseFault));
  const sum = Object.values(rates).reduce((sum, share) => sum + share, 0);
  if (sum > 1) throw invalid('--fault', 'shares that are together at most 1', String(sum));
  return {
    faults: {
      ...given.faults,
      ...(fault !== undefined && { rates }),
      ...(faultSeed !== undefined && { seed: readNumber('--fault-seed', faultSeed) }),
    },
  };
}

function parseFault(text: string): [Fault, number] {
  const [name = '', share] = text.split('=');
  if (!faultNames.includes(name as Fault)) throw invalid('--fault', `one of ${faultNames.join(', ')}`, text);
  return [name as Fault, readShare('--fault', share ?? '')];
}

function resolveAnswer(answer: string, workingFolder: string): NonNullable<FakeServerOptions['answer']> {
  // What it may be is checked by the server.
  const resolved = answer.startsWith('file:') ? `file:${resolve(workingFolder, answer.slice(5))}` : answer;
  return resolved as NonNullable<FakeServerOptions['answer']>;
}

function readNumber(option: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value;
  throw invalid(option, 'a number from 0', text);
}

function readShare(option: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= 1) return value;
  throw invalid(option, 'a share from 0 to 1', text);
}

function toOption(name: string): string {
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function invalid(option: string, expected: string, value: string): ConfigError {
  return new ConfigError('DGT_OPTION_INVALID', { option, expected, value: JSON.stringify(value) });
}
