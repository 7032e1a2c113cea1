import type { CallContext, LMAnswer, LMRequest } from '@dgt/core';
import { addUsage } from './add-usage.js';

/** How {@link askMore} asks. */
export interface MoreAsking {
  /** What the model has answered already. */
  readonly answer: LMAnswer | undefined;
  ask(request: LMRequest, context: CallContext): Promise<LMAnswer>;
}

/**
 * Asks for the answers that are missing to `n`, of a model whose API gives one at a time: as many requests at once, each tried,
 * limited and billed by itself, under the one recorded call. Their seeds are those that follow on the one of the call.
 */
export async function askMore(
  request: LMRequest,
  context: CallContext,
  { answer, ask }: MoreAsking,
): Promise<LMAnswer> {
  const { n = 1, ...parameters } = request.parameters;
  const { seed: ownSeed } = parameters;
  const first = answer?.choices.length ?? 0;
  const further = await Promise.all(
    Array.from({ length: n - first }, (_, position) => {
      const index = first + position;
      const seeded = ownSeed === undefined ? parameters : { ...parameters, seed: ownSeed + index };
      const idempotencyKey = `${context.idempotencyKey}/${index}`;
      const seed = (context.seed + index) % 2 ** 31;
      return ask({ ...request, parameters: seeded }, { ...context, idempotencyKey, seed });
    }),
  );
  const answers = answer === undefined ? further : [answer, ...further];
  return {
    choices: answers.flatMap(({ choices }) => choices),
    usage: answers.map(({ usage }) => usage).reduce(addUsage),
  };
}
