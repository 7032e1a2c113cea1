import { ConfigError, registerBlock, Type, ValidatorBlock, type BlockServices, type Verdict } from '@dgt/core';
import { createFieldTypeError } from './field-type-error.js';
import { GuardedPattern, SlowPatternError } from '../internal/guarded-pattern.js';

const regexConfig = {
  /** A JavaScript regular expression. It may match anywhere: use `^` and `$` for the whole text. */
  pattern: Type.String({ minLength: 1 }),
  /** `i` ignores case, `m` lets `^` and `$` match at each line, `s` lets `.` match line ends, `u` and `v` are Unicode modes. */
  flags: Type.String({ default: 'u', pattern: '^[imsuv]*$' }),
  /** Whether a match makes a row valid (`true`) or invalid (`false`). */
  must_match: Type.Boolean({ default: true }),
  /** Says why, instead of the pattern: `the answer is not a number`. */
  reason: Type.Optional(Type.String({ minLength: 1 })),
};

/**
 * Tells rows by whether the text in their field `input` matches a pattern.
 *
 * ```ts
 * const digits = new RegexValidator({ pattern: '^\\d+$', filter: true });
 * ```
 *
 * A pattern that takes more than a second for one text (nested repetition such as `(a+)+$` can take years) ends the run
 * with an error that names it, instead of hanging: see {@link GuardedPattern}.
 *
 * @throws {@link ConfigError} DGT_BLOCK_CONFIG for a pattern that cannot be read, or is too slow; DGT_BLOCK_FIELD_TYPE
 *   when the field holds something else than text.
 */
@registerBlock('regex')
export class RegexValidator extends ValidatorBlock.of({ config: regexConfig, input: { input: Type.String() } }) {
  readonly #pattern: GuardedPattern;

  constructor(
    config: { readonly pattern: string; readonly flags?: string; readonly [key: string]: unknown },
    services?: BlockServices,
  ) {
    super(config as never, services);
    const { pattern, flags } = this.config;
    try {
      this.#pattern = new GuardedPattern(pattern, flags);
    } catch (error) {
      throw this.#error(`pattern: ${(error as Error).message}`);
    }
  }

  override validate({ input }: { input: unknown }): Verdict {
    if (typeof input !== 'string') {
      throw createFieldTypeError({ block: this.name, field: 'input', expected: 'text', value: input });
    }
    const { must_match, pattern, reason } = this.config;
    if (this.#matches(input) === must_match) return { valid: true };
    return { valid: false, reason: reason ?? `${must_match ? 'does not match' : 'matches'} /${pattern}/` };
  }

  #matches(text: string): boolean {
    try {
      return this.#pattern.matches(text);
    } catch (error) {
      if (!(error instanceof SlowPatternError)) throw error;
      throw this.#error(error.message);
    }
  }

  #error(problems: string): ConfigError {
    return new ConfigError('DGT_BLOCK_CONFIG', { block: this.name, problems });
  }
}
