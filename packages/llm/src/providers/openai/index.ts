export { ModelProvider } from '../../model-provider.js';
