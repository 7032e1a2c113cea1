import { DatasetValidator, Lane, markRow } from '@dgt/core';
import type { AnyBlock, DataPointClass, LaneScope, Row, Verdict } from '@dgt/core';
import type { OutcomeDetail } from '../ledger/outcome.js';

/** A row that a block dropped when it saw the whole dataset. */
export interface DatasetDrop {
  readonly row: Row;
  readonly detail: OutcomeDetail;
}

/** A dataset after the blocks that see all of it. */
export interface JudgedDataset {
  /** The rows that are left, in their order. */
  readonly rows: readonly Row[];
  readonly drops: readonly DatasetDrop[];
}

/** The postprocessors of scope `all`, which run at the end of the others, on every row that passed those. */
export class DatasetStages {
  readonly #validators: readonly DatasetValidator[];
  /** The fields that a row of the dataset may have. */
  readonly #declared: ReadonlySet<string>;

  constructor(postprocessors: readonly AnyBlock[], output: DataPointClass) {
    this.#declared = new Set(Object.keys(output.schema.properties));
    this.#validators = postprocessors.filter((block) => block instanceof DatasetValidator);
  }

  get isEmpty(): boolean {
    return this.#validators.length === 0;
  }

  /** Takes all rows through the stages, each seeing what the one before left. */
  async judge(accepted: readonly Row[], laneName: string, scope: LaneScope): Promise<JudgedDataset> {
    const lane = new Lane(laneName, scope);
    const drops: DatasetDrop[] = [];
    let rows = accepted;
    for (const [stage, validator] of this.#validators.entries()) {
      const verdicts = await validator.judgeAll(rows, lane.at(stage));
      const kept: Row[] = [];
      for (const [index, row] of rows.entries()) {
        const verdict = verdicts[index] ?? { valid: true };
        if (verdict.valid || !validator.config.filter) {
          kept.push(this.#mark(validator, row, verdict));
          continue;
        }
        const { reason = 'invalid', score } = verdict;
        drops.push({ row, detail: { block: validator.name, reason, score } });
      }
      rows = kept;
    }
    return { rows, drops };
  }

  /** The row with the marks of a validator, as far as the task declares them. */
  #mark(validator: DatasetValidator, row: Row, verdict: Verdict): Row {
    const marked = validator.writeOutput(row, markRow(validator, row, verdict));
    const entries = Object.entries(marked).filter(([key]) => Object.hasOwn(row, key) || this.#declared.has(key));
    return Object.fromEntries(entries);
  }
}
