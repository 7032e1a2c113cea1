import { ConfigError, registerBlock, Type, ValidatorBlock, type BlockServices, type Verdict } from '@dgt/core';
import { countText } from './count-text.js';
import { createFieldTypeError } from './field-type-error.js';

const range = Type.Optional(
  Type.Object(
    { min: Type.Optional(Type.Integer({ minimum: 0 })), max: Type.Optional(Type.Integer({ minimum: 0 })) },
    { additionalProperties: false, minProperties: 1 },
  ),
);

const lengthConfig = {
  /** Unicode code points. */
  characters: range,
  /** Words; of scripts without spaces, characters. */
  words: range,
  /** An estimate: the length in UTF-8 divided by 4. */
  tokens: range,
  /** Messages of a list, whoever they are from. */
  messages: range,
  /** Messages of a list that the role `user` has: each begins a turn. */
  turns: range,
};

const units = Object.keys(lengthConfig) as readonly Unit[];

type Unit = keyof typeof lengthConfig;
type Ranges = Readonly<Partial<Record<Unit, { readonly min?: number; readonly max?: number }>>>;

/**
 * Tells rows by how long the text in their field `input` is, or the list of messages; of a list, what all messages say is
 * counted together. How each unit is counted: {@link countText}.
 *
 * ```ts
 * const brief = new LengthValidator({ words: { min: 3, max: 200 }, filter: true });
 * ```
 *
 * @throws {@link ConfigError} DGT_BLOCK_CONFIG without a range, or with one that nothing fits; DGT_BLOCK_FIELD_TYPE when the
 *   field holds something else than text or messages, or text where messages are counted.
 */
@registerBlock('length')
export class LengthValidator extends ValidatorBlock.of({ config: lengthConfig, input: { input: Type.Unknown() } }) {
  constructor(config: Ranges & { readonly [key: string]: unknown }, services?: BlockServices) {
    super(config as never, services);
    const problem = findProblem(this.config);
    if (problem !== undefined) throw new ConfigError('DGT_BLOCK_CONFIG', { block: this.name, problems: problem });
  }

  override validate({ input }: { input: unknown }): Verdict {
    const measured: Partial<Record<Unit, number>> = {};
    for (const unit of units) {
      const limits = this.config[unit];
      if (limits === undefined) continue;
      const size = this.#measure(input, unit);
      measured[unit] = size;
      const reason = compare(size, limits, unit);
      if (reason !== undefined) return { valid: false, reason, score: size, metadata: measured };
    }
    return { valid: true, metadata: measured };
  }

  #measure(input: unknown, unit: Unit): number {
    const messages = readMessages(input);
    if (unit === 'messages' || unit === 'turns') {
      if (messages === undefined) throw this.#error('a list of messages', input);
      return unit === 'messages' ? messages.length : messages.filter(({ role }) => role === 'user').length;
    }
    if (typeof input === 'string') return countText(input, unit);
    if (messages === undefined) throw this.#error('text or a list of messages', input);
    return countText(messages.map(({ content }) => content).join('\n'), unit);
  }

  #error(expected: string, value: unknown): ConfigError {
    return createFieldTypeError({ block: this.name, field: 'input', expected, value });
  }
}

interface SizedMessage {
  readonly role: unknown;
  readonly content: string;
}

function readMessages(input: unknown): SizedMessage[] | undefined {
  if (!Array.isArray(input)) return undefined;
  const messages = (input as unknown[]).map((item) => {
    if (typeof item !== 'object' || item === null) return undefined;
    const { role, content } = item as { role?: unknown; content?: unknown };
    // A message that only calls tools has no content.
    return role === undefined ? undefined : { role, content: typeof content === 'string' ? content : '' };
  });
  return messages.some((message) => message === undefined) ? undefined : (messages as SizedMessage[]);
}

function compare(size: number, { min, max }: { min?: number; max?: number }, unit: Unit): string | undefined {
  if (min !== undefined && size < min) return `fewer than ${min} ${unit}`;
  return max !== undefined && size > max ? `more than ${max} ${unit}` : undefined;
}

function findProblem(ranges: Ranges): string | undefined {
  const given = units.filter((unit) => ranges[unit] !== undefined);
  if (given.length === 0) return `expected at least one of ${units.join(', ')}`;
  const empty = given.find((unit) => (ranges[unit]?.min ?? 0) > (ranges[unit]?.max ?? Infinity));
  return empty && `${empty}: min ${ranges[empty]?.min} is more than max ${ranges[empty]?.max}`;
}
