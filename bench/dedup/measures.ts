import type { Gate } from '@dgt/core';
import {
  ExactDeduplicator,
  LevenshteinDeduplicator,
  MinhashDeduplicator,
  RougeScorer,
  scoreRouge,
  SemanticDeduplicator,
  tokenize,
} from '@dgt/blocks/dedup';
import { peakMegabytes } from '../figures.js';
import { comparePeer } from './peer.js';
import { makePairs, makeQuestions, makeTemplated, makeTemplatedNames } from './texts.js';
import { embedder, makePackedVectors } from './vectors.js';
import { measureWorker } from './worker.js';

type TextGate = Gate<{ input: string }>;

const rouge = (threshold: number) => new RougeScorer({ threshold, filter: true }).openGate();

const minhash = (shingle_size: number) => new MinhashDeduplicator({ shingle_size, filter: true }).openGate();

/** By name: one measurement, giving the line that is printed. */
export const measures: Readonly<Record<string, () => string | Promise<string>>> = {
  definition: measureDefinition,
  'rouge-100k': () => judgeAll(rouge(0.7), makeQuestions(100_000)),
  'rouge-300k': () => judgeAll(rouge(0.7), makeQuestions(300_000)),
  'rouge-one-template': () => judgeAll(rouge(0.9), makeTemplated(100_000)),
  'rouge-one-template-names': () => judgeAll(rouge(0.8), makeTemplatedNames(100_000)),
  'rouge-equal-1m': () => judgeAll(rouge(1), makeQuestions(1_000_000)),
  'exact-1m': () => judgeAll(new ExactDeduplicator({ filter: true }).openGate(), makeQuestions(1_000_000)),
  'minhash-1m': () =>
    judgeAll(new MinhashDeduplicator({ filter: true }).openGate(), makeQuestions(1_000_000, { longest: 20 })),
  'minhash-one-template': () => judgeAll(minhash(1), makeTemplated(100_000)),
  'minhash-one-template-names': () => judgeAll(minhash(1), makeTemplatedNames(100_000)),
  'minhash-quality': measureMinhashQuality,
  'minhash-threshold': measureMinhashAtThreshold,
  'semantic-20k': () =>
    judgeAll(new SemanticDeduplicator({ lm: embedder, filter: true }).openGate(), makePackedVectors(20_000)),
  peer: comparePeer,
  'worker-threads': measureWorker,
  'levenshtein-20k': () => judgeAll(new LevenshteinDeduplicator({ filter: true }).openGate(), makeQuestions(20_000)),
  'levenshtein-100k': () => judgeAll(new LevenshteinDeduplicator({ filter: true }).openGate(), makeQuestions(100_000)),
};

/** Judges each text; a gate of vectors is given them packed. */
function judgeAll(gate: Gate<never>, texts: readonly string[]): string {
  const before = measureHeld();
  const cpu = process.cpuUsage();
  const start = performance.now();
  let kept = 0;
  let lastTenth = start;
  for (const [row, input] of texts.entries()) {
    if (row === Math.floor(texts.length * 0.9)) lastTenth = performance.now();
    if ((gate as TextGate).judge({ input }, row).valid) kept++;
  }
  const end = performance.now();
  const { user, system } = process.cpuUsage(cpu);
  const perRow = (1000 * (end - lastTenth)) / (texts.length / 10);
  const bytes = (measureHeld() - before) / kept;
  // Used once more, so that the memory is there when it is measured.
  (gate as TextGate).judge({ input: '' }, 'last');
  return [
    `${format((end - start) / 1000)} s (${format((user + system) / 1e6)} s of processor)`,
    `${texts.length} texts, ${kept} kept`,
    `${format(perRow)} us a row at the end`,
    `${format(((user + system) / 1e6 / (texts.length / 1000)) * 100)} % of a core at 1,000 rows a second`,
    `${Math.round(bytes)} bytes a kept row`,
    `peak ${peakMegabytes()} MB`,
  ].join(', ');
}

/** Compares every pair, as DGT does, and holds the decisions of the index against it. */
function measureDefinition(): string {
  const threshold = 0.7;
  const texts = makeQuestions(3000);
  const gate = rouge(threshold);
  const decisions = texts.map((input, row) => gate.judge({ input }, row));
  const kept: { row: number; tokens: string[] }[] = [];
  let pairs = 0;
  let differing = 0;
  const start = performance.now();
  for (const [row, text] of texts.entries()) {
    const tokens = tokenize(text, 'unicode');
    let best = { score: 0, row: -1 };
    for (const other of kept) {
      const score = scoreRouge(tokens, other.tokens, { types: ['lcs'], scoreFunction: 'f1' });
      if (score > best.score) best = { score, row: other.row };
    }
    pairs += kept.length;
    const valid = best.score < threshold;
    const decision = decisions[row];
    if (decision?.valid !== valid || (!valid && (decision.score !== best.score || decision.against !== best.row))) {
      differing++;
    }
    if (valid) kept.push({ row, tokens });
  }
  const rate = pairs / ((performance.now() - start) / 1000);
  const hours = (100_000 * 99_999) / 2 / rate / 3600;
  return `${Math.round(rate)} pairs a second, so ${format(hours)} h for 100,000 texts; of ${texts.length} decisions ${differing} differ from those of the index`;
}

/** Recall and precision against comparing every pair, over questions and their repetitions. */
function measureMinhashQuality(): string {
  const config = { threshold: 0.8, shingle_size: 1 };
  const texts = makeQuestions(10_000, { shortest: 10 });
  const gate = new MinhashDeduplicator(config).openGate();
  const sets = texts.map((text) => new Set(tokenize(text, 'unicode')));
  let repetitions = 0;
  let found = 0;
  let wrong = 0;
  for (const [row, input] of texts.entries()) {
    const isFound = !gate.judge({ input }, row).valid;
    const isRepetition = sets.slice(0, row).some((other) => measureJaccard(sets[row] as Set<string>, other) >= 0.8);
    if (isRepetition) repetitions++;
    if (isRepetition && isFound) found++;
    if (!isRepetition && isFound) wrong++;
  }
  const precision = found / (found + wrong);
  return `recall ${(found / repetitions).toFixed(4)} of ${repetitions} repetitions at 0.8, precision ${precision.toFixed(4)}, ${texts.length} texts`;
}

/** Recall and precision on labelled pairs: of one half the similarity is just 0.8, of the other just under it. */
function measureMinhashAtThreshold(): string {
  const found = { at: 0, under: 0 };
  const pairs = makePairs(10_000);
  const gate = new MinhashDeduplicator({ threshold: 0.8, shingle_size: 1, filter: true }).openGate();
  for (const { text } of pairs) gate.remember({ input: text }, text);
  for (const { text, at, under } of pairs) {
    if (gate.judge({ input: at }, at).against === text) found.at++;
    if (!gate.judge({ input: under }, under).valid) found.under++;
  }
  const precision = found.at / (found.at + found.under);
  return `recall ${(found.at / pairs.length).toFixed(4)} of ${pairs.length} pairs at 0.8, precision ${precision.toFixed(4)} beside as many at 0.765`;
}

function measureJaccard(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  if (Math.min(one.size, other.size) < 0.8 * Math.max(one.size, other.size)) return 0;
  let common = 0;
  for (const member of one) if (other.has(member)) common++;
  return common / (one.size + other.size - common);
}

/** Bytes held after a collection of garbage. */
function measureHeld(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function format(value: number): string {
  return value >= 100 ? String(Math.round(value)) : value.toPrecision(3);
}
