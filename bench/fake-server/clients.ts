import { OpenAIProvider } from '@dgt/llm/providers/openai';
import { Pool } from 'undici';

/** What a client reached. */
export interface Speed {
  readonly perSecond: number;
}

const atOnce = 64;
const rounds = 3;

/** Small chats over kept connections, as fast as an HTTP client can ask. */
export async function measurePool(url: string): Promise<Speed> {
  const pool = new Pool(url, { connections: atOnce });
  const ask = async (round: number, index: number) => {
    const { body } = await pool.request({
      path: '/v1/chat/completions',
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Idempotency-Key': `call ${round}/${index}` },
      body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: `Name river number ${index}.` }] }),
    });
    await body.text();
  };
  const speed = await takeBest(30_000, async (round, count) => {
    let next = 0;
    const work = async () => {
      while (next < count) await ask(round, next++);
    };
    await Promise.all(Array.from({ length: atOnce }, work));
  });
  await pool.close();
  return speed;
}

/** The same through the block that dgt's builders call. */
export async function measureDgt(url: string): Promise<Speed> {
  const block = new OpenAIProvider({
    model_id_or_path: 'm',
    base_url: `${url}/v1`,
    call_limit: atOnce,
  } as ConstructorParameters<typeof OpenAIProvider>[0]);
  const speed = await takeBest(5000, async (round, count) => {
    const rows = Array.from({ length: count }, (_, index) => ({ input: `Name river number ${round}/${index}.` }));
    await block.run(rows).toArray();
  });
  await block.close();
  return speed;
}

/** The best of some rounds: the first compiles, and other work on the machine only ever takes away. */
async function takeBest(count: number, run: (round: number, count: number) => Promise<void>): Promise<Speed> {
  let perSecond = 0;
  for (let round = 0; round < rounds; round++) {
    const startedAt = performance.now();
    await run(round, count);
    perSecond = Math.max(perSecond, (count / (performance.now() - startedAt)) * 1000);
  }
  return { perSecond };
}
