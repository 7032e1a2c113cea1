export { findEarlierRows, nameEarlierFiles, type EarlierRows } from './earlier-rows.js';
export { readModelArgs, type ModelArgs } from './model-args.js';
export { readModelParams, type ModelParams } from './model-params.js';
export { holdsRowsOf, keepMark, openOutput, type OutputPlace } from './output-mark.js';
export { readGendataTask, type GendataTask } from './task-file.js';
export { translateGendata, type GendataRequest, type GendataTranslation } from './translate.js';
export { readFormat, writeOutput, type OutputContent } from './write-output.js';
