export { ModelProvider } from './model-provider.js';
export { modelConfigFields, modelTransportFields, type ModelBlockConfig, type ModelConfig } from './model-config.js';
export { readMessages } from './model-request.js';
export {
  parameterAliases,
  toNativeParameters,
  unifyParameters,
  type Method,
  type ParameterName,
  type ParameterNames,
} from './parameters.js';
export { modelBlocks } from './manifest.js';
