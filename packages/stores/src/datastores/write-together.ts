import type { Row, Rows } from '@dgt/core';
import { broadcast, type Copy } from './broadcast.js';

/**
 * Lets several writers read the same rows once, in step. One that fails ends the others before they finish, so that none keeps
 * rows that the others have not.
 *
 * @throws what the first of them failed with.
 */
export async function writeTogether<T>(
  rows: Rows<Row>,
  writers: readonly ((rows: Copy<Row>) => Promise<T>)[],
): Promise<T[]> {
  const copies = broadcast(rows, writers.length);
  const written = await Promise.allSettled(
    writers.map(async (write, index) => {
      const copy = copies[index] as Copy<Row>;
      try {
        return await write(copy);
      } catch (error) {
        copy.fail(error);
        throw error;
      } finally {
        copy.leave();
      }
    }),
  );
  const failed = written.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return written.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}
