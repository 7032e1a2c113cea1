import {
  systemClock,
  type AnyBlock,
  type Clock,
  type DataBuilderClass,
  type GenerationTask,
  type Row,
  type TransformationTask,
} from '@dgt/core';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveRunnerSettings, type RunnerConfig, type RunnerSettings } from '../config/runner-settings.js';
import { SecretStore } from '../config/secrets.js';
import { closeDataset } from '../ledger/open-dataset.js';
import { locateOutput, type OutputFiles } from '../output/output-files.js';
import { createFileSink } from '../output/sink.js';
import { readInlineRows, type InputSource } from '../transformation/input-source.js';
import { PeekedInput } from '../transformation/peeked-input.js';
import type { UnitOptions } from '../transformation/input-unit.js';
import { openAdopting } from '../run/adopt-rows.js';
import { TaskSession, type TaskOutcome } from '../run/run-task.js';
import type { ChangeMode, TaskPlan } from '../run/task-plan.js';

/** One run of a dataset that lives in a temporary folder. */
export interface DatasetRun {
  readonly builder: DataBuilderClass;
  readonly model: AnyBlock;
  readonly postprocessors?: readonly AnyBlock[];
  /** Of a generation. */
  readonly seeds?: readonly Row[];
  /** Of a transformation. */
  readonly input?: readonly Row[] | InputSource;
  readonly units?: Partial<UnitOptions>;
  readonly retryErrors?: boolean;
  readonly settings?: RunnerConfig;
  readonly fields?: object;
  readonly digest?: Record<string, string>;
  readonly mode?: ChangeMode;
  readonly restart?: boolean;
  readonly adopt?: boolean;
  readonly clock?: Clock;
  /** Called when the run begins; gives a way to end it from outside. */
  readonly onStart?: (session: TaskSession) => void;
}

/** A dataset in a temporary folder of its own, run as often as a test likes. */
export class TestDataset implements Disposable {
  readonly files: OutputFiles;
  readonly announcements: string[] = [];
  readonly secrets = new SecretStore();
  /** Ends the next run at the first announcement that has this text, as a kill would. */
  failOnce: string | undefined;
  readonly #folder = mkdtempSync(join(tmpdir(), 'dgt-dataset-'));

  constructor(readonly taskName = 'test/pairs') {
    this.files = locateOutput(this.#folder, taskName);
  }

  async run(run: DatasetRun): Promise<TaskOutcome> {
    const settings = resolveRunnerSettings(run.settings ?? {}, { workingFolder: this.#folder, environment: {} });
    const plan = this.#plan(run, settings);
    const { ledger } = await openAdopting(plan, { restart: run.restart ?? false, adopt: run.adopt ?? false });
    const announce = (message: string) => {
      this.announcements.push(message);
      const { failOnce } = this;
      if (failOnce === undefined || !message.includes(failOnce)) return;
      this.failOnce = undefined;
      throw new Error('killed');
    };
    try {
      const { clock = systemClock } = run;
      const log = { write: () => {} };
      const abort = new AbortController().signal;
      const { mode, retryErrors = false } = run;
      const identity = {
        mode,
        retryErrors,
        countCallsFirst: false,
        abort,
        buildId: 'exp',
        runId: 'run',
        secrets: this.secrets,
      };
      const session = await TaskSession.open(plan, ledger, { ...identity, clock, log, announce });
      run.onStart?.(session);
      return await session.finish();
    } finally {
      await closeDataset(this.files, ledger);
    }
  }

  /** The rows of one of the output files. */
  read(file: 'finalData' | 'data' | 'rejected' | 'errors'): Row[] {
    return this.bytes(file)
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Row);
  }

  bytes(file: 'finalData' | 'data' | 'rejected' | 'errors'): string {
    return readFileSync(this.files[file], 'utf8');
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #plan(run: DatasetRun, settings: RunnerSettings): TaskPlan {
    const { input = [], units } = run;
    const isTransformation = run.builder.kind === 'transformation';
    return {
      ...(isTransformation
        ? {
            kind: 'transformation' as const,
            task: this.#makeTask<TransformationTask>(run),
            input: new PeekedInput(Array.isArray(input) ? readInlineRows(input as Row[]) : (input as InputSource)),
            units: { size: 1, uniqueKey: undefined, ...units },
            inBatches: (units?.size ?? 1) > 1,
          }
        : { kind: 'generation' as const, task: this.#makeTask<GenerationTask>(run), seeds: run.seeds ?? [] }),
      taskFile: 'task.yaml',
      settings,
      builder: {
        name: 'test/builder',
        folder: this.#folder,
        class: run.builder,
        blocks: new Map([['generator', run.model]]),
        postprocessors: run.postprocessors ?? [],
        options: {},
        shared: undefined,
        digest: run.digest ?? {},
        source: {},
      },
      files: this.files,
      sinks: {
        final: createFileSink('final_data', this.files.finalData),
        formatted: undefined,
        openChunk: undefined,
      },
      source: {},
    };
  }

  #makeTask<T>({ builder, fields = {} }: DatasetRun): T {
    const spec = { task_name: this.taskName, task_description: '', created_by: '', fields };
    return new builder.task(spec as never) as unknown as T;
  }
}
