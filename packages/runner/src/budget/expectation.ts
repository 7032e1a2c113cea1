import type { CallSize } from './call-size.js';

/** Tokens of a call. */
export interface CallTokens {
  readonly prompt: number;
  readonly completion: number;
}

/** What chat templates add to each message, and around all of them. */
const tokensAroundMessage = 32;

/** Until more is known, a prompt has a token for so many bytes: fewer than any language takes on average. */
const bytesPerToken = 3;

/** Answers after which their own spread is taken; before, it is taken to be as large as their mean. */
const fewAnswers = 8;

/**
 * The most that a call can take; undefined where nothing bounds it. Tools and shapes are written out for the model in a form
 * that is longer than theirs, hence twice.
 */
export function boundCall(size: CallSize): CallTokens | undefined {
  const { promptBytes, messages, choices, maxTokens, hasLinks } = size;
  if (hasLinks || (maxTokens === undefined && choices > 0)) return undefined;
  // An API that gives one answer at a time is asked so many times.
  const asked = Math.max(1, choices);
  return {
    prompt: asked * (2 * promptBytes + tokensAroundMessage * (messages + 1)),
    completion: choices * (maxTokens ?? 0),
  };
}

/** Learns from the calls of one block what its next ones are going to take. */
export class Expectation {
  #calls = 0;
  #mean = 0;
  /** The sum of the squared distances from the mean. */
  #squares = 0;
  #bytes = 0;
  #prompt = 0;

  /** Whether there was an answer to learn from. */
  get isLearnt(): boolean {
    return this.#calls > 0;
  }

  note({ promptBytes, choices }: CallSize, { prompt, completion }: CallTokens): void {
    this.#calls++;
    const each = completion / Math.max(1, choices);
    const distance = each - this.#mean;
    this.#mean += distance / this.#calls;
    this.#squares += distance * (each - this.#mean);
    this.#bytes += promptBytes;
    this.#prompt += prompt;
  }

  /**
   * What a call is expected to take, with room for one that takes more than most: many calls under way at once then stay
   * within what is reserved for them, all together.
   */
  expect(size: CallSize): CallTokens {
    const { promptBytes, choices, maxTokens = Number.POSITIVE_INFINITY } = size;
    const rate = this.#bytes > 0 ? this.#prompt / this.#bytes : 1 / bytesPerToken;
    const deviation = this.#calls < fewAnswers ? this.#mean : Math.sqrt(this.#squares / (this.#calls - 1));
    const completion = choices * Math.min(this.#mean + 2 * deviation, maxTokens);
    return { prompt: Math.ceil(promptBytes * rate), completion: Math.ceil(completion) };
  }
}
