import type { Manifest } from '@dgt/core';

/** The providers of this package; their SDKs are loaded when one is used. */
export const modelBlocks: Manifest = {
  ollama: () => import('./providers/ollama/index.js'),
  openai: () => import('./providers/openai/index.js'),
};
