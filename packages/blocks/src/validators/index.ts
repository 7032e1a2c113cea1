export { ContainsSeed } from './contains-seed.js';
export { countText, type TextUnit } from './count-text.js';
export { findJsonError, type JsonError } from './find-json-error.js';
export { JsonSchemaValidator } from './json-schema.js';
export { scoreLeakage, type Run, type SentenceLeakage } from './leakage-score.js';
export { LengthValidator } from './length.js';
export { Noop } from './noop.js';
export { RegexValidator } from './regex.js';
export { ToolCallsValidator } from './tool-calls.js';
