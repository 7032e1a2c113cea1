export { AnthropicProvider } from './provider.js';
