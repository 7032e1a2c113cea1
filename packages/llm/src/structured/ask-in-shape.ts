import { ProviderError } from '@dgt/core';
import type { Lane, LMAnswer, LMChoice, LMRequest, Usage } from '@dgt/core';
import { addUsage } from '../add-usage.js';
import { cutAtStop } from '../stop.js';
import type { AnswerShape } from './answer-shape.js';
import { addCorrection } from './instruction.js';
import { readJson, type JsonReading } from './read-json.js';

/** How {@link askInShape} asks. */
export interface ShapedAsking {
  /** The name of the block, for errors and counts. */
  readonly block: string;
  readonly shape: AnswerShape;
  /** How often a choice that cannot be used is asked for again. Minimum: 0. */
  readonly maxReasks: number;
  readonly lane: Pick<Lane, 'note' | 'reject'>;
  /** Makes one call, recorded as a call of its own. */
  ask(request: LMRequest): Promise<LMAnswer>;
}

/** An answer whose every choice has the shape, or calls tools. */
export interface ShapedAnswer {
  /** The text of each choice is JSON; the usage is that of all calls together. */
  readonly answer: LMAnswer;
  /** The value of each choice; undefined for one that calls tools. */
  readonly values: readonly unknown[];
}

/**
 * Asks a model until its answer has a shape: reads the JSON, mends it, and asks again with what is wrong. Of several choices
 * each is asked for again by itself, and those that stay unusable are left out as long as one can be used.
 *
 * @throws {@link ProviderError} permanent, DGT_ANSWER_SHAPE when no choice can be used in the end.
 */
export async function askInShape(request: LMRequest, asking: ShapedAsking): Promise<ShapedAnswer> {
  const { shape, maxReasks } = asking;
  const answer = await asking.ask(request);
  let usage = answer.usage;
  const choices = answer.choices.map((choice) => readChoice(choice, request, shape));
  for (let reasks = 0; reasks < maxReasks; reasks++) {
    const open = choices.flatMap((choice, index) => (choice.reading && 'fault' in choice.reading ? [index] : []));
    if (open.length === 0) break;
    // Asked for in the order of the choices, round by round: so the calls of the lane have the same numbers in every run.
    const again = await Promise.all(open.map((index) => askAgain(choices[index] as ReadChoice, request, asking)));
    for (const [position, index] of open.entries()) {
      const better = again[position];
      if (better === undefined) continue;
      usage = addUsage(usage, better.usage);
      choices[index] = readChoice(better.choices[0] as LMChoice, request, shape);
    }
  }
  return settle(choices, usage, asking);
}

/** Which answers a run has to count. */
type Counter = 'answers_repaired' | 'answers_reasked' | 'answers_unusable';

/** A choice with what its text says; without a reading it calls tools. */
interface ReadChoice {
  readonly choice: LMChoice;
  readonly reading?: JsonReading;
}

function readChoice(choice: LMChoice, request: LMRequest, shape: AnswerShape): ReadChoice {
  if (choice.tool_calls !== undefined && choice.tool_calls.length > 0) return { choice };
  const { text, stopped } = cutAtStop(choice.text, request.parameters.stop);
  const finish_reason = stopped ? 'stop' : choice.finish_reason;
  const reading = readJson(text, { ...(shape.check && { check: shape.check }), cut: finish_reason === 'length' });
  return { choice: { ...choice, text, finish_reason }, reading };
}

async function askAgain(
  { choice, reading }: ReadChoice,
  request: LMRequest,
  asking: ShapedAsking,
): Promise<LMAnswer | undefined> {
  if (reading === undefined || !('fault' in reading)) return undefined;
  note(asking, 'answers_reasked', reading.fault);
  try {
    return await asking.ask(addCorrection(request, { answer: choice.text, problem: reading.problem }));
  } catch (error) {
    // Such as a prompt that is too long with the answer in it: what is wrong with the row is still its answer.
    if (ProviderError.isInstance(error) && error.failure === 'permanent') return undefined;
    throw error;
  }
}

function settle(choices: readonly ReadChoice[], usage: Usage, asking: ShapedAsking): ShapedAnswer {
  const kept: LMChoice[] = [];
  const values: unknown[] = [];
  const unusable: ProviderError[] = [];
  for (const { choice, reading } of choices) {
    if (reading !== undefined && 'fault' in reading) {
      note(asking, 'answers_unusable', reading.fault);
      unusable.push(shapeError(choice, reading.problem, asking));
      continue;
    }
    if (reading?.repair !== undefined) note(asking, 'answers_repaired', reading.repair);
    kept.push(reading === undefined ? choice : { ...choice, text: reading.text });
    values.push(reading?.value);
  }
  const [first] = unusable;
  if (kept.length === 0 && first !== undefined) throw first;
  for (const { message: reason } of unusable) asking.lane.reject({ block: asking.block, reason });
  return { answer: { choices: kept, usage }, values };
}

function note({ lane, block }: ShapedAsking, counter: Counter, cause: string): void {
  lane.note({ block, counter, cause });
}

const longestSeen = 200;

function shapeError({ text }: LMChoice, problem: string, { block, shape, maxReasks }: ShapedAsking): ProviderError {
  const seen = JSON.stringify(text.length > longestSeen ? `${text.slice(0, longestSeen)}...` : text);
  const details = { block, shape: shape.name, calls: maxReasks + 1, problem, seen };
  return new ProviderError('DGT_ANSWER_SHAPE', 'permanent', details);
}
