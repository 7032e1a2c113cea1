import type { LMRequest, Log } from '@dgt/core';

/** The name of the bundled model that knows geography and nothing else. */
export const demonstrationModel = 'dgt-geo-micro';

/** Fewer tokens than this are no question-answer pair. */
const pairTokens = 16;

/** Says, once each, what the bundled demonstration model is and when it is used in a way that it cannot serve. */
export class DemonstrationNotice {
  readonly #log: Log;
  readonly #said = new Set<string>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** To be called for each request to the model. */
  check(request: LMRequest): void {
    this.#say(
      'info',
      `${demonstrationModel} is a tiny demonstration model: it writes geography question-answer pairs, about 96 % of them ` +
        'true, and rates how hard they are, about 69 % right. Use a real model for real data.',
    );
    const { temperature, max_tokens = pairTokens } = request.parameters;
    if (temperature === 0 && max_tokens >= pairTokens) {
      this.#say(
        'warning',
        `${demonstrationModel} at temperature 0 repeats the same few pairs; set temperature to 0.8 for this model.`,
      );
    }
  }

  #say(level: 'info' | 'warning', message: string): void {
    if (this.#said.has(message)) return;
    this.#said.add(message);
    this.#log.write(level, message);
  }
}
