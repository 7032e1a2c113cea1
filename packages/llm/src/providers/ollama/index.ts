export { OllamaProvider } from './provider.js';
