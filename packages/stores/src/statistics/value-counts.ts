import { createHash } from 'node:crypto';
import type { Json } from '@dgt/core';

/** The longest text that is kept of a value. @unit characters */
const longestKept = 200;

/** How often one value occurs. */
export interface ValueCount {
  /** A text of more than 200 characters is cut, with `…` at its end; a list or an object is its JSON. */
  readonly value: Json;
  readonly count: number;
}

/** How often values occur. */
export interface Distribution {
  /** The most frequent first; of equally frequent ones, the one that came first. */
  readonly values: readonly ValueCount[];
  /** Different values that were counted. */
  readonly different: number;
  /** Values that are not in the counts, since so many different ones had come before; 0 where all are counted. */
  readonly uncounted: number;
}

/**
 * Counts values, so many different ones at most. The counts of those are exact; values that first come later are counted
 * together, so that memory does not grow with the rows.
 */
export class ValueCounts {
  readonly #most: number;
  readonly #counts = new Map<string, { readonly value: Json; count: number }>();
  #uncounted = 0;

  constructor(most: number) {
    this.#most = most;
  }

  add(value: unknown): void {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    const isLong = text.length > longestKept;
    const digest = isLong ? createHash('sha1').update(text).digest('base64') : '';
    const key = `${typeof value === 'string' ? '"' : ''}${isLong ? `#${digest}` : text}`;
    const known = this.#counts.get(key);
    if (known !== undefined) known.count++;
    else if (this.#counts.size >= this.#most) this.#uncounted++;
    else {
      const isWritten = typeof value === 'string' || (typeof value === 'object' && value !== null);
      this.#counts.set(key, { value: isWritten ? cut(text) : (value as Json), count: 1 });
    }
  }

  /** @param most values that are wanted; all that were counted when left out. */
  report(most = Infinity): Distribution {
    const sorted = [...this.#counts.values()].sort((a, b) => b.count - a.count);
    const values = sorted.slice(0, most).map(({ value, count }) => ({ value, count }));
    return { values, different: this.#counts.size, uncounted: this.#uncounted };
  }
}

function cut(text: string): string {
  // Not in the middle of a character; and a copy, since a slice would keep the whole text in memory.
  return text.length <= longestKept
    ? text
    : `${Buffer.from(text.slice(0, longestKept))
        .toString()
        .replace(/\ufffd$/, '')}…`;
}
