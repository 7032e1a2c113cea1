import type { Random } from '@dgt/core';

const syllables = [
  'ba',
  'dor',
  'ka',
  'len',
  'mi',
  'nor',
  'pe',
  'ru',
  'sa',
  'tel',
  'vi',
  'zan',
  'qui',
  'fro',
  'gal',
  'hel',
];

/** A name that nobody has. */
export function inventName(random: Random): string {
  const name = random.choices(syllables, 3 + random.integer(2)).join('');
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}
