import { open } from 'node:fs/promises';
import type { Problems } from './problems.js';

/** The largest file that is read as a whole. @unit bytes */
const sizeLimit = 32 * 1024 * 1024;

/**
 * The text of a UTF-8 file.
 *
 * @returns undefined when it cannot be read; `problems` says why.
 */
export async function readTextFile(file: string, problems: Problems): Promise<string | undefined> {
  const refuse = (problem: string, hint?: string) => {
    problems.add({ file, problem, hint, code: 'DGT_FILE_UNREADABLE' });
    return undefined;
  };
  try {
    await using handle = await open(file, 'r');
    const stats = await handle.stat();
    if (!stats.isFile()) return refuse(`expected a file, got ${stats.isDirectory() ? 'a folder' : 'something else'}`);
    if (stats.size > sizeLimit) {
      const size = `${(stats.size / 1024 / 1024).toFixed(1)} MiB`;
      return refuse(`is too large: ${size}, and files are read up to ${sizeLimit / 1024 / 1024} MiB`);
    }
    return new TextDecoder('utf-8', { fatal: true }).decode(await handle.readFile());
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return refuse('is not UTF-8 text');
    return refuse(`cannot be read (${describeReason(code) ?? message})`);
  }
}

function describeReason(code: string | undefined): string | undefined {
  if (code === 'ENOENT') return 'no such file';
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied';
  return code;
}
