import { ConfigError } from '@dgt/core';
import { readOpenRequests, type OpenRequest, type OpenRequestsOptions } from '@dgt/runner';
import { writeBatchFiles, type BatchFiles, type BatchLimits, type BatchLine } from './write-batch-files.js';

/** What the files of a batch of tasks are made of. */
export interface TaskBatch extends OpenRequestsOptions {
  readonly output: string;
  /** Default: those of the API. */
  readonly limits?: BatchLimits | undefined;
}

/** What was written: no file where no call is open. */
export interface TaskBatchReport extends BatchFiles {
  readonly requests: number;
}

/**
 * Writes the calls that tasks make before they need an answer, a line each, into as many files as the limits of the API ask for. All
 * files are there or none.
 *
 * @throws {@link ConfigError} DGT_BATCH_UNFIT, and what opening the tasks throws.
 */
export async function createTaskBatch(options: TaskBatch): Promise<TaskBatchReport> {
  const { output, workingFolder, limits } = options;
  let requests = 0;
  const lines = async function* () {
    for await (const line of writeLines(readOpenRequests(options))) {
      requests++;
      yield line;
    }
  };
  const files = await writeBatchFiles(lines(), { output, workingFolder, limits });
  return { requests, ...files };
}

/** Of one model and one address, since the API takes one of each a file. */
async function* writeLines(requests: AsyncIterable<OpenRequest>): AsyncGenerator<BatchLine> {
  let first: OpenRequest | undefined;
  for await (const request of requests) {
    first ??= request;
    const { taskName, block, key, url, body } = request;
    if (url !== first.url || body['model'] !== first.body['model']) {
      const problem = `"${first.block}" asks ${describeTarget(first)}, and "${block}" asks ${describeTarget(request)}`;
      throw new ConfigError('DGT_BATCH_UNFIT', { task: taskName, problem });
    }
    const text = JSON.stringify({ custom_id: key, method: 'POST', url, body });
    yield { text, place: `task "${taskName}": a call of "${block}"` };
  }
}

function describeTarget({ url, body }: OpenRequest): string {
  return `${String(body['model'])} at ${url}`;
}
