export { createSplitter, splitConfig, type SplitConfig } from './splitter.js';
