import { ConfigError, createRandom, createScriptLane, createScriptServices, type Row } from '@dgt/core';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { drawCategory, drawDatetime, drawGaussian, drawPerson, drawUniform, readColumn, Sampler } from './index.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dgt-sampling-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Config = ConstructorParameters<typeof Sampler>[0];

const services = () => ({ ...createScriptServices(), baseFolder: folder, workingFolder: folder });
const create = (config: Config) => new Sampler({ name: 'sampler', ...config }, services());
const repeat = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => make(index));

async function sample(config: Config, rows: readonly object[], randomSeed = 0): Promise<Row[]> {
  return (await create(config)
    .run(rows, { lane: createScriptLane({ randomSeed }) })
    .toArray()) as Row[];
}

function problemOf(config: Config): string {
  try {
    create(config);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message;
  }
  throw new Error('it was taken');
}

describe('the functions that draw', () => {
  const random = createRandom('draw');
  const many = <T>(draw: () => T) => repeat(4000, draw);
  const mean = (numbers: readonly number[]) => numbers.reduce((sum, value) => sum + value, 0) / numbers.length;

  it('draw values as often as their weights say, and never one of weight 0', () => {
    const drawn = many(() => drawCategory(random, { values: ['a', 'b', 'c'], weights: [3, 0, 1] }));
    expect(drawn).not.toContain('b');
    expect(mean(drawn.map((value) => Number(value === 'a')))).toBeCloseTo(0.75, 1);
    expect(new Set(many(() => drawCategory(random, { values: [1, 2] })))).toEqual(new Set([1, 2]));
  });

  it('draw numbers of a range, with so many decimals and both ends', () => {
    const dice = many(() => drawUniform(random, { from: 1, to: 6, decimals: 0 }));
    expect([...new Set(dice)].sort()).toEqual([1, 2, 3, 4, 5, 6]);
    const prices = many(() => drawUniform(random, { from: 0.1, to: 0.3, decimals: 1 }));
    expect([...new Set(prices)].sort()).toEqual([0.1, 0.2, 0.3]);
    const real = many(() => drawUniform(random, { from: -1, to: 1 }));
    expect(Math.max(...real.map(Math.abs))).toBeLessThanOrEqual(1);
    expect(mean(real)).toBeCloseTo(0, 1);
  });

  it('draw numbers near a mean, within limits', () => {
    const numbers = many(() => drawGaussian(random, { mean: 100, deviation: 15 }));
    expect(Math.abs(mean(numbers) - 100)).toBeLessThan(1);
    const spread = Math.sqrt(mean(numbers.map((value) => (value - 100) ** 2)));
    expect(Math.abs(spread - 15)).toBeLessThan(1);
    const ages = many(() => drawGaussian(random, { mean: 20, deviation: 10, min: 18, max: 30, decimals: 0 }));
    expect([Math.min(...ages), Math.max(...ages)]).toEqual([18, 30]);
    expect(ages.every(Number.isInteger)).toBe(true);
    expect(() => drawGaussian(random, { mean: 0, deviation: 1, min: 50 })).toThrow(
      '10000 draws in a row gave no number',
    );
  });

  it('draw moments in UTC, both ends included, in any format', () => {
    const days = many(() => drawDatetime(random, { from: '2024-02-28', to: '2024-03-01' }));
    expect([...new Set(days)].sort()).toEqual(['2024-02-28', '2024-02-29', '2024-03-01']);
    const range = { from: '2024-01-01T10:00', to: '2024-01-01T11:00:00Z' };
    const minutes = many(() => drawDatetime(random, { ...range, unit: 'minute' }));
    expect(new Set(minutes).size).toBe(61);
    expect(minutes).toContain('2024-01-01T11:00:00Z');
    const named = drawDatetime(random, { from: '2024-05-31', to: '2024-05-31', format: 'dddd, D MMMM YYYY' });
    expect(named).toBe('Friday, 31 May 2024');
  });

  it('give what a column of a file holds', () => {
    writeFileSync(join(folder, 'a.jsonl'), '{"city": {"name": "Lima"}}\n{"city": null}\n{"city": {"name": "Bonn"}}\n');
    expect(readColumn(join(folder, 'a.jsonl'), 'city.name')).toEqual(['Lima', 'Bonn']);
    expect(readColumn(join(folder, 'a.jsonl'))).toHaveLength(3);
    writeFileSync(join(folder, 'a.csv'), 'city\nLima\n');
    expect(() => readColumn(join(folder, 'a.csv'), 'city')).toThrow('csv is not read here: write its rows as jsonl');
  });
});

describe('a sampler', () => {
  const fields = {
    level: { kind: 'category', values: ['easy', 'hard'], weights: [3, 1] },
    words: { kind: 'uniform', from: 10, to: 20, decimals: 0 },
  };

  it('puts the fields on each row and leaves the others', async () => {
    const rows = await sample({ fields }, [{ id: 1 }, { id: 2 }]);
    expect(rows).toEqual(
      [1, 2].map((id) => ({ id, level: expect.stringMatching(/easy|hard/), words: expect.any(Number) })),
    );
    const [routed] = await sample({ fields, output_map: { level: 'meta.level' } }, [{}]);
    expect(routed).toMatchObject({ meta: { level: expect.any(String) as string } });
  });

  it('gives the same for the same seed and place, whatever other rows there are', async () => {
    const rows = repeat(50, (id) => ({ id }));
    const drawn = await sample({ fields }, rows);
    expect(await sample({ fields }, rows)).toEqual(drawn);
    expect(await sample({ fields }, rows.slice(0, 7))).toEqual(drawn.slice(0, 7));
    expect(await sample({ fields }, rows, 1)).not.toEqual(drawn);
  });

  it('draws a field by what others are, in whatever order they stand', async () => {
    const conditional = {
      branch: {
        kind: 'category',
        cases: [
          { when: { topic: 'math', age: { max: 12 } }, values: ['counting'] },
          { when: { topic: ['math', 'physics'] }, values: ['algebra', 'mechanics'], weights: [1, 0] },
        ],
        values: ['other'],
      },
      topic: { kind: 'category', values: ['math', 'physics', 'art'] },
    };
    const rows = await sample(
      { fields: conditional },
      repeat(60, (id) => ({ age: id % 2 === 0 ? 10 : 40 })),
    );
    for (const { topic, age, branch } of rows) {
      const expected = topic === 'math' && age === 10 ? 'counting' : topic === 'art' ? 'other' : 'algebra';
      expect(branch).toBe(expected);
    }
    expect(new Set(rows.map(({ branch }) => branch)).size).toBe(3);
  });

  it('says which field has no case for a row, and which field of the row is missing', async () => {
    const only = { x: { kind: 'category', cases: [{ when: { topic: 'math' }, values: [1] }] } };
    await expect(sample({ fields: only }, [{ topic: 'art' }])).rejects.toThrow('fields.x: no case fits topic: "art"');
    await expect(sample({ fields: only }, [{ id: 1 }])).rejects.toMatchObject({ code: 'DGT_BLOCK_FIELD_MISSING' });
  });

  it('draws again until its constraints hold, and says which cannot', async () => {
    const day = { kind: 'datetime', from: '2024-01-01', to: '2024-12-31', format: 'D MMM YYYY' };
    const number = { kind: 'uniform', from: 1, to: 9, decimals: 0 };
    const constraints = [
      { field: 'end', is: '>', than_field: 'start' },
      { field: 'start', is: '>=', value: '1 Jun 2024' },
      { field: 'a', is: '!=', than_field: 'b' },
      { field: 'a', is: '<=', value: 3 },
    ];
    const config = { fields: { start: day, end: day, a: number, b: number }, constraints };
    for (const { start, end, a, b } of await sample(
      config,
      repeat(50, () => ({})),
    )) {
      expect(Date.parse(end as string)).toBeGreaterThan(Date.parse(start as string));
      expect(Date.parse(start as string)).toBeGreaterThanOrEqual(Date.parse('1 Jun 2024'));
      expect(a).not.toBe(b);
      expect(a).toBeLessThanOrEqual(3);
    }
    const never = { fields: { a: number }, constraints: [{ field: 'a', is: '>', value: 9 }], max_tries: 20 };
    await expect(sample(never, [{}])).rejects.toThrow(
      /constraints: 20 draws in a row did not keep a > 9 \(the last: a: \d\); let the fields overlap more/,
    );
    const unlike = { fields: { a: number, start: day }, constraints: [{ field: 'a', is: '<', value: 'x' }] };
    await expect(sample(unlike, [{}])).rejects.toThrow('which are not both numbers or moments');
  });

  it('draws records, columns and subsets of files', async () => {
    writeFileSync(
      join(folder, 'cities.jsonl'),
      '{"name": "Lima", "country": "Peru"}\n{"name": "Bonn", "country": "Germany"}\n{"x": 1}\n',
    );
    writeFileSync(join(folder, 'words.txt'), 'one\n\ntwo\nthree\n');
    const config = {
      fields: {
        place: { kind: 'record', file: 'cities.jsonl' },
        city: { kind: 'record', file: 'cities.jsonl', column: 'name' },
        words: { kind: 'subset', file: 'words.txt', count: 2 },
      },
    };
    const rows = await sample(
      config,
      repeat(40, () => ({})),
    );
    expect(new Set(rows.map(({ city }) => city))).toEqual(new Set(['Lima', 'Bonn']));
    expect(rows.map(({ place }) => place)).toContainEqual({ name: 'Lima', country: 'Peru' });
    for (const { words } of rows) expect(new Set(words as string[]).size).toBe(2);
    const before = create(config).definition;
    writeFileSync(join(folder, 'words.txt'), 'one\ntwo\nfour\n');
    expect(create(config).definition).not.toEqual(before);
  });

  it('names the field whose file lacks what is drawn', async () => {
    writeFileSync(join(folder, 'a.jsonl'), '{"x": 1}\n');
    const draw = (options: object) => sample({ fields: { f: { file: 'a.jsonl', ...options } } }, [{}]);
    await expect(draw({ kind: 'record', column: 'y' })).rejects.toThrow(
      'fields.f: a.jsonl has 0 records with "y", 1 are drawn',
    );
    await expect(draw({ kind: 'subset', count: 2 })).rejects.toThrow('fields.f: a.jsonl has 1 records, 2 are drawn');
    await expect(draw({ kind: 'record', file: 'b.jsonl' })).rejects.toMatchObject({ code: 'DGT_FILE_UNREADABLE' });
    const narrow = { kind: 'gaussian', mean: 0, deviation: 1, min: 40 };
    await expect(sample({ fields: { f: narrow } }, [{}])).rejects.toThrow('fields.f: 10000 draws in a row');
  });

  it.each<[Config['fields'], string]>([
    [{ f: { kind: 'categry', values: [1] } }, 'fields.f: kind: expected one of category, datetime'],
    [{ f: { kind: 'categry', values: [1] } }, 'did you mean "category"?'],
    [{ f: 7 }, 'fields.f: expected an object with "kind"'],
    [{ f: { kind: 'category', values: [] } }, 'fields.f: values: expected a list that is not empty'],
    [{ f: { kind: 'category', values: [1, 2], weights: [1] } }, 'fields.f: 2 values have 1 weights'],
    [{ f: { kind: 'category', values: [1], weights: [0] } }, 'fields.f: weights: at least one must be above 0'],
    [{ f: { kind: 'uniform', from: 2, to: 1 } }, 'fields.f: from 2 is more than to 1'],
    [{ f: { kind: 'uniform', form: 2, to: 1 } }, 'unknown key "form" (did you mean "from"?)'],
    [{ f: { kind: 'gaussian', mean: 1, deviation: -1 } }, 'fields.f: deviation: expected a number >= 0'],
    [{ f: { kind: 'gaussian', mean: 1, deviation: 1, min: 2, max: 1 } }, 'fields.f: min 2 is more than max 1'],
    [{ f: { kind: 'datetime', from: '2024-02-30', to: '2024-03-01' } }, 'fields.f: there is no "2024-02-30"'],
    [{ f: { kind: 'datetime', from: '2024-02-03', to: '2024-01-01' } }, 'is later than to 2024-01-01'],
    [{ f: { kind: 'person', age: { min: 9, max: 8 } } }, 'fields.f: age: min 9 is more than max 8'],
    [{ f: { kind: 'category', cases: [{ values: [1] }] } }, 'fields.f: cases[0]: expected "when"'],
    [{ f: { kind: 'category', cases: [{ when: { a: 1 } }] } }, 'fields.f: cases[0]: missing "values"'],
    [
      {
        a: { kind: 'category', cases: [{ when: { b: 1 }, values: [1] }] },
        b: { kind: 'category', cases: [{ when: { a: 1 }, values: [1] }] },
      },
      'fields.a, b: their cases depend on each other in a circle',
    ],
  ])('refuses %j and names the field', (fields, message) => {
    expect(problemOf({ fields })).toContain(message);
  });

  it('refuses a constraint that compares with nothing, or with two things', () => {
    const a = { kind: 'uniform', from: 1, to: 2 };
    expect(problemOf({ fields: { a }, constraints: [{ field: 'a', is: '<' }] })).toContain(
      'either than_field or value',
    );
    const both = [{ field: 'a', is: '<', than_field: 'a', value: 1 }];
    expect(problemOf({ fields: { a }, constraints: both })).toContain(
      'constraints[0]: expected either than_field or value',
    );
  });
});

describe('people', () => {
  /** Writes a package of the shape of the real one, whose values tell what it was seeded with. */
  function installFaker(): void {
    const home = join(folder, 'node_modules/@faker-js/faker');
    mkdirSync(join(home, 'dist'), { recursive: true });
    const exports = { './locale/*': { default: './dist/*.js' }, './package.json': './package.json' };
    writeFileSync(join(home, 'package.json'), JSON.stringify({ name: '@faker-js/faker', type: 'module', exports }));
    writeFileSync(
      join(home, 'dist/de.js'),
      `let state = 0;
       const next = () => (state = (state * 48271 + 1) % 2147483647);
       export const faker = {
         seed: (seed) => { state = seed; },
         person: { firstName: (sex) => sex + next(), lastName: () => 'L' + next(), jobTitle: () => 'job' + next() },
         internet: { exampleEmail: ({ firstName, lastName }) => firstName + '.' + lastName + '@example.com' },
         phone: { number: () => String(next()) },
         location: { streetAddress: () => 'street', city: () => 'city' + next(), zipCode: () => '1' },
       };`,
    );
  }

  it('are drawn from the package beside the builder, by the random numbers of the lane alone', async () => {
    installFaker();
    const author = { kind: 'person', locale: 'de', sex: 'female', age: { min: 30, max: 31 } };
    const rows = await sample({ fields: { author, reader: { kind: 'person', locale: 'de' } } }, [{}, {}]);
    expect(rows[0]?.['author']).toMatchObject({
      first_name: expect.stringMatching(/^female\d+/) as string,
      sex: 'female',
    });
    expect(rows[0]?.['author']).not.toEqual(rows[1]?.['author']);
    const again = await sample({ fields: { author, reader: { kind: 'person', locale: 'de' } } }, [{}, {}, {}]);
    expect(again.slice(0, 2)).toEqual(rows);
    const wrong = sample({ fields: { author: { kind: 'person', locale: 'xx' } } }, [{}]);
    await expect(wrong).rejects.toThrow('fields.author: @faker-js/faker has no locale "xx"');
  });

  it('need a package, which the error says how to install', async () => {
    await expect(sample({ fields: { author: { kind: 'person' } } }, [{}])).rejects.toThrow(
      'fields.author: people come from the package @faker-js/faker, which is not installed: npm install @faker-js/faker',
    );
  });

  it('have what is said of them fit together', () => {
    const faker = {
      seed: () => undefined,
      person: {
        firstName: (sex: string) => (sex === 'male' ? 'Adam' : 'Ada'),
        lastName: () => 'L',
        jobTitle: () => 'cook',
      },
      internet: { exampleEmail: ({ firstName }: { firstName: string }) => `${firstName}@example.com` },
      phone: { number: () => '1' },
      location: { streetAddress: () => 's', city: () => 'c', zipCode: () => 'z' },
    };
    const random = createRandom('people');
    for (const { first_name, sex, age, name, email } of repeat(50, () => drawPerson(random, faker))) {
      expect(first_name).toBe(sex === 'male' ? 'Adam' : 'Ada');
      expect([name, email]).toEqual([`${first_name} L`, `${first_name}@example.com`]);
      expect(age >= 18 && age <= 90).toBe(true);
    }
  });
});
