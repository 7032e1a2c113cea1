export { readPipeline, type ReadPipelineOptions } from './config-file.js';
export {
  DataGenerationPipeline,
  readTagOptions,
  type DataPool,
  type PipelineOptions,
  type PipelineRunOptions,
} from './data-generation-pipeline.js';
export { openData, openParser, type DataSource } from './data-module.js';
export type { ExtractFunction } from './extraction.js';
export type { CheckValues, PipelineEnding, PipelineHost } from './pipeline-host.js';
export type { FailureRecord, NaiveResponse, PipelineError, PipelineRecord, SuccessRecord } from './records.js';
export { runPipeline, type PipelineOutcome, type PipelineRequest } from './run-pipeline.js';
export type { SnakeCased } from './snake-case.js';
export { createTagExtractor, type TagExtractor, type TagExtractorOptions } from './tag-extractor.js';
