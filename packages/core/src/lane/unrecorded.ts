import { consoleLog } from '../log.js';
import { createRandom } from '../random.js';
import { Lane } from './lane.js';
import type { Recorder } from './recorder.js';

/** Makes every call and keeps nothing: the recorder of a block that runs alone in a script. */
export const unrecorded: Recorder = {
  call: ({ lane, index }, call, signal) =>
    call.execute({
      idempotencyKey: crypto.randomUUID(),
      seed: createRandom(`${lane}/${index}`).integer(2 ** 31),
      signal,
      age: index,
      onTry: () => {},
    }),
  reject: () => {},
  fail: (_lane, { block, error }) => consoleLog.write('warning', `${block}: a row is left out: ${error.message}`),
};

/** The lane of a block that runs alone in a script; its random stream depends on `randomSeed` alone. */
export function createScriptLane(options: { randomSeed?: number; signal?: AbortSignal } = {}): Lane {
  const { randomSeed = 0, signal = new AbortController().signal } = options;
  return new Lane('s', { recorder: unrecorded, randomName: String(randomSeed), signal, log: consoleLog });
}
