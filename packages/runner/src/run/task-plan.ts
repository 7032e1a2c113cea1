import type { AnyBlock, DataBuilderClass, GenerationTask, Json, Row } from '@dgt/core';
import type { RunnerSettings } from '../config/runner-settings.js';
import type { OutputFiles } from '../output/output-files.js';

/** A builder with its blocks made, ready for the attempts of all of its tasks. */
export interface ReadyBuilder {
  readonly name: string;
  readonly folder: string;
  readonly class: DataBuilderClass;
  readonly blocks: ReadonlyMap<string, AnyBlock>;
  readonly postprocessors: readonly AnyBlock[];
  readonly options: Row;
  /** What its `setup` made. */
  readonly shared: unknown;
  /** The hash of each of its files. */
  readonly digest: Readonly<Record<string, string>>;
  /** Its YAML as written, with no secret resolved. */
  readonly source: Json;
}

/** A task that is ready to run. */
export interface TaskPlan {
  readonly task: GenerationTask;
  /** The seed examples as the user wrote them. */
  readonly seeds: readonly Row[];
  readonly settings: RunnerSettings;
  readonly builder: ReadyBuilder;
  readonly files: OutputFiles;
  /** Its YAML as written, with no secret resolved. */
  readonly source: Json;
}

/** What a run may do with results of an earlier run whose definition differs. */
export type ChangeMode = 'replay' | 'continue' | undefined;
