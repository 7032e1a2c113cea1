/** Where a command writes to. `process.stdout` is one. */
export interface OutputStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  /** The width of the terminal. @unit characters */
  readonly columns?: number;
  /** The height of the terminal. @unit lines */
  readonly rows?: number;
}

/** Where signals come from. `process` is one. */
export interface SignalSource {
  on(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  off(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
}

/** Everything that a command takes from its process, so that tests decide it. */
export interface CommandContext {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** Relative paths start here. */
  readonly workingFolder: string;
  readonly environment: Record<string, string | undefined>;
  readonly signals: SignalSource;
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after so many milliseconds of the time that {@link now} tells, or rejects when the signal fires. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** Ends the process at once: what a third Ctrl-C asks for. */
  exit(code: number): void;
}
