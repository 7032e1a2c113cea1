import type {
  BlockClass,
  BlockConfig,
  DataBuilderClass,
  DataloaderClass,
  DatastoreClass,
  FormatterClass,
  TaskSpec,
} from '@dgt/core';
import type { Place } from './problems.js';
import type { InputSource } from '../transformation/input-source.js';
import type { RunnerSettings } from './runner-settings.js';
import type { DocumentPath, PlainMapping } from './yaml-document.js';

/** A block of a data builder, checked: its class can be constructed with its configuration. */
export interface PlannedBlock {
  readonly name: string;
  readonly type: string;
  readonly class: BlockClass;
  /** The whole entry, `name` and `type` included. May hold secrets. */
  readonly config: BlockConfig;
  /** Where the entry stands. */
  readonly place: Place;
}

/** A data builder, loaded and checked. */
export interface PlannedBuilder {
  readonly name: string;
  /** Its YAML. */
  readonly file: string;
  readonly folder: string;
  readonly class: DataBuilderClass;
  readonly blocks: readonly PlannedBlock[];
  /** In order; each has the entry of its block with what the postprocessor says laid over it. */
  readonly postprocessors: readonly PlannedBlock[];
  /** The options that its class declares, defaults filled in. */
  readonly options: PlainMapping;
  readonly metadata: PlainMapping;
  /** Its YAML as written, references to the environment unfollowed: no secret is in it. */
  readonly source: PlainMapping;
}

/** A datastore, dataloader or formatter of a task, checked: its class can be constructed with its configuration. */
export interface PlannedPlugIn<C> {
  readonly type: string;
  readonly class: C;
  /** The whole entry, `type` included. May hold secrets. */
  readonly config: PlainMapping;
  /** Where the entry stands. */
  readonly place: Place;
}

/** Where the files of a task are written to, where not to its output folder. */
export interface PlannedSinks {
  /** `datastore`: everything that the others do not take. */
  readonly data: PlannedPlugIn<DatastoreClass> | undefined;
  readonly final: PlannedPlugIn<DatastoreClass> | undefined;
  readonly formatted: PlannedPlugIn<DatastoreClass> | undefined;
}

/** A task, checked, and the builder that it names. */
export interface PlannedTask {
  readonly file: string;
  readonly name: string;
  readonly spec: TaskSpec;
  /** As plain records: the task makes data points of them. */
  readonly seeds: readonly PlainMapping[];
  /** Where something stands in its file, for errors about it. */
  readonly locate: (path: DocumentPath) => Place;
  /** Where further seeds come from, after those of the file. */
  readonly seedSource: PlannedPlugIn<DatastoreClass> | undefined;
  /** The rows of a transformation that stand in the file. */
  readonly input?: InputSource | undefined;
  /** Where the rows of a transformation come from otherwise. */
  readonly inputSource: PlannedPlugIn<DatastoreClass> | undefined;
  /** Chooses among the rows of `seedSource` or `inputSource`, and renames their fields. */
  readonly dataloader: PlannedPlugIn<DataloaderClass> | undefined;
  readonly sinks: PlannedSinks;
  readonly formatter: PlannedPlugIn<FormatterClass> | undefined;
  /** The path of the output below the output folder, where it is not the name of the task. */
  readonly storeName: string | undefined;
  /** The column that tells the rows of a transformation apart. */
  readonly uniqueKey?: string | undefined;
  readonly settings: RunnerSettings;
  /** Its YAML as written, references to the environment unfollowed: no secret is in it. */
  readonly source: PlainMapping;
  readonly builder: PlannedBuilder;
}

/** Everything that one call of dgt works on. */
export interface Project {
  /** In the order given. */
  readonly tasks: readonly PlannedTask[];
  /** The builders that the tasks name, each once. */
  readonly builders: readonly PlannedBuilder[];
}
