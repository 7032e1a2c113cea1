import { consoleLog } from '../log.js';
import { createRandom } from '../random.js';
import { Lane } from './lane.js';
import type { Recorder } from './recorder.js';

/** Makes every call and keeps nothing: the recorder of a block that runs alone in a script. */
export const unrecorded: Recorder = createUnrecorded('0');

/** The lane of a block that runs alone in a script; its random stream and its calls' seeds depend on `randomSeed` alone. */
export function createScriptLane(options: { randomSeed?: number; signal?: AbortSignal } = {}): Lane {
  const { randomSeed = 0, signal = new AbortController().signal } = options;
  const randomName = String(randomSeed);
  return new Lane('s', { recorder: createUnrecorded(randomName), randomName, signal, log: consoleLog });
}

function createUnrecorded(randomName: string): Recorder {
  return {
    call: ({ lane, index }, call, signal) =>
      call.execute({
        idempotencyKey: crypto.randomUUID(),
        seed: createRandom(`${randomName}/${lane}/${index}`).integer(2 ** 31),
        signal,
        stopping: signal,
        age: index,
        onTry: () => {},
      }),
    reject: () => {},
    fail: (_lane, { block, error }) => consoleLog.write('warning', `${block}: a row is left out: ${error.message}`),
  };
}
