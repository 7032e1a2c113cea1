export { OpenAIEmbedding } from './embedding.js';
export { OpenAIProvider } from './provider.js';
