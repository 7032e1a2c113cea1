import type { AnyBlock, DataBuilderClass, GenerationTask, Json, Row, TransformationTask } from '@dgt/core';
import type { RunnerSettings } from '../config/runner-settings.js';
import type { OutputFiles } from '../output/output-files.js';
import type { PeekedInput } from '../transformation/peeked-input.js';
import type { Sinks } from './open-sinks.js';
import type { UnitOptions } from '../transformation/input-unit.js';

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
  /** The hash of each of its files, and of the module of each block that an author wrote elsewhere. */
  readonly digest: Readonly<Record<string, string>>;
  /** Its YAML as written, with no secret resolved. */
  readonly source: Json;
}

interface CommonPlan {
  /** The file of the task, relative to the folder that dgt was called in. */
  readonly taskFile: string;
  readonly settings: RunnerSettings;
  readonly builder: ReadyBuilder;
  readonly files: OutputFiles;
  readonly sinks: Sinks;
  /** Its YAML as written, with no secret resolved. */
  readonly source: Json;
}

/** A generation task that is ready to run. */
export interface GenerationPlan extends CommonPlan {
  readonly kind: 'generation';
  readonly task: GenerationTask;
  /** The seed examples as the user wrote them. */
  readonly seeds: readonly Row[];
}

/** A transformation task that is ready to run. */
export interface TransformationPlan extends CommonPlan {
  readonly kind: 'transformation';
  readonly task: TransformationTask;
  readonly input: PeekedInput;
  /** How its rows are told apart and handed to the builder. */
  readonly units: UnitOptions;
  /** Whether the builder takes rows in batches, with `transformBatch`. */
  readonly inBatches: boolean;
}

/** A task that is ready to run. */
export type TaskPlan = GenerationPlan | TransformationPlan;

/** What a run may do with results of an earlier run whose definition differs. */
export type ChangeMode = 'replay' | 'continue' | undefined;

/** What names the random streams and the calls of a task: those of another random seed are others. */
export function nameDataset({ task, settings }: TaskPlan): string {
  return `${task.name}/${settings.randomSeed}`;
}
