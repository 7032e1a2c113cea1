import type { Json } from '@dgt/core';

/** The arguments of a call as text, for APIs that want them so. */
export function writeArguments(given: Json): string {
  return typeof given === 'string' ? given : JSON.stringify(given);
}

/** The arguments of a call as an object, for APIs that want them so; text that is no JSON object is kept as its `text`. */
export function readArguments(given: Json): Json {
  if (typeof given !== 'string') return given;
  try {
    const value = JSON.parse(given || '{}') as Json;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Not the answer of a server but what a row handed in: no reason to ask again.
  }
  return { text: given };
}
