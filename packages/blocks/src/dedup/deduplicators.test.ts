import { describeDeduplicator } from './__fixtures__/deduplicator.contract.js';
import { embedTrigrams, TrigramEmbedder } from './__fixtures__/trigram-embedder.js';
import {
  ExactDeduplicator,
  LevenshteinDeduplicator,
  MinhashDeduplicator,
  normalizeText,
  RougeScorer,
  scoreRouge,
  scoreSpelling,
  SemanticDeduplicator,
  tokenize,
} from './index.js';
import { packVector, scoreVectors, unpackVector } from './vector-text.js';

const normalize = (text: string) => normalizeText(text, { unicode: 'NFKC', case_sensitive: false, keep_space: false });
const cut = (text: string) => tokenize(text, 'unicode');
const scoreLcs = (text: string, other: string) =>
  scoreRouge(cut(text), cut(other), { types: ['lcs'], scoreFunction: 'f1' });

/** The Jaccard similarity of runs of two words; a text of one word is one run. */
function scoreShingles(text: string, other: string): number {
  const [one, two] = [text, other].map((each) => {
    const words = cut(each);
    const pairs = words.slice(1).map((word, index) => `${words[index]} ${word}`);
    return new Set(words.length === 1 ? words : pairs);
  }) as [Set<string>, Set<string>];
  const common = [...one].filter((run) => two.has(run)).length;
  return common === 0 ? 0 : common / (one.size + two.size - common);
}

const embed = (text: string) => (text.trim() === '' ? '' : packVector(embedTrigrams(text)));

function scoreMeaning(text: string, other: string): number {
  const [one, two] = [embed(text), embed(other)];
  return one === '' || two === '' ? 0 : scoreVectors(unpackVector(one), unpackVector(two));
}

describeDeduplicator({
  name: 'exact',
  create: (config) => new ExactDeduplicator(config),
  close: ['Straße  Nr. ５', 'STRASSE nr. 5'],
  score: (text, other) => Number(normalize(text) === normalize(other)),
  threshold: 1,
});

describeDeduplicator({
  name: 'levenshtein',
  create: (config) => new LevenshteinDeduplicator({ threshold: 0.9, ...config }),
  close: ['What is the colour of the sky?', 'What is the color of the sky?'],
  score: (text, other) => scoreSpelling(normalize(text), normalize(other)),
  threshold: 0.9,
});

describeDeduplicator({
  name: 'minhash',
  create: (config) => new MinhashDeduplicator({ threshold: 0.5, shingle_size: 2, ...config }),
  close: ['what is the capital city of France', 'So what is the capital city of France?'],
  score: scoreShingles,
  threshold: 0.5,
  mayMiss: true,
});

describeDeduplicator({
  name: 'rouge_scorer',
  create: (config) => new RougeScorer({ threshold: 0.7, ...config }),
  close: ['x a b c d e', 'a b c d e x'],
  score: scoreLcs,
  threshold: 0.7,
});

describeDeduplicator({
  name: 'rouge_scorer',
  create: (config) => new RougeScorer({ threshold: 1, ...config }),
  close: ['A, b: c!', 'a b c'],
  score: scoreLcs,
  threshold: 1,
});

describeDeduplicator({
  name: 'semantic',
  create: (config) => new SemanticDeduplicator({ lm: new TrigramEmbedder(), threshold: 0.8, ...config }),
  close: ['What is the colour of the sky?', 'What is the color of the sky?'],
  score: scoreMeaning,
  threshold: 0.8,
  prepare: embed,
});
