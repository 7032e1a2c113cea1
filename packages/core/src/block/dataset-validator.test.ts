import { describe, expect, it } from 'vitest';
import { createRecordingLane } from '../__fixtures__/recording-lane.js';
import { Type } from '../schema.js';
import { DatasetValidator } from './dataset-validator.js';
import type { Verdict } from './verdict.js';

type Scored = { score: number };

/** Keeps what is as good as the average or better. */
class AboveAverage extends DatasetValidator.of({ input: { score: Type.Number() } }) {
  readonly seen: number[] = [];

  validateAll(rows: readonly Scored[]): (boolean | Verdict)[] {
    this.seen.push(rows.length);
    const average = rows.reduce((sum, { score }) => sum + score, 0) / rows.length;
    return rows.map(({ score }) => score >= average || { valid: false, reason: 'below average', score });
  }
}

const rows = [
  { id: 1, points: 1 },
  { id: 2, points: 5 },
  { id: 3, points: 6 },
];
const input_map = { points: 'score' };

describe('a dataset validator', () => {
  it('sees all rows at once, and keeps the good ones in their order', async () => {
    async function* late() {
      yield* rows;
    }
    const { lane, rejections } = createRecordingLane();
    const block = new AboveAverage({ name: 'best', filter: true, input_map });
    const kept = (await block.run(late(), { lane }).toArray()) as object[];
    expect(kept).toEqual([
      { id: 2, points: 5, is_valid: true, metadata: {} },
      { id: 3, points: 6, is_valid: true, metadata: {} },
    ]);
    expect(block.seen).toEqual([3]);
    expect(rejections).toEqual([
      { lane: 'r.0', block: 'best', reason: 'below average', score: 1, against: undefined, sample: rows[0] },
    ]);
  });

  it('without a filter marks every row, where an output map says', async () => {
    const block = new AboveAverage({ input_map, output_map: { is_valid: 'checks.best', metadata: 'why' } });
    expect(await block.run(rows.slice(0, 2)).toArray()).toEqual([
      { id: 1, points: 1, checks: { best: false }, why: { score: 1, reason: 'below average' } },
      { id: 2, points: 5, checks: { best: true }, why: {} },
    ]);
    expect(rows[0]).toEqual({ id: 1, points: 1 });
  });

  it('is asked about no rows too', async () => {
    const block = new AboveAverage({ input_map });
    expect(await block.run([]).toArray()).toEqual([]);
    expect(block.seen).toEqual([0]);
  });

  it.each([1, 4])('that gives %i verdicts for three rows is at fault', async (verdicts) => {
    class Miscounts extends DatasetValidator.of({}) {
      validateAll() {
        return Array.from({ length: verdicts }, () => true);
      }
    }
    await expect(new Miscounts({ name: 'best' }).run(rows).toArray()).rejects.toMatchObject({
      code: 'DGT_VERDICT_COUNT',
      details: { block: 'best', verdicts, rows: 3 },
    });
  });

  it('has the scope of the whole dataset', () => {
    expect(AboveAverage.scope).toBe('all');
  });
});
