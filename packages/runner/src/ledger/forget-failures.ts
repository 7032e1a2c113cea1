import { outcomeKinds } from './outcome.js';

/** Answers that are whole and cannot be used: only other answers can help the row that asked for them. */
const unusable = ['DGT_ANSWER_SHAPE', 'DGT_ANSWER_CUT'].map((code) => `'${code}'`).join(', ');

/**
 * Forgets the calls that failed, and all calls on an input that ended because its answers could not be used. Runs while the
 * attempts that tell which inputs these are stand.
 */
export const forgetFailures = `DELETE FROM calls WHERE failed = 1 OR owner IN (
  SELECT attempts.input FROM attempts JOIN outcomes ON outcomes.attempt = attempts.number
  WHERE attempts.input IS NOT NULL AND outcomes.kind = ${outcomeKinds.indexOf('error')}
  AND json_extract(outcomes.detail, '$.code') IN (${unusable}))`;
