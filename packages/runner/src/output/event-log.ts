import type { Json, Log, LogLevel } from '@dgt/core';
import { appendFileSync } from 'node:fs';

/** Something that happened in the life of a run. */
export interface RunEvent {
  readonly event: string;
  readonly level?: LogLevel;
  readonly message?: string;
  readonly [field: string]: Json | undefined;
}

/**
 * Writes events.jsonl, a line an event. Losing a line must not lose a dataset, so a failure to write is ignored here; the
 * ledger meets the same disk and reports it.
 */
export class EventLog implements Log {
  readonly #file: string;
  readonly #now: () => number;
  readonly #redact: (text: string) => string;

  constructor(file: string, now: () => number, redact: (text: string) => string) {
    this.#file = file;
    this.#now = now;
    this.#redact = redact;
  }

  add(event: RunEvent): void {
    const time = new Date(this.#now()).toISOString();
    try {
      appendFileSync(this.#file, `${this.#redact(writeLine({ time, ...event }))}\n`);
    } catch {
      // See above.
    }
  }

  write(level: LogLevel, message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.add({ event: 'log', level, message, ...(fields as Record<string, Json>) });
  }
}

/** One line of JSON, whatever an author puts into a log. */
function writeLine(event: RunEvent): string {
  try {
    return JSON.stringify(event, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
  } catch (error) {
    const { time, event: name, level, message } = event;
    return JSON.stringify({
      time,
      event: name,
      level,
      message,
      fields: `cannot be written: ${(error as Error).message}`,
    });
  }
}
