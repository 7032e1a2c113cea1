import { describe, expect, it } from 'vitest';
import { acceptedOutcome } from '../__fixtures__/temporary-ledger.js';
import type { Outcome } from '../ledger/outcome.js';
import { Funnel } from './funnel.js';

function lost(kind: Outcome['kind'], detail: Outcome['detail'], row: Outcome['row'] = null): Outcome {
  return { attempt: 1, kind, row, detail };
}

describe('the funnel', () => {
  it('counts what was accepted and each loss by block and reason, with the first sample', () => {
    const funnel = new Funnel();
    funnel.add(acceptedOutcome(1, 0, { a: 1 }));
    funnel.add(lost('rejected', { block: 'dedup', reason: 'repeats' }, 'first'));
    funnel.add(lost('rejected', { block: 'dedup', reason: 'repeats' }, 'second'));
    funnel.add(lost('rejected', { block: 'length', reason: 'too short' }));
    funnel.add(lost('no_row', { block: 'builder', reason: 'not a pair' }));
    expect([funnel.accepted, funnel.lost]).toEqual([1, 4]);
    expect(funnel.report()).toEqual({
      candidates: 5,
      accepted: 1,
      losses: [
        { kind: 'rejected', block: 'dedup', reason: 'repeats', count: 2, sample: 'first' },
        { kind: 'rejected', block: 'length', reason: 'too short', count: 1, sample: null },
        { kind: 'no_row', block: 'builder', reason: 'not a pair', count: 1, sample: null },
      ],
    });
  });

  it('puts failed calls of one cause together, whose reasons name each its own row', () => {
    const funnel = new Funnel();
    for (const reason of ['row 1 was too long', 'row 2 was too long']) {
      funnel.add(lost('error', { block: 'generator', code: 'DGT_PROMPT_TOO_LONG', reason }));
    }
    expect(funnel.report().losses).toMatchObject([{ kind: 'error', reason: 'DGT_PROMPT_TOO_LONG', count: 2 }]);
  });

  it('keeps apart one reason of two blocks, and of two kinds', () => {
    const funnel = new Funnel();
    funnel.add(lost('rejected', { block: 'a', reason: 'empty' }));
    funnel.add(lost('rejected', { block: 'b', reason: 'empty' }));
    funnel.add(lost('no_row', { block: 'a', reason: 'empty' }));
    expect(funnel.report().losses.map(({ count }) => count)).toEqual([1, 1, 1]);
  });

  it('says so when nobody gave a reason', () => {
    const funnel = new Funnel();
    funnel.add(lost('no_row', {}));
    expect(funnel.report().losses).toMatchObject([{ block: 'builder', reason: 'no reason given' }]);
  });

  it('counts reasons beyond the first hundred of a block together, so that it stays small', () => {
    const funnel = new Funnel();
    const reject = (block: string, reason: string) =>
      funnel.add({ attempt: 1, kind: 'no_row', row: reason, detail: { block, reason } });
    for (let index = 0; index < 1000; index++) reject('builder', `odd ${index}`);
    reject('builder', 'odd 0');
    reject('judge', 'dull');
    const { losses } = funnel.report();
    expect(losses).toHaveLength(102);
    expect(losses[0]).toMatchObject({ reason: 'odd 0', count: 2 });
    expect(losses[100]).toMatchObject({ block: 'builder', reason: 'other reasons', count: 900, sample: 'odd 100' });
    expect(losses[101]).toMatchObject({ block: 'judge', reason: 'dull', count: 1 });
  });
});
