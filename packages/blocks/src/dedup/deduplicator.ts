import {
  ConfigError,
  parsePath,
  SequenceValidator,
  Type,
  type BlockServices,
  type Gate,
  type Path,
  type Static,
  type TObject,
  type TProperties,
} from '@dgt/core';
import { comparedText, readTexts, type ComparedText } from './compared-text.js';
import { RepetitionGate } from './repetition-gate.js';
import type { TextMemory } from './text-memory.js';

const deduplicatorConfig = {
  /** Paths in the row, compared jointly as one text in this order, instead of the field `input`. */
  fields: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { minItems: 1, uniqueItems: true })),
  /** Texts that no row may repeat; they come before every row. */
  context: Type.Array(Type.String(), { default: [] }),
};

type DeduplicatorConfig = Static<TObject<typeof deduplicatorConfig>>;

/** What a deduplicator reads of a row. */
export interface Compared {
  readonly input: ComparedText;
}

/**
 * What all deduplicators share. They tell rows that repeat an earlier one: in order, a row is valid when what is compared
 * of it is less like everything remembered than `threshold`. With `filter: true` only valid rows are remembered, otherwise
 * all.
 *
 * What is compared is the field `input`, one text: `input_map: { question: input }` says which. Several texts are compared
 * jointly, as one text that has them one behind the other: name them with `fields: [question, answer]`, or give a list or a
 * record of texts as `input` (a record counts in the order of its names). A row then repeats another one when both agree
 * *taken together*; a long answer outweighs a short question. Where each must differ for itself, use one deduplicator for
 * each.
 *
 * The score of a rejected row is its highest one, and `against` names the first row that reaches it, by its label, or the
 * string of `context`. A valid row has a score only when `filter` is off: under the threshold nothing is decided by it,
 * and finding it costs more than the decision.
 *
 * A subclass gives its memory; it must be deterministic, and hold nothing that {@link TextMemory.add} was not given, so that
 * it can be made again from the rows that were accepted.
 */
export abstract class Deduplicator<Config extends object = object> extends SequenceValidator<
  Config & DeduplicatorConfig,
  Compared
> {
  static override readonly configFields: TProperties = { ...SequenceValidator.configFields, ...deduplicatorConfig };
  static override readonly inputFields: TProperties | undefined = { input: comparedText };

  readonly #paths: readonly Path[] | undefined;

  /** @throws {@link ConfigError} DGT_BLOCK_CONFIG; DGT_PATH_SYNTAX for a field that is no path. */
  constructor(
    config?: ConstructorParameters<typeof SequenceValidator<Config & DeduplicatorConfig, Compared>>[0],
    services?: BlockServices,
  ) {
    super(config, services);
    const { fields, input_map } = this.config;
    if (fields !== undefined && input_map !== undefined) {
      const problems = 'fields and input_map both say what is compared; keep one of them';
      throw new ConfigError('DGT_BLOCK_CONFIG', { block: this.name, problems });
    }
    this.#paths = fields?.map((field) => parsePath(field));
  }

  override readInput(row: object): Compared {
    if (this.#paths === undefined) return super.readInput(row);
    return { input: readTexts(row, this.#paths, this.name) as ComparedText };
  }

  override openGate(): Gate<Compared> {
    const { name: block } = this;
    const { context, filter } = this.config;
    return new RepetitionGate({ block, context, filter, threshold: this.threshold, memory: this.openMemory() });
  }

  /** From this score on a row is a repetition. */
  protected abstract get threshold(): number;

  /** Starts with an empty memory. */
  protected abstract openMemory(): TextMemory;
}
