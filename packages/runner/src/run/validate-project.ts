import { systemClock, TransformationTask, type Clock, type Log } from '@dgt/core';
import { realpathSync } from 'node:fs';
import { loadProject, type ProjectOptions } from '../config/load-project.js';
import { makeTask } from '../config/make-task.js';
import type { PlannedTask, Project } from '../config/planned.js';
import { Problems } from '../config/problems.js';
import { SecretStore } from '../config/secrets.js';
import { PeekedInput } from '../transformation/peeked-input.js';
import { checkColumns } from './check-columns.js';
import { createStoreServices, openInput } from './open-stores.js';

const silent: Log = { write: () => {} };

/** A hub that does not answer at once is not waited for. */
const hasty: Clock = { now: systemClock.now, sleep: () => Promise.reject(new Error('validating waits for nobody')) };

/**
 * Reads and checks everything as a run does before its first call, and runs nothing of the user's. The first rows of an input
 * are looked at where they stand in the task's file, in files, or on a hub that answers.
 *
 * @throws {@link ConfigError} DGT_CONFIG_INVALID with every problem of every file.
 */
export async function validateProject(options: ProjectOptions): Promise<Project> {
  const { environment = process.env, secrets = new SecretStore() } = options;
  const workingFolder = realpathSync(options.workingFolder ?? process.cwd());
  const project = await loadProject(options);
  const problems = new Problems({ workingFolder, secrets });
  const keepSecret = (secret: string) => secrets.keep(secret);
  const services = createStoreServices({ log: silent, clock: hasty, workingFolder, keepSecret }, environment);
  for (const planned of project.tasks) {
    const task = makeTask(planned.builder.class.task, planned.spec);
    if (!(task instanceof TransformationTask)) continue;
    const source = openInput(planned, task, services);
    if (source === undefined || !(await isAtHand(planned, source))) continue;
    const input = new PeekedInput(source);
    await checkColumns(task, input, { problems, locate: planned.locate });
    input.close();
  }
  problems.throwIfAny();
  return project;
}

/** Whether rows can be looked at without asking for them twice or calling anybody: a source that can tell whether it changed. */
async function isAtHand({ inputSource }: PlannedTask, source: { fingerprint(): Promise<unknown> }): Promise<boolean> {
  if (inputSource === undefined) return true;
  const fingerprint = await source.fingerprint().catch(() => undefined);
  return fingerprint !== undefined;
}
