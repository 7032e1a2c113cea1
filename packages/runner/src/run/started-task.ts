import type { FrontPage } from '@dgt/core';
import type { DatasetProgress, TaskProgress } from '../engine/task-progress.js';
import type { TaskSession } from './run-task.js';

/** A task that has begun, for those who look on. */
export interface StartedTask {
  readonly taskName: string;
  readonly folder: string;
  /** The quota of a generation task. */
  readonly quota: number | undefined;
  /** Costs nothing: may be looked at many times a second. */
  progress(): TaskProgress;
  datasetProgress(): DatasetProgress;
  /** The datasets of hubs that its rows go to. */
  frontPages(): Promise<readonly FrontPage[]>;
}

/** What others may know of a task that begins. */
export function describeStarted({ plan, run }: Pick<TaskSession, 'plan' | 'run'>): StartedTask {
  const { task, files, settings, sinks, kind } = plan;
  return {
    taskName: task.name,
    folder: files.folder,
    quota: kind === 'generation' ? settings.numOutputsToGenerate : undefined,
    progress: () => run.progress,
    datasetProgress: () => run.progressOfDataset,
    frontPages: async () => sinks.final.frontPages?.() ?? [],
  };
}
