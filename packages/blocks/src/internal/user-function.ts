import { DgtError, PluginError, Type, type BlockServices, type Json, type Lane, type Random } from '@dgt/core';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { loadFunction, locateModule, type FunctionSource } from './load-function.js';

/** How a block names a function of the user. */
export const userFunctionConfig = {
  /** The module that holds the function: a path, see {@link locateFile}, or the name of a package. */
  module: Type.String({ minLength: 1 }),
  /** The name under which the module exports the function. */
  export: Type.String({ minLength: 1, default: 'default' }),
  /** Given to the function as `context.options`. */
  options: Type.Record(Type.String(), Type.Unknown(), { default: {} }),
};

/** What {@link userFunctionConfig} describes. */
export interface UserFunctionConfig {
  readonly module: string;
  readonly export: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** What a function of the user is given beside the row. */
export interface FunctionContext {
  /** The `options` of the YAML entry. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Random numbers that belong to this row: the same in every run. */
  readonly random: Random;
  /** Aborted when the run is cancelled. */
  readonly signal: AbortSignal;
}

type Call = (subject: unknown, context: FunctionContext) => unknown;

/** A function of the user that a block calls for each row: loaded once, and what goes wrong in it is said with its line. */
export class UserFunction {
  readonly #config: UserFunctionConfig;
  readonly #source: FunctionSource;
  #opening: Promise<Call> | undefined;

  constructor(config: UserFunctionConfig, { block, services }: { block: string; services: BlockServices }) {
    const { module, export: exportName } = config;
    const { baseFolder, workingFolder } = services;
    this.#config = config;
    this.#source = { block, module, exportName, baseFolder, workingFolder };
  }

  /** What it is called when it is spoken of. */
  get shownName(): string {
    const { module, export: exportName } = this.#config;
    return exportName === 'default' ? module : exportName;
  }

  /** The file of its module; undefined for a package. */
  get file(): string | undefined {
    return locateModule(this.#source);
  }

  /** What stands for the module in a definition: its text counts, and not where it is; of its imports nothing is known. */
  get definition(): Json {
    const { file } = this;
    return (file && digestFile(file)) ?? this.#config.module;
  }

  /** @throws {@link ConfigError} DGT_BLOCK_CONFIG when it cannot be loaded. */
  open(): Promise<Call> {
    this.#opening ??= loadFunction(this.#source) as Promise<Call>;
    return this.#opening;
  }

  /**
   * Calls it on a row, or on whatever else it is for.
   *
   * @throws {@link PluginError} DGT_FUNCTION_THREW
   */
  async call<More extends object>(
    subject: unknown,
    lane: Pick<Lane, 'random' | 'signal'>,
    more?: More,
  ): Promise<unknown> {
    const call = await this.open();
    const { random, signal } = lane;
    try {
      return await call(subject, { options: this.#config.options, random, signal, ...more });
    } catch (error) {
      if (DgtError.isInstance(error)) throw error;
      const details = { ...this.#names, ...describe(error, this.#config.module), source: this.file };
      throw new PluginError('DGT_FUNCTION_THREW', details, { cause: error });
    }
  }

  /** The error of a result that the block cannot use. */
  createResultError(result: unknown, expected: string): PluginError {
    return new PluginError('DGT_FUNCTION_RESULT', { ...this.#names, seen: show(result), expected });
  }

  get #names(): { block: string; function: string; file: string } {
    return { block: this.#source.block, function: this.#config.export, file: this.#config.module };
  }
}

/** What was thrown, and at which line of the module. */
function describe(error: unknown, module: string): { reason: string; place: string } {
  if (!(error instanceof Error)) return { reason: String(error), place: '' };
  const name = module.split('/').at(-1) ?? module;
  const frame = (error.stack ?? '')
    .split('\n')
    .find((line) => line.includes(`/${name}:`) || line.includes(`/${name}?`));
  const [, line, column] = /:(\d+):(\d+)\)?$/.exec(frame ?? '') ?? [];
  return { reason: error.message, place: line === undefined ? '' : ` (line ${line}, column ${column})` };
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function digestFile(file: string): string | undefined {
  try {
    return createHash('sha256').update(readFileSync(file)).digest('hex');
  } catch {
    // That the file is missing is said when it is loaded.
    return undefined;
  }
}
