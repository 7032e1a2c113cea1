import { Type, type Random, type Static } from '@dgt/core';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { defineKind, type KindServices } from './field-kind.js';

/** A person who does not exist. */
export const personOptions = Type.Object(
  {
    /** Language and country, as `en`, `de`, `pt_BR`: one of the locales of `@faker-js/faker`. */
    locale: Type.String({ default: 'en', pattern: '^[a-z]{2}(_[A-Za-z_]+)?$' }),
    /** Drawn without. */
    sex: Type.Optional(Type.Union([Type.Literal('female'), Type.Literal('male')])),
    /** The youngest and the oldest, in years. */
    age: Type.Optional(
      Type.Object(
        { min: Type.Integer({ minimum: 0 }), max: Type.Integer({ minimum: 0 }) },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);

/** The values of {@link personOptions}. */
export type PersonOptions = Partial<Static<typeof personOptions>>;

/** What is said of a person. */
export type Person = {
  readonly first_name: string;
  readonly last_name: string;
  readonly name: string;
  readonly sex: 'female' | 'male';
  readonly age: number;
  readonly job: string;
  readonly email: string;
  readonly phone: string;
  readonly street: string;
  readonly city: string;
  readonly postcode: string;
};

const packageName = '@faker-js/faker';

/** The part of a locale of `@faker-js/faker` that is used. */
export interface Faker {
  seed(seed: number): unknown;
  readonly person: { firstName(sex: string): string; lastName(sex: string): string; jobTitle(): string };
  readonly internet: { exampleEmail(name: { firstName: string; lastName: string }): string };
  readonly phone: { number(): string };
  readonly location: { streetAddress(): string; city(): string; zipCode(): string };
}

/**
 * Draws a person from a locale of `@faker-js/faker`, which your project installs: it is no dependency of dgt. Name, sex and
 * address fit each other no further than the locale does. E-mail addresses lead nowhere (`example.com`).
 *
 * ```ts
 * drawPerson(ctx.random, faker, { sex: 'female' });
 * ```
 */
export function drawPerson(random: Random, faker: Faker, options: PersonOptions = {}): Person {
  const { sex = random.choice(['female', 'male'] as const), age: { min, max } = { min: 18, max: 90 } } = options;
  const age = min + random.integer(max - min + 1);
  // Whoever else uses this instance has drawn from it since.
  faker.seed(random.integer(2 ** 32));
  const first_name = faker.person.firstName(sex);
  const last_name = faker.person.lastName(sex);
  return {
    first_name,
    last_name,
    name: `${first_name} ${last_name}`,
    sex,
    age,
    job: faker.person.jobTitle(),
    email: faker.internet.exampleEmail({ firstName: first_name, lastName: last_name }),
    phone: faker.phone.number(),
    street: faker.location.streetAddress(),
    city: faker.location.city(),
    postcode: faker.location.zipCode(),
  };
}

/** See {@link drawPerson}. */
export const person = defineKind(personOptions, {
  findProblem: ({ age }) =>
    age === undefined || age.min <= age.max ? undefined : `age: min ${age.min} is more than max ${age.max}`,
  async open(options, services) {
    const faker = await loadFaker(options.locale, services);
    return (random) => drawPerson(random, faker, options);
  },
});

/** Of the package that is installed beside the builder, or where dgt was called, or beside dgt. */
async function loadFaker(locale: string, { baseFolder, workingFolder }: KindServices): Promise<Faker> {
  const from = [baseFolder, workingFolder].map((folder) => pathToFileURL(join(folder, 'x.js')).href);
  const requires = [...from, import.meta.url].map((place) => createRequire(place));
  const installed = requires.find((require) => tryResolve(require, `${packageName}/package.json`) !== undefined);
  if (installed === undefined) {
    throw new RangeError(
      `people come from the package ${packageName}, which is not installed: npm install ${packageName}`,
    );
  }
  const path = tryResolve(installed, `${packageName}/locale/${locale}`);
  if (path === undefined) throw new RangeError(`${packageName} has no locale "${locale}"`);
  return ((await import(pathToFileURL(path).href)) as { readonly faker: Faker }).faker;
}

function tryResolve(require: NodeJS.Require, name: string): string | undefined {
  try {
    return require.resolve(name);
  } catch {
    return undefined;
  }
}
