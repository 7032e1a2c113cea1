import { describe, expect, it } from 'vitest';
import { CallLog } from './call-log.js';

describe('the log of calls', () => {
  it('gives the calls of an owner in the order of their lanes, in whatever order they were answered', () => {
    const log = new CallLog();
    const add = (owner: number, key: string) => {
      const call = { label: 'generator', request: key, execute: () => Promise.resolve(null) };
      log.add({ owner, key, hash: Buffer.alloc(0), call }, `answer to ${key}`, 'answered');
    };
    for (const key of ['1.0.10#0', '1.0.2#1', '1.0.2#0', '1.0#0']) add(1, key);
    add(2, '2.0#0');
    expect(log.of(1).map(({ lane, call }) => `${lane}#${call}`)).toEqual(['1.0#0', '1.0.2#0', '1.0.2#1', '1.0.10#0']);
    expect(log.of(2)).toMatchObject([{ label: 'generator', request: '2.0#0', answer: 'answer to 2.0#0' }]);
    expect(log.of(3)).toEqual([]);
  });
});
