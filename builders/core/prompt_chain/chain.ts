import { ConfigError, Type, type Random, type TProperties } from '@dgt/core';
import type { Values } from '../prompts/prompt.js';
import { TaskFiles } from '../prompts/task-files.js';
import type { ChainSpec } from './chain-fields.js';
import { Step } from './step.js';

/** The steps of a task, read and checked. */
export class Chain {
  readonly steps: readonly Step[];
  readonly files: TaskFiles;
  readonly #spec: ChainSpec;

  /** @throws {@link ConfigError} for what cannot be a chain; its `path` says where in the task's file. */
  constructor(spec: ChainSpec, folder: string) {
    const { template_syntax: syntax, legacy_repr: legacyRepr, gen_kwargs: genKwargs = {} } = spec;
    this.files = new TaskFiles(folder);
    const options = { syntax, legacyRepr, files: this.files, folder, genKwargs };
    this.#spec = spec;
    this.steps = spec.steps.map((step, index) => new Step(step, index, options));
    this.#checkNames();
  }

  /** The fields of the data points that it makes: the further fields of each row, and what its steps make. */
  get fields(): TProperties {
    const extra = this.#extraNames.map((name) => [name, Type.Unknown()] as const);
    return Object.assign(Object.fromEntries(extra), ...this.steps.map(({ fields }) => fields)) as TProperties;
  }

  /** The columns that prompts, conditions and lists use, in the order of first mention. */
  get usedColumns(): readonly string[] {
    return [...new Set(this.steps.flatMap(({ names }) => names))];
  }

  /** The further fields of a row. */
  makeExtraFields(number: number, random: Random): Values {
    const { cycled_fields: cycled = {}, random_fields: drawn = {} } = this.#spec;
    return {
      ...Object.fromEntries(Object.entries(cycled).map(([name, list]) => [name, list[(number - 1) % list.length]])),
      ...Object.fromEntries(Object.entries(drawn).map(([name, list]) => [name, random.choice(list)])),
    };
  }

  /** Finds what is missing before anything is called. @throws {@link ConfigError} DGT_TEMPLATE_FIELD */
  check(values: Values, row: string): void {
    const later: string[] = [];
    for (const step of this.steps) {
      step.check(values, { row, later });
      later.push(...Object.keys(step.fields));
    }
  }

  get #extraNames(): string[] {
    const { cycled_fields: cycled = {}, random_fields: drawn = {} } = this.#spec;
    return [...Object.keys(cycled), ...Object.keys(drawn)];
  }

  #checkNames(): void {
    const taken = new Map<string, string>([
      ['task_name', 'dgt stamps it'],
      ['is_seed', 'dgt stamps it'],
    ]);
    const claim = (name: string, by: string, path: readonly (string | number)[]) => {
      const other = taken.get(name);
      if (other !== undefined)
        throw new ConfigError('DGT_CONFIG_INVALID', { problems: `"${name}" is taken: ${other}`, path });
      taken.set(name, by);
    };
    const { cycled_fields: cycled = {}, random_fields: drawn = {} } = this.#spec;
    for (const name of Object.keys(cycled)) claim(name, 'a field of cycled_fields', ['cycled_fields', name]);
    for (const name of Object.keys(drawn)) claim(name, 'a field of random_fields', ['random_fields', name]);
    for (const [index, { name: step, fields }] of this.steps.entries()) {
      for (const name of Object.keys(fields)) claim(name, `step "${step}" writes it`, ['steps', index, 'out']);
    }
  }
}
