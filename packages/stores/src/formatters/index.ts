export { AlpacaFormatter } from './alpaca-formatter.js';
export { DpoFormatter } from './dpo-formatter.js';
export { MessagesFormatter } from './messages-formatter.js';
export { NativeFormatter } from './native-formatter.js';
export { ShareGptFormatter } from './sharegpt-formatter.js';
export { readField } from '../read-field.js';
export { TemplateFormatter } from './template-formatter.js';
