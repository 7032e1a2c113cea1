import { PluginError, ProviderError } from '@dgt/core';
import type { ModelCall } from './model-call.js';

/** What a scripted model says: a text, or an error for a call that fails for good. */
export type ScriptedAnswer = string | Error;

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

  /** @throws {@link PluginError} DGT_TEST_SCRIPT when the script has no answer; {@link ProviderError} when it says that the call fails. */
  async answer(call: ModelCall): Promise<string> {
    const answer = await this.#find(call);
    if (typeof answer === 'string') return answer;
    if (ProviderError.isInstance(answer)) throw answer;
    if (answer instanceof Error) {
      const details = { provider: 'the script', endpoint: 'runBuilder', status: 400, reason: answer.message };
      throw new ProviderError('DGT_PROVIDER_REQUEST', 'permanent', details, { cause: answer });
    }
    throw noAnswer(call, this.#calls, this.#answers);
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

function isList(answers: Answers): answers is readonly ScriptedAnswer[] {
  return Array.isArray(answers);
}

function noAnswer({ block, prompt }: ModelCall, calls: number, answers: Answers): PluginError {
  const asked = `block "${block}" asked ${JSON.stringify(prompt.length > 400 ? `...${prompt.slice(-400)}` : prompt)}`;
  if (typeof answers === 'function')
    return new PluginError('DGT_TEST_SCRIPT', {
      problem: `${asked}, for which the answers function gave no text`,
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
