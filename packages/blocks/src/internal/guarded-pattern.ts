import { createContext, Script, type Context } from 'node:vm';

const timeLimitMs = 1000;

/** A pattern took longer than a second for one text. */
export class SlowPatternError extends Error {}

/**
 * A regular expression that cannot hang the process. A pattern with at most one repetition, and no alternatives to repeat,
 * is matched directly: it takes time in proportion to the square of the text at the worst. Any other may take exponential
 * time, so it is matched under a time limit of one second, which Node enforces from another thread; that costs about
 * 0.2 ms a text.
 *
 * Running out of time is an error and never a mismatch: what is valid must not depend on how fast the machine is.
 */
export class GuardedPattern {
  readonly #expression: RegExp;
  readonly #context: Context | undefined;

  /** @throws SyntaxError for a pattern or flags that cannot be read. */
  constructor(pattern: string, flags: string) {
    this.#expression = new RegExp(pattern, flags);
    if (mayTakeForever(pattern)) this.#context = createContext({ expression: this.#expression, text: '' });
  }

  /**
   * Whether it matches anywhere in a text.
   *
   * @throws {@link SlowPatternError}
   */
  matches(text: string): boolean {
    return this.#context === undefined
      ? this.#expression.test(text)
      : (this.#runGuarded(matchScript, this.#context, text) as boolean);
  }

  /**
   * The first match in a text, or with the flag `g` all.
   *
   * @throws {@link SlowPatternError}
   */
  find(text: string): RegExpMatchArray[] {
    if (this.#context !== undefined) return this.#runGuarded(findScript, this.#context, text) as RegExpMatchArray[];
    if (this.#expression.global) return [...text.matchAll(this.#expression)];
    const found = this.#expression.exec(text);
    return found === null ? [] : [found];
  }

  #runGuarded(script: Script, context: Context, text: string): unknown {
    context['text'] = text;
    try {
      return script.runInContext(context, { timeout: timeLimitMs });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
      const shown = `${JSON.stringify(text.slice(0, 40))}${text.length > 40 ? '...' : ''}`;
      throw new SlowPatternError(
        `pattern ${String(this.#expression)} took more than a second for a text of ${text.length} characters (${shown}): ` +
          'write it without repetitions that can match the same text in several ways, such as (a+)+ or (a|ab)*',
        { cause: error },
      );
    }
  }
}

const matchScript = new Script('expression.test(text)');
const findScript = new Script(
  'expression.global ? [...text.matchAll(expression)] : [expression.exec(text)].filter((found) => found !== null)',
);

/** Whether the pattern can match the same text in many ways; escaped characters are counted too, which costs time only. */
function mayTakeForever(pattern: string): boolean {
  const repetitions = pattern.match(/[*+{]|(?<!\()\?/g) ?? [];
  return repetitions.length > 1 || (repetitions.length === 1 && pattern.includes('|'));
}
