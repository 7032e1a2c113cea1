import { Block, ConfigError, registerBlock, Type, type BlockContext, type BlockServices } from '@dgt/core';
import { GuardedPattern, SlowPatternError } from '../internal/guarded-pattern.js';
import { readText } from './read-text.js';

const regexConfig = {
  /** A JavaScript regular expression. It may match anywhere: use `^` and `$` for the whole text. */
  pattern: Type.String({ minLength: 1 }),
  /** `i` ignores case, `m` lets `^` and `$` match at each line, `s` lets `.` match line ends, `u` and `v` are Unicode modes. */
  flags: Type.String({ default: 'u', pattern: '^[imsuv]*$' }),
  /** Whether every match is taken, as a list, and not the first alone. */
  all: Type.Boolean({ default: false }),
};

/** What a match gives: its named groups if the pattern has any, or else its first group, or else all of it. */
export type RegexFinding = string | Readonly<Record<string, string>>;

/**
 * What a pattern finds in a text, match by match.
 *
 * @throws SyntaxError for a pattern or flags that cannot be read; Error for a pattern that takes more than a second.
 */
export function parseRegex(text: string, pattern: string, flags = 'u'): RegexFinding[] {
  return readMatches(new GuardedPattern(pattern, `${flags}g`), text);
}

/**
 * Takes what a pattern finds in the text of the field `input`, as the field `parsed`: the named groups of the first match as an
 * object, or its first group, or all of it; with `all` a list of these. A row that nothing is found in is rejected.
 *
 * ```ts
 * const score = new RegexParser({ pattern: 'score: (\\d+)' });
 * await score.run([{ input: 'score: 4' }]).toArray(); // parsed: '4'
 * ```
 *
 * @throws {@link ConfigError} DGT_BLOCK_CONFIG for a pattern that cannot be read, or takes more than a second for one text;
 *   DGT_BLOCK_FIELD_TYPE for a field that holds no text.
 */
@registerBlock('parse_regex')
export class RegexParser extends Block.of({
  config: regexConfig,
  input: { input: Type.String() },
  output: { parsed: Type.Unknown() },
}) {
  readonly #pattern: GuardedPattern;

  constructor(
    config: {
      readonly pattern: string;
      readonly flags?: string;
      readonly all?: boolean;
      readonly [key: string]: unknown;
    },
    services?: BlockServices,
  ) {
    super(config as never, services);
    const { pattern, flags, all } = this.config;
    try {
      this.#pattern = new GuardedPattern(pattern, all ? `${flags}g` : flags);
    } catch (error) {
      throw this.#error(`pattern: ${(error as Error).message}`);
    }
  }

  override process({ input }: { input: unknown }, { lane, row }: BlockContext): { parsed: unknown }[] {
    const text = readText(input, this.name);
    const found = this.#find(text);
    const [first] = found;
    if (first !== undefined) return [{ parsed: this.config.all ? found : first }];
    lane.reject({ block: this.name, reason: `no match of /${this.config.pattern}/`, sample: row });
    return [];
  }

  #find(text: string): RegexFinding[] {
    try {
      return readMatches(this.#pattern, text);
    } catch (error) {
      if (!(error instanceof SlowPatternError)) throw error;
      throw this.#error(error.message);
    }
  }

  #error(problems: string): ConfigError {
    return new ConfigError('DGT_BLOCK_CONFIG', { block: this.name, problems });
  }
}

/** A group that took no part in the match says nothing: it is left out, or is an empty text. */
function readMatches(pattern: GuardedPattern, text: string): RegexFinding[] {
  return Array.from(pattern.find(text), ({ groups, 0: whole, 1: first, length }) => {
    if (groups === undefined) return length > 1 ? (first ?? '') : (whole as string);
    return Object.fromEntries(Object.entries(groups).filter(([, group]) => group !== undefined));
  });
}
