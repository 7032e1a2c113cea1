export { OllamaEmbedding } from './embedding.js';
export { OllamaProvider } from './provider.js';
