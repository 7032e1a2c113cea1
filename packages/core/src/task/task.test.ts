import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dataPoint } from '../data-point.js';
import { ConfigError, PluginError } from '../errors/dgt-error.js';
import { createRandom } from '../random.js';
import { Type } from '../schema.js';
import { GenerationTask, type DataPointList } from './generation-task.js';
import { TransformationTask } from './transformation-task.js';

class Seed extends dataPoint({ id: Type.Integer() }) {}
class Scored extends dataPoint({ id: Type.Integer(), score: Type.Optional(Type.Number()) }) {}
class Rate extends GenerationTask.of({ input: Seed, output: Scored, fields: { topic: Type.String() } }) {}
class Same extends GenerationTask.of({ input: Seed }) {}
class Polish extends TransformationTask.of({ input: Seed, output: Scored }) {}

const spec = { task_name: 'team/rate', task_description: 'rate it', created_by: 'me' };
const task = new Rate({ ...spec, fields: { topic: 'maps' } });

const points = (from: number, count: number): DataPointList<Seed> => ({
  length: count,
  at: (index) => new Seed({ id: from + index }),
});

function sampleIds(seeds: number, synthetic: number, count: number, seedFraction?: number): number[] {
  const request = { seeds: points(0, seeds), synthetic: points(1000, synthetic), count, seedFraction };
  return task.sampleExamples({ ...request, random: createRandom('sampling') }).map(({ id }) => id);
}

const isSeed = (id: number) => id < 1000;

describe('a task', () => {
  it('says what its YAML says', () => {
    expect(task).toMatchObject({ name: 'team/rate', description: 'rate it', createdBy: 'me' });
    expect(task.fields.topic).toBe('maps');
    expect(Rate.fieldsSchema).toHaveProperty('topic');
  });

  it('keeps every column beside its output, and knows where its file is', () => {
    const columns = { id: 1, note: 'x' };
    expect(new Polish({ ...spec, fields: {}, folder: '/tasks' })).toMatchObject({ folder: '/tasks' });
    expect(new Polish({ ...spec, fields: {} }).keepColumns(columns)).toBe(columns);
  });

  it('has the output of its input when it declares none', () => {
    const same = new Same({ ...spec, fields: {} });
    expect(same.output).toBe(Seed);
    expect(new Polish({ ...spec, fields: {} }).output).toBe(Scored);
  });

  it('reads seeds as its input and names the task when one does not fit', () => {
    expect(task.instantiateInputExample({ id: 1, task_name: 'elsewhere' })).toBeInstanceOf(Seed);
    expect(() => task.instantiateInputExample({ id: 'one' })).toThrow(ConfigError);
    expect(() => task.instantiateInputExample({ id: 'one' })).toThrow(
      'a seed example of task "team/rate": id: expected an integer, got "one"',
    );
  });

  it('makes an output of the declared fields of a row and of nothing else', () => {
    const row = { id: 1, score: 0.5, is_valid: true, metadata: {}, is_seed: true, task_name: 'x' };
    const output = task.instantiateOutputExample(row);
    expect(output).toBeInstanceOf(Scored);
    expect({ ...output }).toEqual({ id: 1, score: 0.5, task_name: '', is_seed: false });
    expect({ ...task.instantiateOutputExample({ id: 1 }) }).toEqual({ id: 1, task_name: '', is_seed: false });
    expect(() => task.instantiateOutputExample({ score: 1 })).toThrow(PluginError);
    expect(() => task.instantiateOutputExample({ score: 1 })).toThrow('Scored: missing "id"');
  });

  it('is complete when the quota is met', () => {
    expect(task.isComplete({ accepted: 9, quota: 10 })).toBe(false);
    expect(task.isComplete({ accepted: 10, quota: 10 })).toBe(true);
  });
});

describe('sampling examples', () => {
  it.each([
    { seeds: 2, synthetic: 2, count: 4, expected: [2, 2], why: 'takes all of a pool that is just large enough' },
    { seeds: 30, synthetic: 10, count: 8, expected: [6, 2], why: 'takes seeds in their natural share' },
    { seeds: 5, synthetic: 0, count: 3, expected: [3, 0], why: 'takes seeds alone while nothing is generated' },
    { seeds: 0, synthetic: 5, count: 3, expected: [0, 3], why: 'takes synthetic rows alone when there is no seed' },
    { seeds: 1, synthetic: 8, count: 4, fraction: 0.5, expected: [1, 2], why: 'does not fill up where seeds are few' },
    { seeds: 3, synthetic: 0, count: 100, expected: [3, 0], why: 'gives what there is' },
    { seeds: 0, synthetic: 0, count: 4, expected: [0, 0], why: 'gives nothing from nothing' },
    { seeds: 9, synthetic: 9, count: 4, fraction: 0, expected: [0, 4], why: 'takes no seed at share 0' },
    { seeds: 9, synthetic: 9, count: 4, fraction: 1, expected: [4, 0], why: 'takes only seeds at share 1' },
    { seeds: 9, synthetic: 9, count: 5, fraction: 0.5, expected: [2, 3], why: 'rounds half to even, down' },
    { seeds: 9, synthetic: 9, count: 7, fraction: 0.5, expected: [4, 3], why: 'rounds half to even, up' },
  ])('$why: $count of $seeds and $synthetic', ({ seeds, synthetic, count, fraction, expected }) => {
    const ids = sampleIds(seeds, synthetic, count, fraction);
    expect([ids.filter(isSeed).length, ids.filter((id) => !isSeed(id)).length]).toEqual(expected);
  });

  it.each([1.5, -0.1, Number.NaN])('refuses the share %d', (fraction) => {
    expect(() => sampleIds(2, 2, 4, fraction)).toThrow(`seedFraction must be between 0 and 1, got ${fraction}`);
  });

  it('keeps the order of a pool that is not larger than the request', () => {
    expect(sampleIds(4, 2, 6)).toEqual([0, 1, 2, 3, 1000, 1001]);
  });

  it('draws without replacement, seeds first, the same for the same random stream', () => {
    const size = fc.integer({ min: 0, max: 30 });
    fc.assert(
      fc.property(size, size, size, fc.double({ min: 0, max: 1, noNaN: true }), (seeds, synthetic, count, fraction) => {
        const ids = sampleIds(seeds, synthetic, count, fraction);
        expect(new Set(ids).size).toBe(ids.length);
        expect(ids.length).toBeLessThanOrEqual(count);
        expect(ids.map(isSeed)).toEqual(ids.map(isSeed).toSorted((a, b) => Number(b) - Number(a)));
        expect(sampleIds(seeds, synthetic, count, fraction)).toEqual(ids);
      }),
    );
  });

  it('draws what a sample of the whole list would give, without looking at the rest of a large pool', () => {
    const sizes = fc.record({ length: fc.integer({ min: 1, max: 200 }), count: fc.nat(60) });
    fc.assert(
      fc.property(sizes, ({ length, count }) => {
        const all = Array.from({ length }, (_, index) => index);
        const expected = count >= length ? all : createRandom('sampling').sample(all, count);
        expect(sampleIds(length, 0, count, 1)).toEqual(expected);
      }),
    );
    const seen: number[] = [];
    const synthetic = { length: 10_000_000_000, at: (index: number) => (seen.push(index), new Seed({ id: 1 })) };
    task.sampleExamples({ seeds: points(0, 0), synthetic, count: 3, random: createRandom('large') });
    expect(seen).toHaveLength(3);
  });
});
