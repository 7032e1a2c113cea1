import { ConfigError, innerBlock, LMProvider, PluginError, Type, ValidatorBlock, registerBlock } from '@dgt/core';
import type { BlockConfig, BlockContext, BlockServices, Json, LMRow, Message, Verdict } from '@dgt/core';
import { InnerModel } from '../internal/inner-model.js';
import { fillPrompt } from './fill-prompt.js';
import {
  combineVotes,
  createRule,
  criterionSchema,
  defaultScale,
  scaleSchema,
  successSchema,
  type Rule,
} from './judge-rule.js';

const lmJudgeConfig = {
  /** The model that judges: an entry as under `blocks:`, with `type` and what the type takes. */
  lm_config: Type.Optional(innerBlock('language model')),
  /** From code, instead: a model block. */
  lm: Type.Optional(Type.Unsafe<LMProvider>({})),
  /** What the judge is asked, with `{{field}}` for the fields of the row; without it the row's own `input`. */
  prompt: Type.Optional(Type.String({ minLength: 1 })),
  /** Said to the judge first, as the system message of a chat. */
  system: Type.Optional(Type.String({ minLength: 1 })),
  /** What makes a row valid: `yes_no`, `{ score: { min } }` or `{ pattern }`. */
  success: Type.Optional(successSchema),
  /** Instead, several things that the judge scores, each with the least that is enough. */
  criteria: Type.Array(criterionSchema, { default: [] }),
  /** The lowest and the highest score; an answer beyond them is not a score. Of criteria 1 to 5, unless it says otherwise. */
  scale: Type.Optional(scaleSchema),
  /** How often the judge is asked; more than half must find the row valid. */
  votes: Type.Integer({ minimum: 1, maximum: 99, default: 1 }),
  /** From code, instead of `success`: says what an answer means. */
  success_func: Type.Optional(Type.Unsafe<SuccessFunction>({})),
};

const lmJudgeInput = {
  input: Type.Optional(Type.Unknown()),
  gen_kwargs: Type.Optional(Type.Unknown()),
  success_func: Type.Optional(Type.Unknown()),
};

/** Says what an answer of the judge means: valid or not, with details if there are any. */
export type SuccessFunction = (
  answer: string,
) => boolean | readonly [boolean, Readonly<Record<string, unknown>> | null | undefined] | Verdict;

interface Input {
  readonly input?: LMRow['input'];
  readonly gen_kwargs?: Readonly<Record<string, unknown>>;
  readonly success_func?: unknown;
}

/** What a judge can be configured with. */
export interface LMJudgeConfig {
  readonly lm_config?: BlockConfig;
  readonly lm?: LMProvider;
  readonly success_func?: SuccessFunction;
  readonly [key: string]: unknown;
}

/**
 * Lets a model judge each row. Its answer is read by a rule (`success`, `criteria`) or by a function; one that cannot be read
 * is no vote for the row. The answers stand in `metadata.judge_output`. Calls are recorded like those of any model block.
 *
 * ```ts
 * const judge = new LMJudge({ lm: model, prompt: 'Is "{{answer}}" a city? Reply yes or no.', filter: true });
 * ```
 *
 * @throws {@link ConfigError} DGT_BLOCK_CONFIG; DGT_BLOCK_FIELD_MISSING for a row without a field that the prompt shows;
 *   {@link PluginError} DGT_FUNCTION_RESULT.
 */
@registerBlock('lm_judge')
export class LMJudge extends ValidatorBlock.of({ config: lmJudgeConfig, input: lmJudgeInput }) {
  readonly #rule: Rule;
  readonly #model: InnerModel<LMProvider>;

  constructor(config: LMJudgeConfig, services?: BlockServices) {
    super(config as never, services);
    const { lm: given, lm_config, success = 'yes_no', criteria, scale } = this.config;
    this.#model = new InnerModel({
      block: this.name,
      given,
      config: lm_config as BlockConfig | undefined,
      services: this.services,
      kind: LMProvider,
      kindName: 'a model',
    });
    this.#checkChoices();
    try {
      this.#rule = createRule({ success, criteria, scale });
    } catch (error) {
      throw this.#error(`success: ${(error as Error).message}`);
    }
  }

  override get callLimit(): number | undefined {
    return this.#model.callLimit;
  }

  /** With the model's own definition in the place of `lm_config`, which may hold keys and addresses. */
  override get definition(): Json {
    const { lm: _lm, lm_config: _entry, success_func, ...rest } = super.definition as { readonly [key: string]: Json };
    const judge = this.#model.definition;
    return { ...rest, judge, ...(success_func !== undefined && { success_func: String(success_func) }) };
  }

  override async prepare(options: { readonly pinned: Json | undefined; readonly signal: AbortSignal }): Promise<void> {
    const pinned = (options.pinned as { readonly judge?: Json } | undefined)?.judge;
    await this.#model.prepare({ ...options, pinned });
  }

  override close(): Promise<void> {
    return this.#model.close();
  }

  override async validate(input: Input, { lane, row }: BlockContext): Promise<Verdict> {
    const request = this.#buildRequest(input, row);
    const model = await this.#model.open();
    const { votes } = this.config;
    const requests = Array.from({ length: votes }, () => request);
    const answered = await model.run(requests, { lane, failures: 'yield' }).toArray();
    const answers = answered.flatMap((answer) => ('error' in answer ? [] : [readText(answer.result)]));
    const [failed] = answered.flatMap((answer) => ('error' in answer ? [answer.error] : []));
    if (answers.length === 0 && failed !== undefined) throw failed;
    const judge = this.#chooseRule(input.success_func);
    const verdict = combineVotes(answers.map(judge));
    return { ...verdict, metadata: { judge_output: votes === 1 ? answers[0] : answers, ...verdict.metadata } };
  }

  #buildRequest({ input, gen_kwargs }: Input, row: object): LMRow {
    const { prompt, system } = this.config;
    const asked = prompt === undefined ? input : this.#fill(prompt, row);
    if (asked === undefined || asked === null) {
      const details = { block: this.name, field: 'input', path: 'input', seen: Object.keys(row).join(', ') };
      throw new ConfigError('DGT_BLOCK_FIELD_MISSING', details);
    }
    const content = system === undefined ? asked : [{ role: 'system' as const, content: system }, ...toMessages(asked)];
    return { input: content, ...(gen_kwargs !== undefined && { gen_kwargs }) };
  }

  #fill(prompt: string, row: object): string {
    const { criteria, scale = defaultScale } = this.config;
    if (criteria.length === 0) return fillPrompt(prompt, row, { block: this.name });
    const listed = criteria.flatMap(({ name, description, levels = {} }) => [
      `- ${name}${description === undefined ? '' : `: ${description}`}`,
      ...Object.entries(levels)
        .sort(([one], [other]) => Number(one) - Number(other))
        .map(([score, deserved]) => `  ${score}: ${deserved}`),
    ]);
    const example = JSON.stringify(Object.fromEntries(criteria.map(({ name }) => [name, scale.to])));
    const extra = {
      criteria: `${listed.join('\n')}\nScore each from ${scale.from} to ${scale.to}. End with one line of JSON like ${example}`,
    };
    const whole = /\{\{\s*criteria\s*\}\}/.test(prompt) ? prompt : `${prompt.trimEnd()}\n\n{{criteria}}`;
    return fillPrompt(whole, row, { block: this.name, extra });
  }

  #chooseRule(own: unknown): Rule {
    const judge = typeof own === 'function' ? (own as SuccessFunction) : this.config.success_func;
    return judge === undefined ? this.#rule : (answer) => this.#readResult(judge(answer));
  }

  #readResult(result: ReturnType<SuccessFunction>): Verdict {
    if (typeof result === 'boolean') return { valid: result, ...(!result && { reason: 'the judge said no' }) };
    const [valid, metadata] = Array.isArray(result)
      ? (result as [unknown, object?])
      : [(result as Verdict | null)?.valid];
    if (typeof valid !== 'boolean') {
      const names = { block: this.name, function: 'success_func', file: 'the configuration' };
      const expected = 'true, false, [valid, details] or { valid, reason }';
      throw new PluginError('DGT_FUNCTION_RESULT', { ...names, seen: JSON.stringify(result) ?? 'nothing', expected });
    }
    return Array.isArray(result) ? { valid, metadata: { ...metadata } } : (result as Verdict);
  }

  #checkChoices(): void {
    const { success, success_func, criteria, scale, prompt } = this.config;
    const rules = [success, success_func, criteria[0]].filter((rule) => rule !== undefined);
    const problem =
      (success_func !== undefined && typeof success_func !== 'function' && 'success_func: expected a function') ||
      (rules.length > 1 && 'expected one of success, criteria and success_func') ||
      (criteria.length > 0 && prompt === undefined && 'criteria: expected a prompt that says what they are about') ||
      (new Set(criteria.map(({ name }) => name.toLowerCase())).size < criteria.length &&
        'criteria: two have the same name') ||
      (scale !== undefined && scale.from >= scale.to && 'scale: "from" must be less than "to"');
    if (problem !== false) throw this.#error(problem);
  }

  #error(problems: string): ConfigError {
    return new ConfigError('DGT_BLOCK_CONFIG', { block: this.name, problems });
  }
}

function toMessages(input: LMRow['input']): readonly Message[] {
  return typeof input === 'string' ? [{ role: 'user', content: input }] : input;
}

function readText(result: string | { readonly content: string }): string {
  return typeof result === 'string' ? result : result.content;
}
