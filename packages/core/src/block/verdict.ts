import { Type } from '../schema.js';
import type { AnyBlock, BlockContext } from './any-block.js';

/** What a validator says of a row. */
export interface Verdict {
  readonly valid: boolean;
  /** Why not; stands in rejected.jsonl and in the funnel. */
  readonly reason?: string;
  /** How close the row came, where the validator measures. */
  readonly score?: number;
  /** What the row collided with: a label that was given to `Gate.remember` or `Gate.judge`. */
  readonly against?: unknown;
  /** Further details, written on the row beside `score` and `reason`. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** What every validator can be configured with. */
export const validatorConfig = {
  /** Whether invalid rows are dropped; otherwise they are kept and marked with `is_valid: false`. */
  filter: Type.Boolean({ default: false }),
};

/** The configuration that {@link validatorConfig} describes. */
export interface ValidatorConfig {
  readonly filter: boolean;
}

/** What a validator writes on a row that it keeps. */
export interface ValidatorOutput {
  is_valid: boolean;
  /** The details of the verdict, with its `score` and `reason`. */
  metadata: Readonly<Record<string, unknown>>;
}

type Validator = Pick<AnyBlock<ValidatorConfig>, 'name' | 'config' | 'routesOutput'>;

/** The marks of a row that is kept, or nothing after recording why it is dropped. */
export function applyVerdict(block: Validator, verdict: Verdict, context: BlockContext): Partial<ValidatorOutput>[] {
  if (verdict.valid || !block.config.filter) return [markRow(block, context.row, verdict)];
  const { reason = 'invalid', score, against } = verdict;
  context.lane.reject({ block: block.name, reason, score, against, sample: context.row });
  return [];
}

/**
 * What a validator writes on a row that it keeps: `is_valid` and `metadata`. Fields of these names that the user's row has
 * already are left alone, unless an output map says to replace them.
 */
export function markRow(block: Validator, row: object, verdict: Verdict): Partial<ValidatorOutput> {
  const { valid, reason, score, metadata } = verdict;
  const details = { ...metadata, ...(score !== undefined && { score }), ...(reason !== undefined && { reason }) };
  const marks = Object.entries({ is_valid: valid, metadata: details });
  return Object.fromEntries(marks.filter(([field]) => block.routesOutput(field) || !Object.hasOwn(row, field)));
}
