import { ConfigError } from '@dgt/core';

/** The name of something that is made anew, such as `team/quiz`, in the forms that its files need. */
export interface ItemName {
  /** `team/quiz`: what YAML calls it, and its folder. */
  readonly full: string;
  /** `quiz`: what its YAML file is called. */
  readonly base: string;
  /** `Quiz`: what its classes begin with. */
  readonly stem: string;
}

// With what templates append, these would be the names of classes that the same file imports.
const takenStems = new Set(['Generation', 'GenerationData', 'Transformation', 'TransformationData', 'Block', 'Type']);

/** @throws {@link ConfigError} DGT_OPTION_INVALID for a name that cannot be a folder below another. */
export function readItemName(text: string): ItemName {
  const full = text.replace(/\/+$/, '');
  const parts = full.split('/');
  if (!parts.every((part) => /^[A-Za-z0-9][\w.-]*$/.test(part)) || full.length > 200) {
    const expected = 'letters, digits, "-" and "_", with "/" between folders, such as team/quiz';
    throw new ConfigError('DGT_OPTION_INVALID', { option: 'NAME', expected, value: JSON.stringify(text) });
  }
  const base = parts.at(-1) as string;
  return { full, base, stem: toStem(base) };
}

function toStem(base: string): string {
  const words = base.split(/[^A-Za-z0-9]+/).filter(Boolean);
  const joined = words.map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`).join('');
  return /^\d/.test(joined) || takenStems.has(joined) ? `My${joined}` : joined;
}
