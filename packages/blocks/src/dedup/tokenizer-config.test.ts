import { describe, expect, it } from 'vitest';
import { MinhashDeduplicator, RougeScorer } from './index.js';
import { createTokenizer } from './tokenizer-config.js';

const stem = createTokenizer({ tokenizer: 'unicode', use_stemmer: true });

describe('the stemmer', () => {
  it('gives the stems of words of more than three letters, as Porter published them', () => {
    expect(stem('caresses ponies agreed hopping relational vietnamization adjustable probate')).toEqual([
      'caress',
      'poni',
      'agre',
      'hop',
      'relat',
      'vietnam',
      'adjust',
      'probat',
    ]);
    expect(stem('The sky was his; running runs ran')).toEqual(['the', 'sky', 'was', 'his', 'run', 'run', 'ran']);
  });

  it('leaves words of other scripts, with accents and mixed with them as they are', () => {
    expect(stem('événements Häusern города 法国 naïvetés')).toEqual([
      'événements',
      'häusern',
      'города',
      '法',
      '国',
      'naïvetés',
    ]);
  });

  it('is off unless asked for', () => {
    expect(createTokenizer({ tokenizer: 'ascii' })('Running dogs')).toEqual(['running', 'dogs']);
    expect(createTokenizer({ tokenizer: 'ascii', use_stemmer: true })('Running dogs')).toEqual(['run', 'dog']);
  });

  it('lets deduplicators find the same words in other forms', async () => {
    const rows = [{ input: 'How are rivers measured?' }, { input: 'How is a river measuring?' }];
    for (const use_stemmer of [false, true]) {
      const rouge = new RougeScorer({ threshold: 0.6, filter: true, use_stemmer });
      expect(await rouge.run(rows).toArray()).toHaveLength(use_stemmer ? 1 : 2);
      const minhash = new MinhashDeduplicator({ threshold: 0.5, shingle_size: 1, filter: true, use_stemmer });
      expect(await minhash.run(rows).toArray()).toHaveLength(use_stemmer ? 1 : 2);
    }
  });
});
