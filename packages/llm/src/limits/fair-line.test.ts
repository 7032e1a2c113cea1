import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FairLine, type Place } from './fair-line.js';

function drain<T extends Place>(line: FairLine<T>): T[] {
  const served: T[] = [];
  for (let item = line.pop(); item !== undefined; item = line.pop()) served.push(item);
  return served;
}

describe('FairLine', () => {
  it('serves the oldest of a task first, and those of one age in the order in which they came', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 })), (ages) => {
        const line = new FairLine<Place & { readonly index: number }>();
        ages.forEach((age, index) => line.push({ task: 'a', age, index }));
        const sorted = ages.map((age, index) => ({ age, index })).sort((a, b) => a.age - b.age || a.index - b.index);
        expect(drain(line).map(({ age, index }) => ({ age, index }))).toEqual(sorted);
      }),
    );
  });

  it('lets tasks take turns, however old their calls are and however many wait', () => {
    const line = new FairLine<Place>();
    for (let age = 0; age < 100; age++) line.push({ task: 'long', age });
    for (let age = 500; age < 510; age++) line.push({ task: 'short', age });
    const served = drain(line).map(({ task }) => task);
    expect(served.slice(0, 20).filter((task) => task === 'short')).toHaveLength(10);
    expect(served).toHaveLength(110);
  });

  it('saves no turns up for a task that did not wait', () => {
    const line = new FairLine<Place>();
    for (let age = 0; age < 100; age++) line.push({ task: 'a', age });
    for (let count = 0; count < 50; count++) line.pop();
    for (let age = 0; age < 50; age++) line.push({ task: 'b', age });
    const next = Array.from({ length: 20 }, () => line.pop()?.task);
    expect(next.filter((task) => task === 'a')).toHaveLength(10);
  });

  it('counts no turn for one who leaves without being served', () => {
    const line = new FairLine<Place>();
    line.push({ task: 'a', age: 1 });
    line.push({ task: 'a', age: 2 });
    line.push({ task: 'b', age: 1 });
    line.pop(false);
    expect(line.size).toBe(2);
    expect(line.peek()).toEqual({ task: 'a', age: 2 });
  });
});
