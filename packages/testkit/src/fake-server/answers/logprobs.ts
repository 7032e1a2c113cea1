import { createRandom } from '@dgt/core';
import { splitTokens } from '../tokens.js';
import type { TokenLogprob } from './answer.js';

const alternatives = [
  'the',
  'a',
  'of',
  'and',
  'to',
  'in',
  'is',
  'it',
  'that',
  'was',
  'for',
  'on',
  'are',
  'as',
  'with',
  'at',
  'be',
  'by',
  'this',
  'or',
];

/**
 * Probabilities for the tokens of a text: the same for the same answer, and never above 1 in sum.
 *
 * @param count how many alternatives to list with each token, itself among them.
 */
export function drawLogprobs(text: string, count: number, identity: string): TokenLogprob[] {
  const random = createRandom(`logprobs/${identity}`);
  return splitTokens(text).map((token) => {
    const share = 0.5 + random.next() / 2;
    const own = { token, logprob: Math.log(share) };
    const others = alternatives.filter((word) => word !== token.trim()).slice(0, Math.max(0, count - 1));
    const rest = others.map((word, index) => ({
      token: ` ${word}`,
      logprob: Math.log((1 - share) / 2 ** (index + 1)),
    }));
    return { token, logprob: own.logprob, top: count > 0 ? [own, ...rest] : [] };
  });
}
