import {
  checkTemplateValues,
  evaluateCondition,
  readBelow,
  readCondition,
  type TemplateVariable,
} from '@dgt/blocks/templates';
import { ConfigError, Type, type LaneContext, type TProperties } from '@dgt/core';
import { AnswerReader } from '../answers/answer-reader.js';
import { ask, type Model } from '../answers/ask.js';
import { withPlace } from '../prompts/error-place.js';
import type { PromptOptions, Values } from '../prompts/prompt.js';
import { Request } from '../prompts/request.js';
import type { StepSpec } from './chain-fields.js';

/** What a step runs in: a lane with the model. */
export type StepLane = LaneContext<{ readonly generator: Model }>;

/** One step of a chain: asks the model, and makes fields of what it answers. */
export class Step {
  /** What it is called: its output, or its number. */
  readonly name: string;
  readonly split: boolean;
  readonly #spec: StepSpec;
  readonly #path: readonly (string | number)[];
  readonly #request: Request;
  readonly #reader: AnswerReader;
  readonly #genKwargs: Readonly<Record<string, unknown>>;
  readonly #conditionNames: readonly string[];

  /** @throws {@link ConfigError} for what cannot be a step; its `path` says where in the task's file. */
  constructor(
    spec: StepSpec,
    index: number,
    options: PromptOptions & { folder: string; genKwargs: Readonly<Record<string, unknown>> },
  ) {
    const path = ['steps', index];
    const refuse = (problems: string, key?: string) =>
      new ConfigError('DGT_CONFIG_INVALID', { problems, path: key === undefined ? path : [...path, key] });
    this.#spec = spec;
    this.#path = path;
    this.split = spec.split;
    // Asked several times, each answer is one item; asked once, the answer itself is the list.
    const isList = spec.split && spec.n === undefined && spec.for_each === undefined;
    this.#reader = new AnswerReader(spec, { ...options, path, where: `steps[${index}]`, isList });
    this.name = spec.out ?? this.#properties.join(', ');
    this.#request = new Request(spec, { path, where: `step "${this.name}"` }, options);
    this.#genKwargs = { ...options.genKwargs, ...spec.gen_kwargs, ...(spec.n !== undefined && { n: spec.n }) };
    if (spec.out === undefined && spec.type !== 'data_point') throw refuse('out is missing: the key of its output');
    if (spec.out === undefined && !spec.split && (spec.n !== undefined || spec.for_each !== undefined))
      throw refuse('several data points need an out, or split: true to make a row of each');
    try {
      this.#conditionNames = spec.when === undefined ? [] : readCondition(spec.when);
    } catch (error) {
      throw refuse(`${JSON.stringify(spec.when)} is no condition: ${(error as Error).message}`, 'when');
    }
  }

  /** The fields that it makes. */
  get fields(): TProperties {
    const { out, type, when, if_unreadable: unreadable, n, for_each: list, split } = this.#spec;
    if (out === undefined)
      return Object.fromEntries(this.#properties.map((key) => [key, Type.Optional(Type.Unknown())]));
    const isText = type === 'str' && this.#spec.extract === undefined && when === undefined;
    const isOne = n === undefined && list === undefined && !split && unreadable !== 'null';
    return { [out]: isText && isOne ? Type.String() : Type.Unknown() };
  }

  /** The columns and earlier outputs that it uses, in the order of first mention. */
  get names(): readonly string[] {
    const { for_each: list, as } = this.#spec;
    const used = this.#request.names.filter((name) => list === undefined || name !== as);
    return [...this.#conditionNames, ...(list === undefined ? [] : [firstOf(list)]), ...used];
  }

  /** Loads what it needs. */
  open(): Promise<void> {
    return this.#reader.open();
  }

  /**
   * Finds what is missing before anything is called.
   *
   * @param later what earlier steps make.
   * @throws {@link ConfigError} DGT_TEMPLATE_FIELD
   */
  check(values: Values, { row, later }: { row: string; later: readonly string[] }): void {
    const { for_each: list, as } = this.#spec;
    const look = (key: string, variables: readonly TemplateVariable[]) =>
      withPlace([...this.#path, key], () =>
        checkTemplateValues({ variables }, values, { where: `${row}: step "${this.name}", ${key}`, later }),
      );
    const conditions = this.#conditionNames.map((name) => ({ name, path: [], text: name }));
    look('when', conditions);
    if (list !== undefined) {
      const [name = '', ...path] = list.split('.');
      look('for_each', [{ name, path, text: list }]);
    }
    this.#request.check(values, { row, later: list === undefined ? later : [...later, as] });
  }

  /**
   * Asks, and makes fields of the answers: one set of them, or with `split` one for each item.
   *
   * @returns undefined when there are none, which is on record then.
   */
  async run(values: Values, lane: StepLane): Promise<Values[] | undefined> {
    const { when, for_each: list } = this.#spec;
    if (when !== undefined && !evaluateCondition(when, values)) return [this.#toFields(null)];
    const value = list === undefined ? await this.#ask(values, lane) : await this.#askForEach(list, values, lane);
    if (value === undefined) return undefined;
    if (!this.split) return [this.#toFields(value)];
    const items = this.#listItems(value);
    if (items === undefined) lane.reject(`step "${this.name}": split needs a list`, { step: this.name, answer: value });
    return items?.map((item) => this.#toFields(item));
  }

  async #askForEach(list: string, values: Values, lane: StepLane): Promise<unknown[] | undefined> {
    const [name = '', ...path] = list.split('.');
    const items = readBelow(values[name], path);
    if (!Array.isArray(items)) {
      lane.reject(`step "${this.name}": "${list}" is no list`, { step: this.name, value: items });
      return undefined;
    }
    const results = await lane.map(items as unknown[], (item, own) =>
      this.#ask({ ...values, [this.#spec.as]: item }, own),
    );
    return results.includes(undefined) ? undefined : results;
  }

  /** The value of the answer, or the list of values of several; undefined when there is none, which is on record then. */
  async #ask(values: Values, lane: StepLane): Promise<unknown> {
    const answers = await ask(lane.blocks.generator, {
      input: this.#request.render(values),
      gen_kwargs: this.#genKwargs,
      response_format: this.#reader.responseFormat,
      step: this.name,
    });
    if (answers === undefined) return undefined;
    const found: unknown[] = [];
    for (const answer of answers) {
      const finding = await this.#reader.read(answer, { lane, values });
      if ('value' in finding) found.push(finding.value);
      else lane.reject(`step "${this.name}": ${finding.problem}`, { step: this.name, answer });
    }
    if (found.length === 0) return undefined;
    return this.#spec.n === undefined ? found[0] : found;
  }

  /** The fields that a value, or an item of a list of them, becomes. */
  #toFields(value: unknown): Values {
    const { out } = this.#spec;
    if (out !== undefined) return { [out]: value };
    if (value === null) return Object.fromEntries(this.#properties.map((key) => [key, null]));
    return Object.fromEntries(Object.entries(value as object).filter(([key]) => this.#properties.includes(key)));
  }

  /** The items of a list, through the lists that `n` and `for_each` make. */
  #listItems(value: unknown): unknown[] | undefined {
    if (!Array.isArray(value)) return undefined;
    const { n, for_each: list } = this.#spec;
    return (value as unknown[]).flat(n !== undefined && list !== undefined ? 1 : 0);
  }

  /** The names of the fields of its schema. */
  get #properties(): string[] {
    return Object.keys((this.#reader.schema?.['properties'] ?? {}) as object);
  }
}

function firstOf(path: string): string {
  return path.split('.')[0] as string;
}
