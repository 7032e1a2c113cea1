import type { Json } from '@dgt/core';
import { createHash } from 'node:crypto';

/** The hash of a request, whatever the order of its keys: 16 bytes of SHA-256 over its canonical JSON. */
export function hashRequest(request: Json): Buffer {
  return createHash('sha256').update(writeCanonical(request)).digest().subarray(0, 16);
}

/** JSON with sorted keys and without undefined members: equal values give equal text. */
export function writeCanonical(value: Json): string {
  return JSON.stringify(sortKeys(value));
}

function sortKeys(value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => sortKeys(item) ?? null);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, member]) => [key, sortKeys(member)]),
  );
}
