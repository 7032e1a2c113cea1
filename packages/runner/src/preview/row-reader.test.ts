import { describe, expect, it } from 'vitest';
import { RowReader } from './row-reader.js';

/** Gives rows, and says how many it was asked for. */
function countTo(end: number) {
  const asked: number[] = [];
  async function* rows() {
    for (let n = 1; n <= end; n++) {
      asked.push(n);
      yield { n };
    }
  }
  return { asked, rows: rows() };
}

describe('the reader of a preview', () => {
  it('asks for no row more than it wants', async () => {
    const { asked, rows } = countTo(10);
    const reader = new RowReader(3);
    expect(await reader.read('generate', rows)).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
    expect(asked).toEqual([1, 2, 3]);
    expect(reader.missing).toBe(0);
  });

  it('takes what there is when that is less', async () => {
    const reader = new RowReader(3);
    expect(await reader.read('generate', [{ n: 1 }])).toEqual([{ n: 1 }]);
    expect(reader.missing).toBe(2);
  });

  it('counts answers without a row, and does not wait for a builder then that has no more', async () => {
    const reader = new RowReader(2);
    async function* stuck() {
      yield { n: 1 };
      await new Promise(() => {});
    }
    const reading = reader.read('generate', stuck());
    reader.countLoss();
    expect(await reading).toHaveLength(1);
  });

  it('raises what the builder throws, and refuses what is no row', async () => {
    const fail = () => {
      throw new RangeError('as asked');
    };
    await expect(new RowReader(2).read('generate', { [Symbol.iterator]: () => ({ next: fail }) })).rejects.toThrow(
      'as asked',
    );
    await expect(new RowReader(2).read('generate', ['text'])).rejects.toThrow("generate gave 'text' as a row");
  });
});
