import { afterAll, expect, it } from 'vitest';
import { LlamaCppEmbedding } from './embedding.js';

const block = new LlamaCppEmbedding({ model_id_or_path: 'dgt-geo-micro', num_ctx: 64, batch_size: 2 });
afterAll(() => block.close());

it('gives each text its embedding, in order', async () => {
  const rows = ['The capital of France', 'The capital of Mali', 'A river in Peru'].map((input, id) => ({ input, id }));
  const embedded = await block.run(rows).toArray();
  expect(embedded).toMatchObject(rows);
  const [first, second, third] = embedded.map(({ embedding }) => embedding);
  expect(first?.length).toBeGreaterThan(10);
  expect(first).not.toEqual(second);
  expect(third).toHaveLength(first?.length as number);
  expect(await block.run([rows[1] as { input: string }]).toArray()).toMatchObject([{ embedding: second }]);
});

it('costs one row that a text is too long', async () => {
  const rows = [{ input: 'short' }, { input: 'word '.repeat(200) }];
  const [short, long] = await block.run(rows, { failures: 'yield' }).toArray();
  expect(short).toHaveProperty('embedding');
  expect(long).toMatchObject({ error: { code: 'DGT_PROMPT_TOO_LONG', failure: 'permanent' } });
});

it('says before a run that there is no such file', async () => {
  const absent = new LlamaCppEmbedding({ model_id_or_path: 'models/absent.gguf' });
  const prepared = absent.prepare({ signal: new AbortController().signal });
  await expect(prepared).rejects.toMatchObject({ code: 'DGT_MODEL_FILE_MISSING' });
});
