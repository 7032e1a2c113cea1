import { OpenProject, type OpenProjectOptions } from '../run/open-project.js';
import { previewTask, type TaskPreview } from './preview-task.js';

/** What `dgt run --preview` is asked to show. */
export interface PreviewOptions extends OpenProjectOptions {
  /** Candidate rows of a generation, or rows of the input of a transformation, of each task. Minimum: 1 */
  readonly rows: number;
}

/**
 * Makes a few rows of each task as its run would begin, and keeps everything that happens on the way to look at. No file is
 * written, and what is recorded already is neither used nor changed.
 *
 * @throws {@link ConfigError} DGT_CONFIG_INVALID with every problem of every file; what ends a run at its first call, such as a
 *   wrong key.
 */
export async function previewProject(options: PreviewOptions): Promise<TaskPreview[]> {
  await using project = new OpenProject(options);
  const plans = await project.load();
  await project.checkColumns({ stop: options.abort });
  await project.prepareBlocks(() => undefined);
  const { log } = project.services;
  const { rows, abort = new AbortController().signal } = options;
  const previews: TaskPreview[] = [];
  for (const plan of plans) previews.push(await previewTask(plan, { rows, log, signal: abort }));
  return previews;
}
