import { PluginError, ProviderError, type LMAnswer, type LMChoice, type LMRequest } from '@dgt/core';
import { renderPrompt, type ModelCall } from './model-call.js';

/**
 * What a scripted model says: a text, a message that may call tools (`{ tool_calls: [{ name, arguments }] }`), or an error
 * for a call that fails for good. A call that asks for `n` answers gets a list, or the same answer `n` times.
 */
export type ScriptedAnswer = ScriptedChoice | readonly ScriptedChoice[] | Error;

/** One answer of a scripted model. */
export type ScriptedChoice =
  | string
  | {
      readonly content?: string;
      readonly tool_calls?: readonly { readonly name: string; readonly arguments: object }[];
      readonly reasoning?: string;
    };

/**
 * Where the answers of a scripted model come from.
 * - a list: one answer a call, in the order in which the calls are made;
 * - a function of the call;
 * - an object: the answer whose key is a part of the prompt, the first that fits.
 */
export type Answers =
  | readonly ScriptedAnswer[]
  | ((call: ModelCall) => ScriptedAnswer | Promise<ScriptedAnswer>)
  | Readonly<Record<string, ScriptedAnswer>>;

/** Gives the answers of a script, one call at a time. */
export class AnswerScript {
  readonly #answers: Answers;
  #calls = 0;

  constructor(answers: Answers) {
    this.#answers = answers;
  }

  /**
   * @param block the name of the block that calls.
   * @throws {@link PluginError} DGT_TEST_SCRIPT when the script has no answer; {@link ProviderError} when it says that the
   *   call fails.
   */
  async answer(request: LMRequest, block: string): Promise<LMAnswer> {
    const { input, parameters, tools } = request;
    const call = { block, input, prompt: renderPrompt(request), parameters, ...(tools && { tools }) };
    const answer = await this.#find(call);
    if (ProviderError.isInstance(answer)) throw answer;
    if (answer instanceof Error) {
      const details = { provider: 'the script', endpoint: 'runBuilder', status: 400, reason: answer.message };
      throw new ProviderError('DGT_PROVIDER_REQUEST', 'permanent', details, { cause: answer });
    }
    if (answer === undefined || answer === null) throw noAnswer(call, this.#calls, this.#answers);
    const given = isList(answer) ? answer : Array.from({ length: parameters.n ?? 1 }, () => answer);
    return { choices: given.map(toChoice), usage: {} };
  }

  #find(call: ModelCall): ScriptedAnswer | undefined | Promise<ScriptedAnswer | undefined> {
    const answers = this.#answers;
    const number = this.#calls++;
    if (typeof answers === 'function') return answers(call);
    if (isList(answers)) return answers[number];
    const key = Object.keys(answers).find((part) => call.prompt.includes(part));
    return key === undefined ? undefined : answers[key];
  }
}

function toChoice(given: ScriptedChoice): LMChoice {
  if (typeof given === 'string') return { text: given, finish_reason: 'stop' };
  const { content = '', tool_calls: calls, reasoning } = given;
  const tool_calls = calls?.map(({ name, arguments: args }, index) => {
    return { id: `call_${index + 1}`, name, arguments: JSON.stringify(args) };
  });
  return {
    text: content,
    finish_reason: tool_calls === undefined ? 'stop' : 'tool_calls',
    ...(tool_calls && { tool_calls }),
    ...(reasoning !== undefined && { reasoning }),
  };
}

function isList<T>(value: unknown): value is readonly T[] {
  return Array.isArray(value);
}

function noAnswer({ block, prompt }: ModelCall, calls: number, answers: Answers): PluginError {
  const asked = `block "${block}" asked ${JSON.stringify(prompt.length > 400 ? `...${prompt.slice(-400)}` : prompt)}`;
  if (typeof answers === 'function')
    return new PluginError('DGT_TEST_SCRIPT', {
      problem: `${asked}, for which the answers function gave nothing`,
      advice: 'Return a string for every call, or an Error for a call that is to fail.',
    });
  if (isList(answers))
    return new PluginError('DGT_TEST_SCRIPT', {
      problem: `${asked}, call ${calls} of a script of ${answers.length} answers`,
      advice: 'Add an answer for each call, or give a function: `answers: ({ prompt }) => ...`.',
    });
  const keys = Object.keys(answers).map((key) => JSON.stringify(key));
  return new PluginError('DGT_TEST_SCRIPT', {
    problem: `${asked}, which holds none of ${keys.join(', ') || 'no keys at all'}`,
    advice: 'Add a part of this prompt as a key; the key "" answers every prompt.',
  });
}
