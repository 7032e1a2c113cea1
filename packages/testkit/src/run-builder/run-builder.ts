import { Lane, consoleLog, type DataBuilderClass, type DgtError, type Rejection, type RowFailure } from '@dgt/core';
import type { AnyBlock } from '@dgt/core';
import { AnswerScript, type Answers } from './answer-script.js';
import type { RowOf } from './builder-types.js';
import { callBuilder } from './call-builder.js';
import { prepareBuilder, type PreparedBuilder } from './prepare-builder.js';
import { TestRecorder, type AnswerCall, type BuilderCall } from './test-recorder.js';

/** What a data builder is run on. */
export interface BuilderTrial {
  /** The examples of one attempt, for a generation builder. */
  readonly seeds?: readonly object[];
  /** The input, for a transformation builder. */
  readonly rows?: readonly object[];
  /** What its models answer. */
  readonly answers?: Answers;
  /** Options of the builder, as at the top level of its YAML. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Keys of the task file that the task class declares. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** Blocks to use in place of scripted models and of blocks with their own defaults. */
  readonly blocks?: Readonly<Record<string, AnyBlock>>;
  /** @defaultValue 0 */
  readonly randomSeed?: number;
}

/** What a data builder did. */
export interface BuilderReport<Row = object> {
  /** Checked against the task's output, as plain records without what dgt stamps. */
  readonly rows: readonly Row[];
  /** What it gave up, and why: `{ reason, sample }`. */
  readonly rejections: readonly Rejection[];
  /** Rows that ended because a call failed for good. */
  readonly failures: readonly RowFailure[];
  /** What it asked, and the answers. */
  readonly calls: readonly BuilderCall[];
}

/**
 * Runs a data builder once, without YAML, files, network or engine: one attempt on all `seeds`, or each of `rows`. Models
 * answer from the script; every other block that the class declares is made with its defaults, unless one is given.
 *
 * ```ts
 * const { rows, rejections, calls } = await runBuilder(Quiz, { seeds, answers: ['Question: ...\nAnswer: ...'] });
 * ```
 *
 * @throws what the builder throws; {@link DgtError} DGT_TEST_SCRIPT, DGT_CONFIG_INVALID, DGT_BLOCK_CONFIG where the trial
 *   does not fit the builder, DGT_DATA_POINT_INVALID where a row does not fit the output of the task.
 */
export async function runBuilder<Builder extends DataBuilderClass>(
  builder: Builder,
  trial: BuilderTrial,
): Promise<BuilderReport<RowOf<Builder>>> {
  const script = new AnswerScript(trial.answers ?? []);
  const report = await runPrepared(await prepareBuilder(builder, trial, script));
  return report as BuilderReport<RowOf<Builder>>;
}

/** Runs a prepared builder once, from its first lane on. */
export async function runPrepared(prepared: PreparedBuilder, answerCall?: AnswerCall): Promise<BuilderReport> {
  const randomName = `${prepared.randomSeed}/test`;
  let scriptError: DgtError | undefined;
  const recorder = new TestRecorder(randomName, async (call, execute) => {
    try {
      return await (answerCall === undefined ? execute() : answerCall(call, execute));
    } catch (error) {
      if ((error as Partial<DgtError>).code === 'DGT_TEST_SCRIPT') scriptError ??= error as DgtError;
      throw error;
    }
  });
  const { signal } = new AbortController();
  const lane = new Lane('1', { recorder, randomName, signal, log: consoleLog });
  const rows = await callBuilder(prepared, lane);
  // The builder may have caught it, and made of it what it makes of a failed call.
  if (scriptError !== undefined) throw scriptError;
  const { rejections, failures, calls } = recorder;
  return { rows, rejections, failures, calls };
}
