import type { ResponseHeaders } from './lane/recorder.js';

/** How long a server asks to wait, from `retry-after-ms` or `retry-after` (seconds, or a date). @unit milliseconds */
export function readRetryAfter(headers: ResponseHeaders | undefined, now: number = Date.now()): number | undefined {
  const milliseconds = headers?.get('retry-after-ms');
  const seconds = headers?.get('retry-after');
  const waits = [
    milliseconds ? Number(milliseconds) : Number.NaN,
    seconds ? Number(seconds) * 1000 : Number.NaN,
    seconds ? Date.parse(seconds) - now : Number.NaN,
  ];
  return waits.find((wait) => Number.isFinite(wait) && wait >= 0);
}
