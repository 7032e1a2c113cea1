import { createScriptServices, Lane, unrecorded, type AnyBlock, type Rejection } from '@dgt/core';

/** Runs a block and gives what it rejected beside what it gave. */
export async function runWithRejections<R extends object>(block: AnyBlock, rows: readonly R[]) {
  const rejections: Rejection[] = [];
  const { signal } = new AbortController();
  const recorder = { ...unrecorded, reject: (_lane: string, rejection: Rejection) => void rejections.push(rejection) };
  const lane = new Lane('t', { recorder, randomName: '0', signal, log: createScriptServices().log });
  return { results: (await block.run(rows, { lane }).toArray()) as object[], rejections };
}
