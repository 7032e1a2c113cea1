import { createScriptLane } from '@dgt/core';
import { LlamaCpp } from '@dgt/llama-cpp';

// The script of someone who uses the block alone, without a run: prints one answer and is expected to end by itself.
const block = new LlamaCpp({ model_id_or_path: 'dgt-geo-micro', max_tokens: 20 });
const lane = createScriptLane();
for await (const { result } of block.run([{ input: 'Question:' }], { lane }))
  process.stdout.write(`answer: ${result}\n`);
await block.close();
