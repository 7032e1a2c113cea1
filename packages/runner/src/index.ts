export { runProject, type ProjectRunOptions } from './run/run-project.js';
export type { StartedTask } from './run/started-task.js';
export { validateProject } from './run/validate-project.js';
export { previewProject, type PreviewOptions } from './preview/preview-project.js';
export type { TaskPreview } from './preview/preview-task.js';
export { readOpenRequests, type OpenRequest, type OpenRequestsOptions } from './batch/open-requests.js';
export { ingestAnswers, type AnswerBodies, type IngestOptions, type IngestReport } from './batch/ingest-answers.js';
export { inspectDatasets, readTaskCard, type DatasetOverview, type TaskCard } from './inspect/dataset-overview.js';
export { inspectRow, type InspectRowOptions, type RowInspection } from './inspect/inspect-row.js';
export { readRecordedInputs, type RecordedInput } from './inspect/recorded-inputs.js';
export type { RecordedTry } from './ledger/tries-by-owner.js';
export type { InspectTarget } from './inspect/find-outcome.js';
export type { TaskForecast } from './preview/forecast-from.js';
export type { AttemptTrace, CallTrace, LossTrace, RowTrace, VerdictTrace } from './inspect/attempt-trace.js';
export type { TaskOutcome } from './run/run-task.js';
export type { ChangeMode } from './run/task-plan.js';
export {
  forecastTask,
  type AttemptSample,
  type Estimate,
  type Forecast,
  type ForecastSample,
} from './budget/forecast.js';
export { parseShard, type ShardName } from './shards/shard.js';
export type { Bill, BillLine, Usage } from './budget/bill.js';
export { readCosts, type TaskCost } from './budget/read-costs.js';
export { readPriceFile } from './budget/price-file.js';
export { durationPattern, readDuration } from './budget/duration.js';
export { version } from './run/version.js';
export type { DatasetProgress, TaskProgress } from './engine/task-progress.js';
export type { Ending, EndReason } from './engine/ending.js';
export type { FunnelLoss, FunnelReport } from './output/funnel.js';
export type { TaskResults } from './output/task-results.js';
export { readDataset } from './output/read-dataset.js';
export { outputNames } from './output/output-files.js';
export { findDatasetFiles, type DatasetFiles } from './output/dataset-files.js';
export { readStatus } from './status/read-status.js';
export { readLiveDataset, type LiveDataset, type LiveRun } from './status/read-live-dataset.js';
export type { TaskState, TaskStatus } from './status/task-status.js';
export { readLMOverride } from './config/lm-override.js';
export { listModelEntries, readModelFile, type ModelEntry } from './config/model-entries.js';
export { loadProject, type ProjectOptions } from './config/load-project.js';
export type { PlannedBuilder, PlannedTask, Project } from './config/planned.js';
export { findBuilders, type FoundBuilder } from './config/find-builders.js';
export { createModuleLoader, importPlugIn, type PlugInModule } from './loader/load-module.js';
export { findTaskFiles } from './config/find-task-files.js';
export { readTaskFile } from './config/task-file.js';
export { taskFileFields } from './config/task-fields.js';
export { builderFileFields } from './config/builder-file.js';
export { readYamlFile } from './config/read-yaml-file.js';
export { formatProblem, Problems, type Problem } from './config/problems.js';
export { readYamlData, type DataDocument, type ReadingContext } from './config/yaml-document.js';
export { SecretStore } from './config/secrets.js';
export { loadEnvironmentFile, type Environment } from './config/environment.js';
export type { RunnerConfig } from './config/runner-settings.js';
