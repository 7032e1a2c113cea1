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
  let name = '';
  for (let left = 3 + random.integer(2); left > 0; left--) name += random.choice(syllables);
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}
