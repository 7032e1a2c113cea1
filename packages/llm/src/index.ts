export { ModelProvider } from './model-provider.js';
export { modelConfigFields, modelTransportFields, type ModelBlockConfig, type ModelConfig } from './model-config.js';
export { readMessages } from './model-request.js';
export { parameterAliases, parameterNameList, type ParameterName } from './parameter-fields.js';
export { toNativeParameters, unifyParameters, type Method, type ParameterNames } from './parameters.js';
export type { ToolSupport } from './tool-support.js';
export {
  EmbeddingModel,
  embeddingConfigFields,
  type EmbeddingBlockConfig,
  type EmbeddingConfig,
} from './embedding/embedding-model.js';
export { freePrice } from './prices/find-price.js';
export { modelBlocks } from './manifest.js';
export type { Probe, ProbeMode } from './probe/probe-client.js';
export type { EndpointProbe, ProbeOptions } from './probe/probe-endpoint.js';
