import { setOwn, type Json } from '@dgt/core';
import { hash } from 'node:crypto';

/** The hash of a request, whatever the order of its keys: 16 bytes of SHA-256 over its canonical JSON. */
export function hashRequest(request: Json): Buffer {
  // In one call and as text: a third of the time that a Hash object and its bytes take.
  return Buffer.from(hash('sha256', writeCanonical(request)).slice(0, 32), 'hex');
}

/** JSON with sorted keys and without undefined members: equal values give equal text. */
export function writeCanonical(value: Json): string {
  return JSON.stringify(sortKeys(value));
}

function sortKeys(value: Json | undefined): Json | undefined {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => sortKeys(item) ?? null);
  const sorted: Record<string, Json> = {};
  for (const key of Object.keys(value).sort()) {
    const member = sortKeys((value as { readonly [key: string]: Json })[key]);
    if (member !== undefined) setOwn(sorted, key, member);
  }
  return sorted;
}
