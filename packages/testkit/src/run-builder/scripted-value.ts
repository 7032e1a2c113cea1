import { compileSchema, describeProblems, ProviderError, type AnswerFormat, type TSchema } from '@dgt/core';

/**
 * The value of an answer for which code asked a `response_format`. A script says what the model means, so its answer has to be
 * JSON as it stands: nothing is mended and nothing asked for again.
 *
 * @throws {@link ProviderError} permanent, DGT_ANSWER_SHAPE as from a real model, for an answer that does not fit.
 */
export function readScriptedValue(answer: string, format: AnswerFormat, block: string): unknown {
  const fail = (problem: string) => {
    const name = typeof format === 'function' ? format.name : 'answer';
    const details = { block, shape: name, calls: 1, problem, seen: JSON.stringify(answer) };
    return new ProviderError('DGT_ANSWER_SHAPE', 'permanent', details);
  };
  let value: unknown;
  try {
    value = JSON.parse(answer);
  } catch {
    throw fail('it is not JSON');
  }
  const schema = findSchema(format);
  const problems = schema === undefined ? [] : compileSchema(schema).check(value);
  if (problems.length > 0) throw fail(describeProblems(problems));
  return value;
}

/** The schema of a data point or of `Type`; of others the script is believed. */
function findSchema(format: AnswerFormat): TSchema | undefined {
  if (typeof format === 'function') return format.schema as TSchema;
  return Symbol.for('TypeBox.Kind') in format ? (format as TSchema) : undefined;
}
