export { ExactDeduplicator } from './exact-deduplicator.js';
export { LevenshteinDeduplicator } from './levenshtein-deduplicator.js';
export { scoreSpelling } from './levenshtein-index.js';
export { MinhashDeduplicator } from './minhash-deduplicator.js';
export { normalizeText, type Normalization } from './normalize-text.js';
export { RougeScorer } from './rouge-scorer.js';
export { scoreRouge, type RougeMeasure, type RougeType, type ScoreFunction, type Tokens } from './rouge-score.js';
export { SemanticDeduplicator } from './semantic-deduplicator.js';
export { tokenize, type Tokenizer } from './tokenize.js';
