import { createScriptLane, dataPoint, TransformationTask, type DataPointClass, type TaskSpec } from '@dgt/core';
import { chainFields, type ChainSpec } from './chain-fields.js';
import { Chain } from './chain.js';

/** A row as it is: its columns travel beside it, whatever they are called. */
class AnyRow extends dataPoint({}) {}

/** A task whose steps, and with them its output, stand in its file. */
export class PromptChainTask extends TransformationTask.of({ input: AnyRow, output: AnyRow, fields: chainFields }) {
  readonly chain: Chain;
  override readonly output: DataPointClass<{}>;
  readonly #kept: ReadonlySet<string> | undefined;

  /** @throws {@link ConfigError} for what cannot be a chain. */
  constructor(spec: TaskSpec<typeof chainFields>) {
    const chain = new Chain(spec.fields as ChainSpec, spec.folder ?? process.cwd());
    // What the files say defines the rows, and not where they are.
    super({ ...spec, fields: { ...spec.fields, files: chain.files.digests } as typeof spec.fields });
    this.chain = chain;
    this.output = dataPoint(chain.fields) as DataPointClass<{}>;
    const { keep_columns: keep } = spec.fields as ChainSpec;
    const named = keep === 'used' ? chain.usedColumns : keep;
    this.#kept =
      named === 'all' ? undefined : new Set([...(spec.unique_key === undefined ? [] : [spec.unique_key]), ...named]);
  }

  override async prepare(): Promise<void> {
    for (const step of this.chain.steps) await step.open();
  }

  override checkColumns(columns: Readonly<Record<string, unknown>>, row: number): void {
    // Of the further fields it matters here that they are there, and not what they hold.
    const extra = this.chain.makeExtraFields(row, createScriptLane().random);
    this.chain.check({ ...columns, ...extra }, `row ${row}`);
  }

  override keepColumns(columns: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
    const kept = this.#kept;
    return kept === undefined
      ? columns
      : Object.fromEntries(Object.entries(columns).filter(([name]) => kept.has(name)));
  }
}
