import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Timeline } from './timeline.js';

describe('the timeline of a server', () => {
  it('counts what was in flight in each second, also where nothing came', () => {
    const timeline = new Timeline();
    timeline.start(500);
    timeline.start(600);
    timeline.end(3700, 10);
    timeline.end(4600, 5);
    timeline.start(4700);
    expect(timeline.inFlight).toEqual([2, 2, 2, 2, 1]);
    expect(timeline).toMatchObject({ mostInFlight: 2, nowInFlight: 1, seconds: 4.2 });
    expect(timeline.mostTokensPerMinute()).toBe(15);
  });

  it('finds the busiest second and minute', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20_000), { minLength: 1, maxLength: 60 }), (gaps) => {
        const timeline = new Timeline();
        const times: number[] = [];
        let now = 0;
        for (const gap of gaps) {
          timeline.start(now);
          timeline.end(now, 1);
          times.push(now);
          now += gap;
        }
        const most = (step: (time: number) => number, width: number) =>
          Math.max(
            ...times.map(
              (end) => times.filter((time) => step(time) > step(end) - width && step(time) <= step(end)).length,
            ),
          );
        const tenth = (time: number) => Math.floor(time / 100);
        expect(timeline.mostRequestsPerSecond()).toBe(most(tenth, 10));
        expect(timeline.mostRequestsPerMinute()).toBe(most(tenth, 600));
        expect(timeline.mostTokensPerMinute()).toBe(most(tenth, 600));
      }),
    );
  });
});
