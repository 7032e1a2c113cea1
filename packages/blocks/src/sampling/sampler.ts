import { Block, ConfigError, registerBlock, Type } from '@dgt/core';
import type { BlockContext, BlockServices, Json, Random, Row } from '@dgt/core';
import { isMet } from './conditions.js';
import { constraintSchema, describeConstraint, holds, type Constraint } from './constraint.js';
import type { Draw } from './field-kind.js';
import { planFields, type PlannedCase, type PlannedField } from './sampler-plan.js';

const samplerConfig = {
  /** By name: how each field is drawn, with `kind` and the options of the kind. */
  fields: Type.Record(Type.String({ minLength: 1 }), Type.Unknown(), { minProperties: 1 }),
  /** What must hold between fields: all are drawn again until it does. */
  constraints: Type.Array(constraintSchema, { default: [] }),
  /** How often the fields of a row are drawn at the most. */
  max_tries: Type.Integer({ minimum: 1, default: 1000 }),
};

/** What a sampler can be configured with. */
export interface SamplerConfig {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly constraints?: readonly Constraint[];
  readonly max_tries?: number;
  readonly [key: string]: unknown;
}

/**
 * Puts drawn values on each row: topics, numbers, dates, people, records of a file. The values depend on the random seed
 * of the run and the place of the row alone.
 *
 * ```ts
 * const sampler = new Sampler({ fields: { level: { kind: 'category', values: ['easy', 'hard'] } } });
 * const rows = await sampler.run([{}, {}]).toArray();
 * ```
 *
 * A field may be drawn in another way by what a field before it is, or a field of the row that comes in: `cases`. Which
 * fields stand before does not matter.
 *
 * @throws {@link ConfigError} DGT_BLOCK_CONFIG, which names the field; DGT_FILE_UNREADABLE with the first row, or before a run;
 *   DGT_BLOCK_FIELD_MISSING for a row without a field that a case or a constraint looks at.
 */
@registerBlock('sampler')
export class Sampler extends Block.of({ config: samplerConfig }) {
  readonly #fields: readonly PlannedField[];
  readonly #byName = new Map<string, PlannedField>();
  #opening: Promise<ReadonlyMap<PlannedCase, Draw>> | undefined;

  constructor(config: SamplerConfig, services?: BlockServices) {
    super(config as never, services);
    try {
      this.#fields = planFields(this.config.fields);
    } catch (error) {
      throw this.#error((error as Error).message);
    }
    for (const field of this.#fields) this.#byName.set(field.name, field);
    const wrong = this.config.constraints.findIndex((each) => 'than_field' in each === 'value' in each);
    if (wrong !== -1) throw this.#error(`constraints[${wrong}]: expected either than_field or value`);
  }

  /** What files hold counts, and not only how they are called. */
  override get definition(): Json {
    const cases = this.#fields.flatMap(({ kind, cases }) => cases.map(({ options }) => ({ kind, options })));
    const files = cases.flatMap(({ kind, options }) => kind.define?.(options as never, this.services) ?? []);
    return { ...(super.definition as object), ...(files.length > 0 && { files }) } as Json;
  }

  override async prepare(): Promise<void> {
    await this.#open();
  }

  override async process(input: Row, { lane }: BlockContext): Promise<Row> {
    return this.#draw(lane.random, input, await this.#open());
  }

  #draw(random: Random, row: Row, draws: ReadonlyMap<PlannedCase, Draw>): Row {
    const { constraints, max_tries: maxTries } = this.config;
    let failed: Constraint | undefined;
    let drawn: Row = {};
    for (let attempt = 0; attempt < maxTries; attempt++) {
      drawn = {};
      for (const field of this.#fields) drawn[field.name] = this.#drawField(field, { ...row, ...drawn }, random, draws);
      const values = { ...row, ...drawn };
      failed = constraints.find((constraint) => !this.#holds(constraint, values));
      if (failed === undefined) return drawn;
    }
    const { field, than_field: other } = failed as Constraint;
    const seen = [field, other].flatMap((name) =>
      name === undefined ? [] : `${name}: ${JSON.stringify(drawn[name])}`,
    );
    const problem = `${maxTries} draws in a row did not keep ${describeConstraint(failed as Constraint)}`;
    throw this.#error(
      `constraints: ${problem} (the last: ${seen.join(', ')}); let the fields overlap more, or raise max_tries`,
    );
  }

  #drawField(field: PlannedField, values: Row, random: Random, draws: ReadonlyMap<PlannedCase, Draw>): unknown {
    const fitting = field.cases.find(({ when }) =>
      Object.entries(when).every(([name, condition]) => isMet(condition, this.#read(values, name))),
    );
    if (fitting === undefined) {
      const looked = new Set(field.cases.flatMap(({ when }) => Object.keys(when)));
      const seen = [...looked].map((name) => `${name}: ${JSON.stringify(values[name])}`).join(', ');
      throw this.#error(
        `fields.${field.name}: no case fits ${seen}; add one, or options beside the cases for all others`,
      );
    }
    try {
      return (draws.get(fitting) as Draw)(random);
    } catch (error) {
      if (error instanceof RangeError) throw this.#error(`fields.${field.name}: ${error.message}`);
      throw error;
    }
  }

  #holds(constraint: Constraint, values: Row): boolean {
    const { field, than_field: other, value } = constraint;
    const pair = [this.#read(values, field), other === undefined ? value : this.#read(values, other)] as const;
    const [first, second] = [this.#byName.get(field), this.#byName.get(other ?? field)];
    const result = holds(constraint, pair, [toNumber(pair[0], first), toNumber(pair[1], second)]);
    if (result !== undefined) return result;
    const seen = pair.map((one) => JSON.stringify(one)).join(' and ');
    throw this.#error(
      `constraints: ${describeConstraint(constraint)} compares ${seen}, which are not both numbers or moments`,
    );
  }

  #read(values: Row, name: string): unknown {
    if (Object.hasOwn(values, name)) return values[name];
    const details = { block: this.name, field: name, path: name, seen: Object.keys(values).join(', ') };
    throw new ConfigError('DGT_BLOCK_FIELD_MISSING', details);
  }

  #open(): Promise<ReadonlyMap<PlannedCase, Draw>> {
    this.#opening ??= this.#openFields();
    return this.#opening;
  }

  async #openFields(): Promise<ReadonlyMap<PlannedCase, Draw>> {
    const draws = new Map<PlannedCase, Draw>();
    for (const { name, kind, cases } of this.#fields) {
      for (const planned of cases) {
        try {
          draws.set(planned, await kind.open(planned.options as never, this.services));
        } catch (error) {
          if (error instanceof RangeError) throw this.#error(`fields.${name}: ${error.message}`);
          throw error;
        }
      }
    }
    return draws;
  }

  #error(problems: string): ConfigError {
    return new ConfigError('DGT_BLOCK_CONFIG', { block: this.name, problems });
  }
}

/** The moment of a text, when the field draws moments, or else the number itself. */
function toNumber(value: unknown, field: PlannedField | undefined): number | undefined {
  if (typeof value === 'number') return value;
  const [planned] = field?.cases ?? [];
  return planned && field?.kind.toNumber?.(value, planned.options as never);
}
