import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Turnstile } from './turnstile.js';

const attempts = Array.from({ length: 12 }, (_, index) => index + 5);

describe('a turnstile', () => {
  it('lets numbers through in their order, one at a time, in whatever order they arrive', async () => {
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(attempts, { minLength: attempts.length }), async (arrivals) => {
        const turnstile = new Turnstile(5);
        const log: string[] = [];
        const passing = arrivals.map(async (number) => {
          await turnstile.wait(number);
          log.push(`in ${number}`);
          await new Promise((resolve) => setImmediate(resolve));
          log.push(`out ${number}`);
          turnstile.pass(number);
        });
        await Promise.all(passing);
        expect(log).toEqual(attempts.flatMap((number) => [`in ${number}`, `out ${number}`]));
      }),
      { numRuns: 30 },
    );
  });

  it('lets a number in that comes after its turn has begun', async () => {
    const turnstile = new Turnstile(1);
    await turnstile.wait(1);
    turnstile.pass(1);
    await expect(turnstile.wait(2)).resolves.toBeUndefined();
  });
});
