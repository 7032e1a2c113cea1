import { DgtError, RunError } from '@dgt/core';

/** Turns a failure of the file system into the error that the user needs. */
export function describeFileFailure(error: unknown, file: string): Error {
  // Of what makes the rows that are written.
  if (DgtError.isInstance(error)) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new RunError('DGT_DISK_FULL', { file, reason: code }, { cause: error });
  if (code === undefined) return error as Error;
  return new RunError('DGT_OUTPUT_UNWRITABLE', { file, reason: `${code}: ${message}` }, { cause: error });
}
