import type { Json } from '../json.js';
import { Lane } from '../lane/lane.js';
import type { CallContext, CallKey, Note, Recorder, Rejection, RowFailure } from '../lane/recorder.js';

/** What code under test did in a lane and its children. */
export interface LaneRecord {
  readonly lane: Lane;
  readonly calls: (CallKey & { readonly label: string; readonly request: Json })[];
  readonly rejections: (Rejection & { readonly lane: string })[];
  readonly failures: (RowFailure & { readonly lane: string })[];
  readonly notes: (Note & { readonly lane: string })[];
}

/** A root lane called `r` whose recorder makes every call and remembers what it was given. */
export function createRecordingLane(options: { randomName?: string } = {}): LaneRecord {
  const { signal } = new AbortController();
  const calls: LaneRecord['calls'] = [];
  const rejections: LaneRecord['rejections'] = [];
  const failures: LaneRecord['failures'] = [];
  const notes: LaneRecord['notes'] = [];
  const recorder: Recorder = {
    call(key, { label, request, execute }, signal) {
      calls.push({ ...key, label, request });
      const context: CallContext = {
        idempotencyKey: `${key.lane}/${key.index}`,
        seed: 1,
        signal,
        stopping: signal,
        age: 0,
        onTry() {},
      };
      return execute(context);
    },
    reject: (lane, rejection) => void rejections.push({ lane, ...rejection }),
    fail: (lane, failure) => void failures.push({ lane, ...failure }),
    note: (lane, note) => void notes.push({ lane, ...note }),
  };
  const { randomName = 'test' } = options;
  const lane = new Lane('r', { recorder, randomName, signal, log: { write() {} } });
  return { lane, calls, rejections, failures, notes };
}
