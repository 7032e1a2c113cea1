import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PlannedBuilder } from '../config/planned.js';
import { divideRates } from './divide-rates.js';
import { parseShard, Shard } from './shard.js';

const cuts = fc.record({
  of: fc.integer({ min: 1, max: 9 }),
  chunkRows: fc.integer({ min: 1, max: 12 }),
  unitSize: fc.integer({ min: 1, max: 4 }),
  units: fc.integer({ min: 0, max: 200 }),
});

const cut = ({ of, chunkRows, unitSize }: { of: number; chunkRows: number; unitSize: number }) =>
  Array.from({ length: of }, (_, index) => new Shard({ number: index + 1, of }, { chunkRows, unitSize }));

const placesOf = (units: number) => Array.from({ length: units }, (_, index) => index + 1);

describe('the parts of an input', () => {
  it('have each unit once, and know how many they have and where each stands', () => {
    fc.assert(
      fc.property(cuts, ({ units, ...options }) => {
        const shards = cut(options);
        const places = shards.map((shard) => placesOf(units).filter((place) => shard.has(place)));
        expect(places.flat().sort((a, b) => a - b)).toEqual(placesOf(units));
        for (const [index, shard] of shards.entries()) {
          expect(shard.count(units)).toBe(places[index]?.length);
          expect(placesOf(shard.count(units)).map((attempt) => shard.positionOf(attempt))).toEqual(places[index]);
        }
      }),
    );
  });

  it('keep what they have when units are appended', () => {
    fc.assert(
      fc.property(cuts, fc.integer({ min: 0, max: 50 }), ({ units, ...options }, more) => {
        for (const shard of cut(options)) expect(shard.count(units + more)).toBeGreaterThanOrEqual(shard.count(units));
      }),
    );
  });

  it('are counted from one', () => {
    expect(parseShard('8/8')).toEqual({ number: 8, of: 8 });
    expect(() => parseShard('0/8')).toThrow('from 1/N to N/N');
  });
});

describe('rates of a part', () => {
  it('are divided wherever a block declares them, and nothing else is', () => {
    const model = { name: 'm', type: 'openai', rpm: 90, max_tokens: 90, fallback: { type: 'ollama', tpm: 30 } };
    const judge = { name: 'j', type: 'llm_judge', models: [{ rpm: 3, temperature: 1 }] };
    const blocks = [model, judge].map((config) => ({ name: config.name, type: config.type, config }));
    const builder = { name: 'b', blocks, postprocessors: blocks } as unknown as PlannedBuilder;
    const divided = divideRates(builder, 3);
    expect(divided.postprocessors).toEqual(divided.blocks);
    expect(divided.blocks.map(({ config }) => config)).toEqual([
      { ...model, rpm: 30, fallback: { type: 'ollama', tpm: 10 } },
      { ...judge, models: [{ rpm: 1, temperature: 1 }] },
    ]);
    expect(builder.blocks[0]?.config).toEqual(model);
  });
});
