import type { AnswerFormat, AssistantMessage, BoundBlocks, LMProvider, Message } from '@dgt/core';

/** A model as a builder has it, bound to a lane. */
export type Model = BoundBlocks<{ model: typeof LMProvider }>['model'];

/** One question to a model. */
export interface Question {
  readonly input: string | readonly Message[];
  /** Generation parameters; `n` asks for several answers. */
  readonly gen_kwargs?: Readonly<Record<string, unknown>> | undefined;
  readonly response_format?: AnswerFormat | undefined;
  /** What it is asked for; stands in the record of a call that failed. */
  readonly step: string;
}

/**
 * Asks a model.
 *
 * @returns its answers, each a text or, with a `response_format`, a value; undefined when the call failed for good, which is on
 *   record then.
 */
export async function ask(model: Model, question: Question): Promise<unknown[] | undefined> {
  const { input, gen_kwargs = {}, response_format, step } = question;
  const row = { step, input, gen_kwargs, ...(response_format !== undefined && { response_format }) };
  const [answered] = await model.run([row]).toArray();
  if (answered === undefined) return undefined;
  const result = answered.result as unknown;
  const isSeveral = gen_kwargs['n'] !== undefined && Array.isArray(result);
  const answers = isSeveral ? (result as unknown[]) : [result];
  return response_format === undefined ? answers.map(readText) : answers;
}

/** The text of an answer, which is a message where a chat was sent. */
export function readText(answer: unknown): string {
  return typeof answer === 'string' ? answer : ((answer as AssistantMessage).content ?? '');
}
