export { convert, sources, type Conversion, type ConversionReport, type Source } from './convert.js';
export { targets, type Target } from './targets.js';
