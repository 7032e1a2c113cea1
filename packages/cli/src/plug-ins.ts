import { blocks } from '@dgt/core';
import { modelBlocks } from '@dgt/llm';

/** Says where the blocks that come with dgt are found. None is loaded before a builder names it. */
export function announcePlugIns(): void {
  blocks.announce({
    ...modelBlocks,
    llama_cpp: () => import('@dgt/llama-cpp'),
    rouge_scorer: () => import('@dgt/blocks/dedup'),
  });
}
