import type { Json } from '@dgt/core';
import { writeCanonical } from './request-hash.js';

/**
 * What defines the rows of a dataset: seeds, batch sizes, the random seed, blocks with the provider and model actually
 * chosen, prompts and code. Two runs with the same definition may continue each other.
 */
export type Definition = { readonly [part: string]: Json | undefined };

/** Names every part that differs, such as `blocks.generator.model: "a" -> "b"`; none when the definitions agree. */
export function describeChanges(before: Json | undefined, after: Json | undefined, place = ''): string[] {
  if (isRecord(before) && isRecord(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => describeChanges(before[key], after[key], place === '' ? key : `${place}.${key}`));
  }
  const [was, is] = [before ?? null, after ?? null];
  if (writeCanonical(was) === writeCanonical(is)) return [];
  // Hashes say nothing to a reader, and neither do long values.
  const brief = [was, is].every((value) => ['string', 'number', 'boolean'].includes(typeof value));
  const readable = brief && ![was, is].some((value) => /^[0-9a-f]{16,}$|^[\s\S]{80}/.test(String(value)));
  if (readable) return [`${place}: ${JSON.stringify(was)} -> ${JSON.stringify(is)}`];
  if (was === null) return [`${place} is new`];
  if (is === null) return [`${place} is gone`];
  return [`${place} changed`];
}

function isRecord(value: Json | undefined): value is { readonly [key: string]: Json | undefined } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
