/** How much a log line matters. */
export type LogLevel = 'debug' | 'info' | 'warning' | 'error';

/** Where blocks, builders and the engine say what happens; secrets are removed by whoever writes it out. */
export interface Log {
  write(level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** Prints warnings and errors to standard error: the log of a block used alone in a script. */
export const consoleLog: Log = {
  write(level, message) {
    if (level === 'warning' || level === 'error') process.stderr.write(`${level}: ${message}\n`);
  },
};
