import type { AnyBlock, Clock, DgtError } from '@dgt/core';
import type { RunLimits } from '../budget/run-limits.js';
import type { Ledger } from '../ledger/ledger.js';
import type { ChunkedOutput } from '../output/chunked-output.js';
import type { EventLog } from '../output/event-log.js';
import type { OutputFiles } from '../output/output-files.js';
import type { AttemptEnvironment } from './attempt.js';
import type { Workload } from './workload.js';

/** What a run of one task is made from. */
export interface TaskRunOptions {
  readonly ledger: Ledger;
  readonly files: OutputFiles;
  readonly environment: Omit<AttemptEnvironment, 'recorderHost' | 'signal' | 'stages'>;
  readonly postprocessors: readonly AnyBlock[];
  /** The folder in which the folders of all tasks lie. */
  readonly outputDir: string;
  readonly workload: Workload;
  readonly limits: RunLimits;
  readonly recordRequests: boolean;
  /** Written while the run goes on, instead of one file at its end. */
  readonly chunks?: ChunkedOutput | undefined;
  /** Count the calls that the ledger cannot answer before making any. */
  readonly countCallsFirst: boolean;
  readonly clock: Clock;
  readonly events: EventLog;
  /** Takes secrets out of a text. */
  readonly redact: (text: string) => string;
  /** Ends the reading of the input. */
  readonly stopReading: () => void;
  /** Says something that the user should see. */
  readonly announce: (message: string) => void;
  /** Gives the error to show for an exception that the author's code threw. */
  readonly describeException: (error: unknown, attempt: number) => DgtError;
}
