import type { Random } from '@dgt/core';
import RandExp from 'randexp';
import { inventName } from './invent-name.js';

/**
 * Makes a string that fits a JSON schema: its pattern or else its format, and its length.
 *
 * @throws Error for a pattern or a format that cannot be satisfied.
 */
export function makeString(schema: Readonly<Record<string, unknown>>, random: Random): string {
  const {
    minLength = 0,
    maxLength = Infinity,
    pattern,
    format,
  } = schema as {
    minLength?: number;
    maxLength?: number;
    pattern?: string;
    format?: string;
  };
  const fits = (text: string) => text.length >= minLength && text.length <= maxLength;
  if (pattern !== undefined) return makeMatch(pattern, random, fits);
  const write = format === undefined ? undefined : formats[format];
  if (write !== undefined) return write(random);
  let text = inventName(random);
  while (text.length < minLength) text += ` ${inventName(random)}`;
  return text.slice(0, maxLength).trimEnd().padEnd(minLength, 'a');
}

function makeMatch(pattern: string, random: Random, fits: (text: string) => boolean): string {
  const expression = new RegExp(pattern, 'u');
  const generator = new RandExp(pattern);
  generator.max = 8;
  generator.defaultRange.subtract(0, 31);
  generator.randInt = (from, to) => from + random.integer(to - from + 1);
  for (let tries = 0; tries < 100; tries++) {
    const text = generator.gen();
    if (fits(text) && expression.test(text)) return text;
  }
  throw new Error(`found no text of the asked length that matches the pattern ${pattern}`);
}

const formats: Readonly<Record<string, (random: Random) => string>> = {
  'date-time': (random) => `${writeDate(random)}T${writeTime(random)}Z`,
  date: writeDate,
  time: (random) => `${writeTime(random)}Z`,
  duration: (random) => `P${1 + random.integer(30)}D`,
  email: (random) => `${inventName(random).toLowerCase()}@example.com`,
  hostname: (random) => `${inventName(random).toLowerCase()}.example.com`,
  uri: (random) => `https://example.com/${inventName(random).toLowerCase()}`,
  ipv4: (random) => `192.0.2.${random.integer(256)}`,
  ipv6: (random) => `2001:db8::${random.integer(65_536).toString(16)}`,
  uuid: (random) => {
    const digits = Array.from({ length: 32 }, () => random.integer(16).toString(16)).join('');
    return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-a${digits.slice(17, 20)}-${digits.slice(20)}`;
  },
};

function writeDate(random: Random): string {
  return `20${pad(random.integer(100))}-${pad(1 + random.integer(12))}-${pad(1 + random.integer(28))}`;
}

function writeTime(random: Random): string {
  return `${pad(random.integer(24))}:${pad(random.integer(60))}:${pad(random.integer(60))}`;
}

function pad(number: number): string {
  return String(number).padStart(2, '0');
}
