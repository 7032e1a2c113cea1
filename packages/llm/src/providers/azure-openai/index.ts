export { AzureOpenAIProvider } from './provider.js';
