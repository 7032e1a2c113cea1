import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { Interruptions } from './interruptions.js';

function listen() {
  const signals = new EventEmitter();
  const said: string[] = [];
  const exits: number[] = [];
  const clock = { time: 0 };
  const context = { signals, now: () => clock.time, exit: (code: number) => void exits.push(code) };
  const interruptions = new Interruptions(context, (message) => said.push(message));
  const press = (signal: string, afterMs = 1000) => {
    clock.time += afterMs;
    signals.emit(signal);
  };
  return { interruptions, said, exits, press, signals };
}

describe('interrupting a run', () => {
  it('stops at the first signal, aborts at the second, leaves at the third', () => {
    const { interruptions, said, exits, press } = listen();
    const state = () => [interruptions.stop.aborted, interruptions.abort.aborted, interruptions.exitCode, exits.length];
    expect(state()).toEqual([false, false, undefined, 0]);
    press('SIGINT');
    expect(state()).toEqual([true, false, 130, 0]);
    press('SIGTERM');
    expect(state()).toEqual([true, true, 130, 0]);
    press('SIGINT');
    expect(exits).toEqual([130]);
    expect(said).toEqual([
      'finishing what is in flight; press again to stop now',
      'stopping now; recorded answers are kept',
    ]);
  });

  it('takes a signal that is delivered twice for one', () => {
    const { interruptions, press } = listen();
    press('SIGINT');
    press('SIGINT', 5);
    press('SIGINT', 5);
    expect(interruptions.abort.aborted).toBe(false);
  });

  it('tells SIGTERM from Ctrl-C in the exit code', () => {
    const { interruptions, press } = listen();
    press('SIGTERM');
    expect(interruptions.exitCode).toBe(143);
  });

  it('leaves no listener behind', () => {
    const { interruptions, signals } = listen();
    expect(signals.eventNames()).toEqual(['SIGINT', 'SIGTERM']);
    interruptions.dispose();
    expect(signals.eventNames()).toEqual([]);
  });
});
