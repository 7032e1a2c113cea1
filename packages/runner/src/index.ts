export { runProject, type ProjectRunOptions } from './run/run-project.js';
export type { TaskOutcome } from './run/run-task.js';
export type { ChangeMode } from './run/task-plan.js';
export { version } from './run/version.js';
export type { TaskProgress } from './generation/task-run.js';
export type { Ending, EndReason } from './generation/ending.js';
export type { FunnelLoss, FunnelReport } from './output/funnel.js';
export type { TaskResults } from './output/task-results.js';
export { outputNames } from './output/output-files.js';
