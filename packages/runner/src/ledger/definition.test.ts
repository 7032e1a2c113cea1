import type { Json } from '@dgt/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeChanges } from './definition.js';

const before = {
  random_seed: 0,
  seed_examples: '0123456789abcdef0123456789abcdef',
  blocks: { generator: { type: 'ollama', model: 'a', parameters: { temperature: 0, stop: ['\n'] } } },
  files: { 'generate.ts': 'aaaaaaaaaaaaaaaaaaaaaaaa' },
  builder_options: {},
};

function change(edit: (definition: typeof before & Record<string, unknown>) => void): string[] {
  const after = structuredClone(before);
  edit(after);
  return describeChanges(before, after as Json);
}

describe('the changes of a definition', () => {
  it('are none for equal definitions, whatever the order of keys', () => {
    const json = fc.jsonValue() as fc.Arbitrary<Json>;
    fc.assert(fc.property(json, (value) => describeChanges(value, structuredClone(value)).length === 0));
    expect(describeChanges({ a: 1, b: [{ c: 1, d: 2 }] }, { b: [{ d: 2, c: 1 }], a: 1 })).toEqual([]);
  });

  it('name a short value with what it was and what it is', () => {
    expect(change(({ blocks }) => (blocks.generator.model = 'b'))).toEqual(['blocks.generator.model: "a" -> "b"']);
    expect(change((definition) => (definition.random_seed = 7))).toEqual(['random_seed: 0 -> 7']);
    expect(describeChanges({ strict: true }, { strict: false })).toEqual(['strict: true -> false']);
  });

  it('do not print hashes', () => {
    expect(change((definition) => (definition.seed_examples = 'f'.repeat(32)))).toEqual(['seed_examples changed']);
    expect(change(({ files }) => (files['generate.ts'] = 'b'.repeat(24)))).toEqual(['files.generate.ts changed']);
  });

  it('do not print long texts', () => {
    expect(describeChanges({ prompt: 'a'.repeat(80) }, { prompt: 'b' })).toEqual(['prompt changed']);
  });

  it('say of a list only that it changed', () => {
    expect(change(({ blocks }) => (blocks.generator.parameters.stop = ['.']))).toEqual([
      'blocks.generator.parameters.stop changed',
    ]);
  });

  it('name what is new and what is gone', () => {
    expect(change(({ files }) => Object.assign(files, { 'prompt.ts': 'c'.repeat(24) }))).toEqual([
      'files.prompt.ts is new',
    ]);
    expect(change(({ blocks }) => Reflect.deleteProperty(blocks.generator.parameters, 'temperature'))).toEqual([
      'blocks.generator.parameters.temperature is gone',
    ]);
    expect(change(({ blocks }) => Object.assign(blocks, { judge: { type: 'openai' } }))).toEqual([
      'blocks.judge is new',
    ]);
  });

  it('list every place that differs', () => {
    const changes = change((definition) => {
      definition.random_seed = 1;
      definition.blocks.generator.type = 'openai';
      Object.assign(definition.builder_options, { style: 'short' });
    });
    expect(changes).toEqual([
      'random_seed: 0 -> 1',
      'blocks.generator.type: "ollama" -> "openai"',
      'builder_options.style is new',
    ]);
  });
});
