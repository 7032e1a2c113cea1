export { countText, type TextUnit } from './count-text.js';
export { LengthValidator } from './length.js';
export { Noop } from './noop.js';
export { RegexValidator } from './regex.js';
