import { describe, expect, it } from 'vitest';
import { Activity } from '../engine/activity.js';
import type { RecordedAnswer } from '../ledger/records.js';
import { CallLog } from '../inspect/call-log.js';
import { PreviewGate } from './preview-gate.js';

/** A gate, and the order in which calls were made behind it. */
function createGate(holds = () => true) {
  const made: string[] = [];
  const log = new CallLog();
  const gate = new PreviewGate(new Activity(), log, holds);
  const ask = (key: string) => {
    const call = { label: 'generator', request: key, execute: () => Promise.resolve(null) };
    const open = { owner: 1, key: `1.0.${key}#0`, hash: Buffer.alloc(0), call };
    return gate.pass(open, () => {
      made.push(key);
      const lane = `1.0.${key}`;
      return Promise.resolve<RecordedAnswer>({
        lane,
        call: 0,
        hash: Buffer.alloc(0),
        failed: key === '9',
        answer: key,
      });
    });
  };
  return { gate, made, log, ask };
}

describe('the gate of a preview', () => {
  it('makes as many calls as it is let to, the oldest first', async () => {
    const { gate, made, ask } = createGate();
    const asked = ['0', '1', '2'].map(ask);
    expect(made).toEqual([]);
    gate.release(2);
    await Promise.all(asked.slice(0, 2));
    expect(made).toEqual(['0', '1']);
  });

  it('goes on with what follows from answers before it begins anything new', async () => {
    const { gate, made, ask } = createGate();
    const [first] = [ask('0'), ask('1'), ask('2')];
    gate.release(1);
    await first;
    const next = ask('0.1');
    gate.release(1);
    await next;
    expect(made).toEqual(['0', '0.1']);
  });

  it('keeps what was asked and answered, and nothing of calls that it never made', async () => {
    const { gate, log, ask } = createGate();
    const asked = [ask('9'), ask('1')];
    gate.release(1);
    await asked[0];
    gate.drop();
    gate.release(5);
    expect(log.of(1)).toMatchObject([{ request: '9', answer: '9', state: 'failed' }]);
  });

  it('lets calls pass that it is not to hold', async () => {
    const { made, ask } = createGate(() => false);
    await ask('0');
    expect(made).toEqual(['0']);
  });
});
