import type { CallContext, LMAnswer, LMRequest } from '@dgt/core';
import { addUsage } from './add-usage.js';

/**
 * Asks for several answers of a model whose API gives one at a time: as many requests at once, each tried, limited and billed
 * by itself, under the one recorded call. The seeds are those of the call and the ones that follow.
 */
export async function askSeveral(
  request: LMRequest,
  context: CallContext,
  ask: (request: LMRequest, context: CallContext) => Promise<LMAnswer>,
): Promise<LMAnswer> {
  const { n = 1, ...parameters } = request.parameters;
  const { seed: ownSeed } = parameters;
  const answers = await Promise.all(
    Array.from({ length: n }, (_, index) => {
      const seeded = ownSeed === undefined ? parameters : { ...parameters, seed: ownSeed + index };
      const idempotencyKey = `${context.idempotencyKey}/${index}`;
      const seed = (context.seed + index) % 2 ** 31;
      return ask({ ...request, parameters: seeded }, { ...context, idempotencyKey, seed });
    }),
  );
  return {
    choices: answers.flatMap(({ choices }) => choices),
    usage: answers.map(({ usage }) => usage).reduce(addUsage),
  };
}
