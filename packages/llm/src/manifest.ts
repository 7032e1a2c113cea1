import type { Manifest } from '@dgt/core';

/** The providers of this package; each is loaded when it is used. */
export const modelBlocks: Manifest = {
  anthropic: () => import('./providers/anthropic/index.js'),
  azure_openai: () => import('./providers/azure-openai/index.js'),
  ollama_embedding: () => import('./providers/ollama/index.js'),
  openai_embedding: () => import('./providers/openai/index.js'),
  ollama: () => import('./providers/ollama/index.js'),
  openai: () => import('./providers/openai/index.js'),
};
