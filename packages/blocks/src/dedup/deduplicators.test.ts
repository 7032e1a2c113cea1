import { describeDeduplicator } from './__fixtures__/deduplicator.contract.js';
import { ExactDeduplicator, LevenshteinDeduplicator, MinhashDeduplicator, RougeScorer } from './index.js';

describeDeduplicator({
  name: 'exact',
  create: (config) => new ExactDeduplicator(config),
  close: ['Straße  Nr. ５', 'STRASSE nr. 5'],
});

describeDeduplicator({
  name: 'levenshtein',
  create: (config) => new LevenshteinDeduplicator({ threshold: 0.9, ...config }),
  close: ['What is the colour of the sky?', 'What is the color of the sky?'],
});

describeDeduplicator({
  name: 'minhash',
  create: (config) => new MinhashDeduplicator({ threshold: 0.5, shingle_size: 2, ...config }),
  close: ['what is the capital city of France', 'So what is the capital city of France?'],
});

describeDeduplicator({
  name: 'rouge_scorer',
  create: (config) => new RougeScorer({ threshold: 0.7, ...config }),
  close: ['x a b c d e', 'a b c d e x'],
});

describeDeduplicator({
  name: 'rouge_scorer',
  create: (config) => new RougeScorer({ threshold: 1, ...config }),
  close: ['A, b: c!', 'a b c'],
});
