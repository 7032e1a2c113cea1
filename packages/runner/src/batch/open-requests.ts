import { ConfigError, type BatchFileRequest } from '@dgt/core';
import { copyOrCreateLedger } from '../ledger/ledger-copy.js';
import type { OpenProjectOptions } from '../run/open-project.js';
import type { TaskPlan } from '../run/task-plan.js';
import type { NamedOpenCall } from './attempt-walk.js';
import { WalkProject } from './walk-project.js';

/** A call that is to be made, as a line of a batch file asks it. */
export interface OpenRequest extends BatchFileRequest {
  readonly taskName: string;
  /** The block that calls. */
  readonly block: string;
  /** What a run would send as `Idempotency-Key`. */
  readonly key: string;
}

/** What {@link readOpenRequests} takes. */
export interface OpenRequestsOptions extends OpenProjectOptions {
  /** Told of each row of an input that ends as an error before its call. */
  readonly onFailedRow: (taskName: string, place: number, reason: string) => void;
}

/**
 * Every call that the builders of some tasks make before they need an answer that is not recorded. None is made, and nothing is
 * written: builders run on copies of the ledgers, a part of the input at a time.
 *
 * @throws {@link ConfigError} DGT_CONFIG_INVALID with every problem of every file; DGT_BATCH_UNFIT; {@link PluginError}
 *   DGT_BUILDER_THREW, for a builder of a generation.
 */
export async function* readOpenRequests(options: OpenRequestsOptions): AsyncGenerator<OpenRequest> {
  const { abort: signal = new AbortController().signal } = options;
  await using project = new WalkProject(options, ({ files }) => copyOrCreateLedger(files.ledger));
  for (const task of await project.open()) {
    const { plan, ledger } = task;
    const found: NamedOpenCall[] = [];
    const walk = project.walk(task, {
      onOpenCall: async (open) => void found.push(open),
      onFailedRow: (place, { reason = '' }) => options.onFailedRow(plan.task.name, place, reason),
    });
    for await (const window of walk.windows()) {
      // In the order of the dataset, whichever builder was first.
      const inOrder = found.splice(0).toSorted((a, b) => a.owner - b.owner);
      for (const open of inOrder) yield await writeRequest(open, plan, signal);
      // The copy keeps what was met, so that the walk does not have to.
      await ledger.commitAttempts(window.map(({ number, work: { input } }) => ({ number, outcomes: [], input })));
    }
  }
}

async function writeRequest(
  { idempotencyKey: key, call }: NamedOpenCall,
  { task, builder }: TaskPlan,
  signal: AbortSignal,
): Promise<OpenRequest> {
  const { label: block, request, batchFile } = call;
  if (batchFile !== undefined) return { taskName: task.name, block, key, ...(await batchFile.write(request, signal)) };
  const { type = 'of another block' } = (builder.blocks.get(block)?.config ?? {}) as { type?: string };
  const problem = `the block "${block}" (${type}) does not call OpenAI's API, or calls it several times for one answer`;
  throw new ConfigError('DGT_BATCH_UNFIT', { task: task.name, problem });
}
