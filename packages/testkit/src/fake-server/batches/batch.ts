import type { BatchLine, BatchProblem } from './batch-input.js';
import type { BatchEnding } from './batch-options.js';

export type BatchState =
  | 'validating'
  | 'in_progress'
  | 'finalizing'
  | 'completed'
  | 'failed'
  | 'expired'
  | 'cancelling'
  | 'cancelled';

/** A batch and how far it has come. */
export interface Batch {
  readonly id: string;
  readonly endpoint: string;
  readonly inputFileId: string;
  readonly completionWindow: string;
  readonly metadata: unknown;
  readonly lines: readonly BatchLine[];
  readonly problems: readonly BatchProblem[];
  /** How it will end, unless it is cancelled. */
  ending: BatchEnding;
  state: BatchState;
  /** When each state began. @unit seconds since 1970 */
  readonly times: Partial<Record<BatchState | 'created', number>>;
  /** When the present state began, by the clock of this process. @unit milliseconds */
  since: number;
  outputFileId: string | undefined;
  errorFileId: string | undefined;
  completed: number;
  failed: number;
}

const endStates: ReadonlySet<BatchState> = new Set(['completed', 'failed', 'expired', 'cancelled']);

/** Whether nothing more will happen to a batch. */
export function hasEnded({ state }: Pick<Batch, 'state'>): boolean {
  return endStates.has(state);
}

/** The state after the present one; the same when there is none. */
export function nextState({ state, ending, problems }: Batch): BatchState {
  switch (state) {
    case 'validating':
      return problems.length > 0 || ending === 'failed' ? 'failed' : 'in_progress';
    case 'in_progress':
      // A batch that runs out of time is not finalized first.
      return ending === 'completed' ? 'finalizing' : ending === 'cancelled' ? 'cancelling' : ending;
    case 'finalizing':
      return 'completed';
    case 'cancelling':
      return 'cancelled';
    default:
      return state;
  }
}

/** A batch in the words of the API. */
export function describeBatch(batch: Batch) {
  const { times, problems, state } = batch;
  const at = (name: BatchState) => times[name] ?? null;
  const created = times.created ?? 0;
  return {
    id: batch.id,
    object: 'batch',
    endpoint: batch.endpoint,
    model: batch.lines[0]?.body['model'] ?? null,
    errors: state === 'failed' ? { object: 'list', data: problems } : null,
    input_file_id: batch.inputFileId,
    completion_window: batch.completionWindow,
    status: state,
    output_file_id: batch.outputFileId ?? null,
    error_file_id: batch.errorFileId ?? null,
    created_at: created,
    in_progress_at: at('in_progress'),
    expires_at: created + 24 * 60 * 60,
    finalizing_at: at('finalizing'),
    completed_at: at('completed'),
    failed_at: at('failed'),
    expired_at: at('expired'),
    cancelling_at: at('cancelling'),
    cancelled_at: at('cancelled'),
    request_counts: {
      total: state === 'validating' ? 0 : batch.lines.length,
      completed: batch.completed,
      failed: batch.failed,
    },
    metadata: batch.metadata ?? null,
  };
}
