import type { EndReason } from '../engine/ending.js';

/**
 * How it stands with a task.
 * - `running`: its process is alive on this machine.
 * - `elsewhere`: a process of another machine works on it, or did until it died; this machine cannot tell.
 * - `interrupted`: its process ended without a report; the same command goes on.
 * - otherwise why the last run ended.
 */
export type TaskState = EndReason | 'running' | 'elsewhere' | 'interrupted';

/** What an output folder says of its task. */
export interface TaskStatus {
  /** As the task file says; the path of the folder below the one that was asked for, while no run has ended. */
  readonly task_name: string;
  readonly folder: string;
  readonly status: TaskState;
  readonly rows: number;
  /** The quota; undefined where no file says it. */
  readonly num_outputs_to_generate: number | undefined;
  /** When something was last written, in ISO 8601. */
  readonly last_activity: string | undefined;
  /** The reason in words. */
  readonly message: string;
}
