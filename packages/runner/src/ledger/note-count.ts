import type { Note } from '@dgt/core';

/** How often blocks did something to answers that deserves to be counted, such as mending them. */
export type NoteCount = Note & { readonly count: number };

/** Adds notes up, in the order of block, counter and cause. */
export function countNotes(notes: Iterable<Note & { readonly count?: number }>): NoteCount[] {
  const counts = new Map<string, NoteCount>();
  for (const { block, counter, cause, count = 1 } of notes) {
    const key = JSON.stringify([block, counter, cause]);
    counts.set(key, { block, counter, cause, count: (counts.get(key)?.count ?? 0) + count });
  }
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, counted]) => counted);
}
