import { ConfigError, parsePath, SequenceValidator, Type } from '@dgt/core';
import type { BlockServices, Gate, GateContext, Json, Lane, Path, Static, TObject, TProperties } from '@dgt/core';
import { createHash } from 'node:crypto';
import { relative } from 'node:path';
import { findFiles } from '../internal/find-files.js';
import { comparedText, readTexts, type ComparedText } from './compared-text.js';
import { digestFile } from './file-marks.js';
import { findOtherOutputs } from './other-outputs.js';
import { listTexts, type OutsideFile, type OutsideText } from './outside-texts.js';
import { RepetitionGate } from './repetition-gate.js';
import { RunGate } from './run-gate.js';
import { scopeConfig } from './scope-config.js';
import type { TextMemory } from './text-memory.js';

const deduplicatorConfig = {
  /** Paths in the row, compared jointly as one text in this order, instead of the field `input`. */
  fields: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { minItems: 1, uniqueItems: true })),
  /** Texts that no row may repeat; they come before every row. */
  context: Type.Array(Type.String(), { default: [] }),
  ...scopeConfig,
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
 * `against` and `within` say what else is compared: {@link scopeConfig}. What comes from files is a part of what defines the
 * rows, wherever the files lie.
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
  readonly #files: readonly string[];
  #filesDigest: string | undefined;

  /** @throws {@link ConfigError} DGT_BLOCK_CONFIG; DGT_PATH_SYNTAX for a field that is no path; DGT_FILE_UNREADABLE. */
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
    this.#files = this.#against.files === undefined ? [] : findFiles(this.#against.files, this.services);
    if (this.#against.field !== undefined) parsePath(this.#against.field);
  }

  /** With what the files hold in the place of their names. */
  override get definition(): Json {
    const { against, ...rest } = super.definition as { readonly [key: string]: Json };
    if (this.#files.length === 0) return { ...rest, against: against as Json };
    this.#filesDigest ??= digestTogether(this.#files);
    const { field = null } = this.#against;
    return { ...rest, against: { seeds: this.comparesWithSeeds, field, files: this.#filesDigest } };
  }

  override get comparesWithSeeds(): boolean {
    return this.#against.seeds ?? true;
  }

  override readInput(row: object): Compared {
    if (this.#paths === undefined) return super.readInput(row);
    return { input: readTexts(row, this.#paths, this.name) as ComparedText };
  }

  override openGate(): Gate<Compared> {
    const gate = this.#openEmpty();
    for (const outside of this.#listOutside([])) gate.rememberOutside(outside);
    return gate;
  }

  override async prepareGate(context: GateContext): Promise<Gate<Compared>> {
    const { task } = context;
    const within = task === undefined ? 'task' : (this.config.within ?? 'task');
    if (task === undefined || within !== 'run') return this.#prepareOwn(context, within === 'output_folder');
    // Blocks of several builders share a memory when they are called and configured alike.
    const key = `deduplicator ${this.name} ${JSON.stringify(this.definition)}`;
    const shared = await this.services.share(key, () => this.#prepareOwn(context, false));
    return new RunGate({ shared, task: task.name, isReadable: this.prepareInput === undefined });
  }

  /** Whether there are texts to compare with from outside of the rows. */
  protected get hasOutsideTexts(): boolean {
    return this.config.context.length > 0 || this.#files.length > 0;
  }

  /** From this score on a row is a repetition. */
  protected abstract get threshold(): number;

  /** Starts with an empty memory. */
  protected abstract openMemory(): TextMemory;

  /** Makes of texts from outside what {@link prepareInput} makes of those of rows, in their order. */
  protected prepareTexts?(texts: readonly string[], lane: Lane): Promise<readonly string[]>;

  async #prepareOwn({ task, pinned, lane }: GateContext, withOthers: boolean): Promise<RepetitionGate> {
    const gate = this.#openEmpty();
    const start = this.services.clock.now();
    const others = task === undefined || !withOthers ? undefined : findOtherOutputs(task, pinned, this.#warn);
    let count = 0;
    for (const texts of cutIntoBatches(this.#listOutside(others?.files ?? []))) {
      const prepared = await this.prepareTexts?.(
        texts.map(({ text }) => text),
        lane.child(),
      );
      for (const [index, outside] of texts.entries()) {
        gate.rememberOutside(prepared === undefined ? outside : { ...outside, text: prepared[index] as string });
      }
      count += texts.length;
    }
    gate.pin = others?.marks;
    const seconds = ((this.services.clock.now() - start) / 1000).toFixed(1);
    if (count > 0)
      this.services.log.write('info', `${this.name}: also compares with ${count} texts, read in ${seconds} s`);
    return gate;
  }

  #openEmpty(): RepetitionGate {
    const { name: block, threshold } = this;
    return new RepetitionGate({ block, filter: this.config.filter, threshold, memory: this.openMemory() });
  }

  *#listOutside(others: readonly OutsideFile[]): Generator<OutsideText> {
    for (const text of this.config.context) yield { text, label: text, reason: 'repeats the context' };
    const { name: block } = this;
    const readInput = (record: object) => this.readInput(record);
    const { field } = this.#against;
    const named = field === undefined ? undefined : parsePath(field);
    for (const path of this.#files) {
      yield* listTexts({ path, name: relative(this.services.workingFolder, path) }, { block, field: named, readInput });
    }
    for (const file of others) yield* listTexts(file, { block, field: undefined, readInput });
  }

  get #against(): Against {
    const { against } = this.config as { readonly against: 'seeds' | 'none' | Against };
    return typeof against === 'object' ? against : { seeds: against === 'seeds' };
  }

  readonly #warn = (message: string): void => this.services.log.write('warning', `${this.name}: ${message}`);
}

interface Against {
  readonly files?: readonly string[];
  readonly field?: string;
  readonly seeds?: boolean;
}

/** As many texts as are given to a model, and kept in memory, at once. */
const batchSize = 512;

function* cutIntoBatches<T>(items: Iterable<T>): Generator<T[]> {
  let batch: T[] = [];
  for (const item of items) {
    batch.push(item);
    if (batch.length < batchSize) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

function digestTogether(files: readonly string[]): string {
  const digests = files.map((file) => digestFile(file));
  return createHash('sha256').update(digests.join()).digest('hex');
}
