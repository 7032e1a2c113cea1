import { createRandom } from '@dgt/core';

/**
 * Gives items in random order, holding at most `bufferSize` of them: each one that comes takes the place of a random one,
 * which goes out. Fewer items than that are shuffled as a whole.
 *
 * @param seed the same seed gives the same order.
 */
export async function* shuffle<T>(
  items: AsyncIterable<T>,
  { bufferSize, seed }: { readonly bufferSize: number; readonly seed: string },
): AsyncGenerator<T> {
  const random = createRandom(seed);
  const buffer: T[] = [];
  for await (const item of items) {
    if (buffer.length < bufferSize) {
      buffer.push(item);
      continue;
    }
    const place = random.integer(bufferSize);
    const out = buffer[place] as T;
    buffer[place] = item;
    yield out;
  }
  yield* random.shuffle(buffer);
}
