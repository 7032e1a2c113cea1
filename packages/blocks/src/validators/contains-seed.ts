import { ConfigError, DgtError, locateFile, registerBlock, Type, ValidatorBlock } from '@dgt/core';
import type { BlockServices, Json, Verdict } from '@dgt/core';
import { createHash } from 'node:crypto';
import { createFieldTypeError } from './field-type-error.js';
import { ReferenceSentences, scoreTextLeakage } from './reference-sentences.js';
import { readRecordTexts, readReferenceTexts } from './reference-texts.js';

const containsSeedConfig = {
  /** A row is invalid when its score is at least this: 0.7 is six words in a row. Null, or more than 1, lets all pass. */
  threshold: Type.Union([Type.Number({ minimum: 0 }), Type.Null()], { default: 0.7 }),
  /** Texts that no row may repeat. */
  texts: Type.Array(Type.String(), { default: [] }),
  /** Files of such texts, `.jsonl`, `.json` or one a line; relative paths: {@link locateFile}. */
  files: Type.Array(Type.String({ minLength: 1 }), { default: [] }),
  /**
   * As a postprocessor: whether no row may repeat the seeds of the task either; of a seed, the `fields`, or else what is
   * judged of a row.
   */
  seeds: Type.Optional(Type.Boolean()),
  /** Which fields of the records in `files` hold text; without, all that do. */
  fields: Type.Array(Type.String({ minLength: 1 }), { default: [] }),
};

const containsSeedInput = {
  /** The text that is judged. */
  input: Type.String(),
  /** Further texts, one or several, that this row may not repeat. */
  local_context: Type.Optional(Type.Unknown()),
};

/**
 * Tells rows whose text in the field `input` repeats parts of given texts: seeds, a test set, a source that must not leak.
 * Parts that are copied with words left out or put between are found too. How it is scored: {@link scoreLeakage}.
 *
 * ```ts
 * const clean = new ContainsSeed({ files: ['test-set.jsonl'], fields: ['question'], filter: true });
 * ```
 *
 * The verdict carries the score, the reference sentence that is repeated (`against`) and the words (`metadata.copied`).
 *
 * @throws {@link ConfigError} DGT_BLOCK_CONFIG for a row when there is nothing to compare it with; DGT_BLOCK_FIELD_TYPE;
 *   DGT_FILE_UNREADABLE from the constructor.
 */
@registerBlock('contains_seed', 'validators/data_leak')
export class ContainsSeed extends ValidatorBlock.of({ config: containsSeedConfig, input: containsSeedInput }) {
  readonly #texts: readonly string[];
  #seedTexts: readonly string[] | undefined;
  #references: ReferenceSentences | undefined;

  constructor(config: { readonly [key: string]: unknown } = {}, services?: BlockServices) {
    super(config as never, services);
    const { texts, files, fields } = this.config;
    this.#texts = [...texts, ...files.flatMap((file) => readReferenceTexts(locateFile(file, this.services), fields))];
  }

  /** The texts count, wherever they are kept. */
  override get definition(): Json {
    const {
      texts: _texts,
      files: _files,
      fields: _fields,
      ...rest
    } = super.definition as { readonly [key: string]: Json };
    const digest = createHash('sha256').update(JSON.stringify(this.#texts)).digest('hex');
    return { ...rest, texts: digest };
  }

  override prepare({ seeds }: { readonly seeds?: readonly object[] }): Promise<void> {
    if (this.config.seeds === true && seeds !== undefined) {
      this.#seedTexts = seeds.flatMap((seed) => this.#readSeed(seed));
      this.#references = undefined;
    }
    return Promise.resolve();
  }

  override validate({ input, local_context }: { input: unknown; local_context?: unknown }): Verdict {
    const { threshold } = this.config;
    if (typeof input !== 'string') throw this.#typeError('input', 'text', input);
    if (threshold === null || threshold > 1) return { valid: true };
    const { score, reference, copied } = scoreTextLeakage(input, this.#gatherReferences(local_context));
    if (score < threshold) return { valid: true, score };
    return { valid: false, reason: 'repeats a reference text', score, against: reference, metadata: { copied } };
  }

  #gatherReferences(context: unknown): ReferenceSentences[] {
    const own = this.#readContext(context);
    if (this.config.seeds === true && this.#seedTexts === undefined) {
      throw this.#error('seeds: the seeds of a task are known to a postprocessor only; give texts or files instead');
    }
    const seeds = this.#seedTexts ?? [];
    if (own.length + this.#texts.length + seeds.length === 0) {
      throw this.#error('there is nothing to compare with: give texts or files, or local_context in the row');
    }
    this.#references ??= new ReferenceSentences([...this.#texts, ...seeds]);
    return own.length === 0 ? [this.#references] : [new ReferenceSentences(own), this.#references];
  }

  #readSeed(seed: object): readonly string[] {
    const { fields } = this.config;
    if (fields.length > 0) return readRecordTexts(seed, fields);
    try {
      const { input } = this.readInput(seed) as { readonly input?: unknown };
      return typeof input === 'string' ? [input] : [];
    } catch (error) {
      // A seed of another shape than the rows has nothing that they could repeat.
      if (DgtError.isInstance(error)) return [];
      throw error;
    }
  }

  #readContext(context: unknown): readonly string[] {
    if (context === undefined || context === null) return [];
    const texts: unknown[] = Array.isArray(context) ? context : [context];
    if (texts.every((text) => typeof text === 'string')) return texts;
    throw this.#typeError('local_context', 'text or a list of texts', context);
  }

  #error(problems: string): ConfigError {
    return new ConfigError('DGT_BLOCK_CONFIG', { block: this.name, problems });
  }

  #typeError(field: string, expected: string, value: unknown): ConfigError {
    return createFieldTypeError({ block: this.name, field, expected, value });
  }
}
