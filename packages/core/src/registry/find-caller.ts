import { fileURLToPath } from 'node:url';

/** `file:line` of the code that called the given function, as far as the engine's stack tells. */
export function findCaller(callee: (...args: never[]) => unknown): string {
  const trace: { stack?: string } = {};
  Error.captureStackTrace(trace, callee);
  const frame = trace.stack?.split('\n').find((line) => /^\s+at /.test(line));
  return (frame === undefined ? undefined : readFrame(frame)) ?? 'an unknown place';
}

/** The file and line of one line of a V8 stack trace: `at name (file:///x.js:1:2)` or `at /x.ts:1:2`. */
export function readFrame(frame: string): string | undefined {
  const place = /^\s+at (?:async )?(?:.*? \((?=file:|\/))?((?:file:\/\/)?\/.*?)(?:\?[^:)]*)?:(\d+):\d+\)?$/.exec(frame);
  if (place === null) return undefined;
  const [, file, line] = place as unknown as [string, string, string];
  return `${file.startsWith('file:') ? fileURLToPath(file) : file}:${line}`;
}
