export { RougeScorer } from './rouge-scorer.js';
export { scoreRouge, type RougeMeasure, type RougeType, type ScoreFunction, type Tokens } from './rouge-score.js';
export { tokenize, type Tokenizer } from './tokenize.js';
