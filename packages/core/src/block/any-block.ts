import { ConfigError, ProviderError } from '../errors/dgt-error.js';
import { createScriptLane } from '../lane/unrecorded.js';
import type { Json } from '../json.js';
import type { Lane } from '../lane/lane.js';
import { mapInOrder } from '../ordered-map.js';
import { copyPlain } from '../plain-copy.js';
import { describeProblems } from '../schema-problem.js';
import { compileSchema, Type, type Static, type TObject, type TProperties } from '../schema.js';
import { FieldMap } from './field-map.js';
import { RowStream, type Rows } from './row.js';
import { createScriptServices, type BlockServices } from './services.js';

/**
 * What a block must know of other rows.
 * - `row`: nothing; rows are worked on in parallel.
 * - `sequence`: every row that it accepted before; it decides in order.
 * - `all`: every row at once.
 */
export type Scope = 'row' | 'sequence' | 'all';

/** What every block can be configured with. */
export const commonConfig = {
  name: Type.Optional(Type.String({ minLength: 1 })),
  type: Type.Optional(Type.String({ minLength: 1 })),
  input_map: Type.Optional(Type.Record(Type.String(), Type.String())),
  output_map: Type.Optional(Type.Record(Type.String(), Type.String())),
};

type CommonConfig = Static<TObject<typeof commonConfig>>;

/** How one call of {@link Block.run} behaves. */
export interface RunOptions {
  /** The lane that the rows belong to; without one the block works alone and records nothing. */
  readonly lane?: Lane;
  /**
   * What becomes of a row whose call failed for good: left out and recorded, or yielded with an `error`.
   * @defaultValue 'drop'
   */
  readonly failures?: 'drop' | 'yield';
}

/** A row that came back without output because its call failed for good. */
export interface FailedRow {
  readonly error: ProviderError;
}

/** What {@link Block.process} is given beside the row. */
export interface BlockContext {
  /** The lane of this row: its calls, its random numbers. */
  readonly lane: Lane;
  /** The row as the user has it, before the input map. */
  readonly row: object;
}

type Awaitable<T> = T | Promise<T>;

/** One row as the block sees it in, zero or more rows of output fields out. */
export type Processor<Input, Output> = (input: Input, context: BlockContext) => Awaitable<Output | readonly Output[]>;

/** The class of a block, as the registry holds it. */
export interface BlockClass {
  new (config: never, services?: BlockServices): AnyBlock;
  readonly scope: Scope;
  readonly configFields: TProperties;
  readonly inputFields: TProperties | undefined;
}

/**
 * What all blocks share: one operation over rows, rows in, rows out, order kept, unknown keys passed through. Mapping,
 * parallel work, order, failures and records are done here. Authors extend {@link Block}, {@link ValidatorBlock} or
 * {@link SequenceValidator}. A block works alike inside of a data builder, as a postprocessor, and alone in a script.
 */
export abstract class AnyBlock<Config extends object = any, Input extends object = any, Output extends object = any> {
  static readonly scope: Scope = 'row';
  /** What the YAML entry takes beside {@link commonConfig}. */
  static readonly configFields: TProperties = {};
  /** The fields it reads; undefined when it takes rows as they are. */
  static readonly inputFields: TProperties | undefined = undefined;
  /** Configuration that says how the work is done and not what comes of it: a change of it never re-makes rows. */
  static readonly transportFields: readonly string[] = [];

  /** The configuration, checked and with its defaults. */
  readonly config: Config & CommonConfig;
  /** What dgt hands to every block: the log, the clock, what a run shares. */
  protected readonly services: BlockServices;
  readonly #fields: FieldMap;

  /** @throws {@link ConfigError} DGT_BLOCK_CONFIG when the configuration does not fit the block. */
  constructor(config: Partial<Config & CommonConfig> = {}, services: BlockServices = createScriptServices()) {
    this.config = this.#checkConfig(config);
    this.services = services;
    const { inputFields } = this.#class;
    this.#fields = new FieldMap({
      block: this.name,
      fields: inputFields && Object.keys(inputFields),
      required: inputFields === undefined ? [] : (Type.Object(inputFields).required ?? []),
      inputMap: this.config.input_map ?? {},
      outputMap: this.config.output_map ?? {},
    });
  }

  /** The name given in YAML, or else its type or class. */
  get name(): string {
    return this.config.name ?? this.config.type ?? this.constructor.name;
  }

  /** What the block must know of other rows. */
  get scope(): Scope {
    return this.#class.scope;
  }

  /** How many model calls the block makes at once at the most; undefined for a block that makes none. */
  get callLimit(): number | undefined {
    return undefined;
  }

  /**
   * What defines the rows that the block makes: compared with the last run's. Its configuration without transport, by
   * default.
   */
  get definition(): Json {
    const transport = new Set(['name', ...this.#class.transportFields]);
    return Object.fromEntries(Object.entries(this.config).filter(([key]) => !transport.has(key))) as Json;
  }

  /**
   * Called once before a run starts. A block that has a choice, such as between a server and its fallback, makes it here.
   *
   * @param pinned the {@link definition} that an earlier run of the same dataset was made with, to which the block keeps
   *   if it can.
   * @param seeds the seeds of the tasks whose rows the block will work on, for a block that looks at them.
   */
  prepare(_options: {
    readonly pinned: Json | undefined;
    readonly signal: AbortSignal;
    readonly seeds?: readonly object[];
  }): Promise<void> {
    return Promise.resolve();
  }

  /** Frees what the block holds. */
  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Works on rows: many at once, results in the order of the input. */
  run<R extends object>(
    rows: Rows<R>,
    options: RunOptions & { failures: 'yield' },
  ): RowStream<(R & Output) | (R & FailedRow)>;
  run<R extends object>(rows: Rows<R>, options?: RunOptions): RowStream<R & Output>;
  run<R extends object>(rows: Rows<R>, options: RunOptions = {}): RowStream<object> {
    return new RowStream(this.#stream(rows, options));
  }

  /** The fields of the block as they stand in a row of its user. */
  readInput(row: object): Input {
    return this.#fields.read(row) as Input;
  }

  /** A copy of the row with the block's output on it. */
  writeOutput<R extends object>(row: R, output: object): R {
    return this.#fields.write(row, output);
  }

  /** Whether the user's output map says where this field goes. */
  routesOutput(field: string): boolean {
    return this.#fields.routes(field);
  }

  /** The processor of one call of {@link run}; a block whose rows depend on each other starts a new memory here. */
  protected abstract openRun(options: RunOptions): Processor<Input, Output>;

  async *#stream<R extends object>(rows: Rows<R>, options: RunOptions): AsyncGenerator<object> {
    const lane = options.lane ?? createScriptLane();
    const processor = this.openRun(options);
    // Far enough that one call that backs off does not idle the model.
    const ahead = Math.max(64, 16 * (this.callLimit ?? 0));
    const results = mapInOrder(rows, ahead, (row, index) => this.#processRow(row, lane.at(index), processor, options));
    for await (const written of results) yield* written;
  }

  async #processRow(
    row: object,
    lane: Lane,
    processor: Processor<Input, Output>,
    options: RunOptions,
  ): Promise<object[]> {
    try {
      const output = await processor(this.readInput(row), { lane, row });
      const outputs = Array.isArray(output) ? (output as Output[]) : [output as Output];
      return outputs.map((fields) => this.writeOutput(row, fields));
    } catch (error) {
      if (!ProviderError.isInstance(error) || error.failure !== 'permanent') throw error;
      if (options.failures === 'yield') return [{ ...row, error }];
      lane.fail({ block: this.name, error, row });
      return [];
    }
  }

  get #class(): Pick<typeof AnyBlock, 'scope' | 'configFields' | 'inputFields' | 'transportFields'> {
    return this.constructor as typeof AnyBlock;
  }

  #checkConfig(config: object): Config & CommonConfig {
    const checked = copyPlain({ ...config }) as Config & CommonConfig;
    const problems = compileSchema(configSchema(this.#class)).check(checked);
    if (problems.length > 0) {
      const { name = this.constructor.name } = config as CommonConfig;
      throw new ConfigError('DGT_BLOCK_CONFIG', { block: name, problems: describeProblems(problems) });
    }
    return checked;
  }
}

const schemas = new WeakMap<object, TObject>();

/** The whole schema of a block's YAML entry. */
export function configSchema(block: Pick<BlockClass, 'configFields'>): TObject {
  let schema = schemas.get(block);
  if (schema === undefined) {
    schema = Type.Object({ ...commonConfig, ...block.configFields }, { additionalProperties: false });
    schemas.set(block, schema);
  }
  return schema;
}
