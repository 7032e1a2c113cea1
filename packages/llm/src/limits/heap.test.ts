import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { Heap } from './heap.js';

it('gives any items in their order, whatever is put in meanwhile', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.integer(), { nil: undefined })), (steps) => {
      const heap = new Heap<number>((a, b) => a < b);
      const kept: number[] = [];
      for (const step of steps) {
        if (step === undefined) {
          kept.sort((a, b) => a - b);
          expect(heap.peek()).toBe(kept[0]);
          expect(heap.pop()).toBe(kept.shift());
        } else {
          heap.push(step);
          kept.push(step);
        }
        expect(heap.size).toBe(kept.length);
      }
    }),
  );
});
