import { blockManifest } from '@dgt/blocks/manifest';
import { blocks } from '@dgt/core';
import { modelBlocks } from '@dgt/llm';

/** Says where the blocks that come with dgt are found. None is loaded before a builder names it. */
export function announcePlugIns(): void {
  blocks.announce({
    ...modelBlocks,
    ...blockManifest,
    llama_cpp: () => import('@dgt/llama-cpp'),
  });
}
