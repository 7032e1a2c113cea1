export { dataPoint, readDataPoint, type DataPointClass, type FieldsOf, type Provenance } from './data-point.js';
export { Type, compileSchema } from './schema.js';
export { describeProblems, formatPlace, readProblems, type SchemaProblem } from './schema-problem.js';
export type { SchemaCheck, Static, TObject, TProperties, TSchema } from './schema.js';

export { Task, type TaskDeclaration, type TaskSpec } from './task/task.js';
export { GenerationTask, type DataPointList, type Progress, type SampleRequest } from './task/generation-task.js';
export { TransformationTask } from './task/transformation-task.js';

export { GenerationDataBuilder, TransformationDataBuilder, bindBlocks } from './builder/data-builder.js';
export type {
  BlockClasses,
  BoundBlocks,
  BuilderContext,
  BuilderDeclaration,
  DataBuilderClass,
  Generated,
  TaskClass,
  Transformed,
} from './builder/data-builder.js';
export { createLaneContext } from './builder/attempt.js';
export type { Attempt, BatchContext, LaneContext, RowContext } from './builder/attempt.js';

export { AnyBlock, configSchema } from './block/any-block.js';
export type { BlockClass, BlockContext, FailedRow, Processor, RunOptions, Scope } from './block/any-block.js';
export { Block, type BlockDeclaration, type DeclaredBlock } from './block/block.js';
export { ValidatorBlock } from './block/validator-block.js';
export { DatasetValidator } from './block/dataset-validator.js';
export { SequenceValidator, type Gate, type GateContext, type SequenceConfig } from './block/sequence-validator.js';
export { markRow, type ValidatorConfig, type ValidatorOutput, type Verdict } from './block/verdict.js';
export { FieldMap, type InputMap, type OutputMap } from './block/field-map.js';
export { RowStream, type Row, type Rows } from './block/row.js';
export { createScriptServices, type BlockConfig, type BlockServices } from './block/services.js';
export { findInnerBlocks, innerBlock, type InnerBlockFamily } from './block/inner-block.js';
export { locateFile } from './block/locate-file.js';

export { Dataloader, type DataloaderClass, type DeclaredDataloader, type LoadOptions } from './data/dataloader.js';
export { Datastore } from './data/datastore.js';
export type { ComposePage, FrontPage, PageSurroundings } from './data/front-page.js';
export type {
  DatastoreClass,
  DeclaredDatastore,
  ReadOptions,
  RowSource,
  WriteTarget,
  WrittenRows,
} from './data/datastore.js';
export { Formatter, missingRowField, type DeclaredFormatter, type FormatterClass } from './data/formatter.js';
export { plugInSchema } from './data/plug-in-config.js';
export { createScriptStoreServices, type DatastoreConfig, type StoreServices } from './data/store-services.js';

export { LMProvider } from './lm/lm-provider.js';
export type {
  AssistantMessage,
  ChoiceDetails,
  LMOutput,
  LMReply,
  LMResult,
  LMRow,
  LMRunOptions,
} from './lm/lm-provider.js';
export type { AnswerFormat, ShapeClass, ValueOf } from './lm/answer-format.js';
export { EmbeddingProvider, type EmbeddingResult, type EmbeddingRow } from './lm/embedding-provider.js';
export { packEmbedding, unpackEmbedding } from './lm/embedding-client.js';
export type { EmbeddingAnswer, EmbeddingClient, EmbeddingRequest } from './lm/embedding-client.js';
export type { ContentPart, ImagePart, Message, TextPart, Tool, ToolCall, ToolChoice } from './lm/message.js';
export type { LMParameters, LMRequest, ReasoningEffort, ResponseFormat } from './lm/request.js';
export type { ModelPrice } from './lm/price.js';
export type { FinishReason, LMAnswer, LMChoice, TokenLogprob, Usage } from './lm/answer.js';
export type {
  Availability,
  BatchFileClient,
  BatchFileRequest,
  DeferredAnswer,
  DeferredCall,
  DeferredClient,
  LMClient,
  WaveResult,
} from './lm/client.js';

export { Lane, type LaneScope } from './lane/lane.js';
export { createScriptLane, unrecorded } from './lane/unrecorded.js';
export type {
  CallContext,
  CallKey,
  Note,
  RecordedCall,
  Recorder,
  Rejection,
  ResponseHeaders,
  RowFailure,
  TryRecord,
} from './lane/recorder.js';

export {
  blocks,
  dataBuilders,
  dataloaders,
  datastores,
  formatters,
  registerBlock,
  registerDataBuilder,
  registerDataloader,
  registerDatastore,
  registerFormatter,
  registerTask,
  tasks,
} from './registry/registries.js';
export { Registry, type Manifest } from './registry/registry.js';

export { backoffMs, usualBackoff, type Backoff } from './backoff.js';
export { readRetryAfter } from './retry-after.js';

export { ConfigError, DgtError, PluginError, ProviderError, RunError } from './errors/dgt-error.js';
export type { ErrorDetails, FailureClass } from './errors/dgt-error.js';
export { errorTable, type ErrorCode, type ErrorEntry, type ErrorKind } from './errors/error-table.js';
export { findNearest, suggestNearest } from './errors/nearest.js';

export { setOwn } from './own-key.js';
export { missing, parsePath, readPath, writePath, type Path } from './path.js';
export { mapInOrder } from './ordered-map.js';
export { createRandom, type Random } from './random.js';
export { systemClock, type Clock } from './clock.js';
export { consoleLog, type Log, type LogLevel } from './log.js';
export type { Json } from './json.js';
