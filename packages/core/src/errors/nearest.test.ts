import { describe, expect, it } from 'vitest';
import { findNearest, suggestNearest } from './nearest.js';

const known = ['rouge_scorer', 'ollama', 'openai', 'llama_cpp'];

describe('the nearest known name', () => {
  it.each([
    ['rouge_scorrer', 'rouge_scorer'],
    ['rougescorer', 'rouge_scorer'],
    ['Ollama', 'ollama'],
    ['open_ai', 'openai'],
    ['llamacpp', 'llama_cpp'],
  ])('for %s is %s', (name, nearest) => {
    expect(findNearest(name, known)).toBe(nearest);
  });

  it.each(['parquet', 'x', ''])('is none for "%s"', (name) => {
    expect(findNearest(name, known)).toBeUndefined();
    expect(suggestNearest(name, known)).toBe('');
  });

  it('is the closest of several, the first of equals', () => {
    expect(findNearest('seed', ['seat', 'seeds', 'need'])).toBe('seeds');
    expect(findNearest('cat', ['bat', 'hat'])).toBe('bat');
  });

  it('is put as a question that ends a sentence', () => {
    expect(suggestNearest('olama', known)).toBe(' (did you mean "ollama"?)');
  });
});
