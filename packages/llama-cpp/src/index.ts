export { LlamaCppEmbedding } from './embedding.js';
export { LlamaCpp } from './llama-cpp.js';
export { findModelFile, type ModelFile } from './model-files.js';
