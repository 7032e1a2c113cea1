import assert from 'node:assert/strict';
import { test } from 'vitest';
import { __Name__ } from './block.js';

test('cuts a text after the words that it may have, and lets other fields pass', async () => {
  const block = new __Name__({ words: 2 });
  const rows = await block.run([{ text: 'one two three', id: 1 }]).toArray();
  assert.deepEqual(rows, [{ text: 'one two', id: 1 }]);
});
