import { DgtError, PluginError, registerBlock, Type, ValidatorBlock } from '@dgt/core';
import type { BlockContext, BlockServices, Json, Random, Row, Verdict } from '@dgt/core';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { loadFunction, locateModule, type FunctionSource } from './load-function.js';

const javascriptConfig = {
  /** The module that holds the function: a path, see {@link locateFile}, or the name of a package. */
  module: Type.String({ minLength: 1 }),
  /** The name under which the module exports the function. */
  export: Type.String({ minLength: 1, default: 'default' }),
  /** Given to the function as `context.options`. */
  options: Type.Record(Type.String(), Type.Unknown(), { default: {} }),
};

/** What a predicate of the user is given beside the row. */
export interface PredicateContext {
  /** The `options` of the YAML entry. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Random numbers that belong to this row: the same in every run. */
  readonly random: Random;
  /** Aborted when the run is cancelled. */
  readonly signal: AbortSignal;
}

/**
 * A function of the user that judges a row, as the input map shows it: `true`, `false`, or a verdict with a reason. It must
 * give the same verdict for the same row, or runs cannot be repeated.
 */
export type Predicate = (row: Row, context: PredicateContext) => boolean | Verdict | Promise<boolean | Verdict>;

/**
 * Tells rows by a function of the user.
 *
 * ```ts
 * // check.js: export const isShort = ({ answer }) => answer.length < 80 || { valid: false, reason: 'too long' };
 * const short = new JavaScriptValidator({ module: './check.js', export: 'isShort', filter: true });
 * ```
 *
 * @throws {@link ConfigError} DGT_BLOCK_CONFIG when the function cannot be loaded; {@link PluginError} DGT_FUNCTION_THREW,
 *   DGT_FUNCTION_RESULT.
 */
@registerBlock('javascript')
export class JavaScriptValidator extends ValidatorBlock.of({ config: javascriptConfig }) {
  #predicate: Promise<Predicate> | undefined;

  constructor(
    config: { readonly module: string; readonly export?: string; readonly [key: string]: unknown },
    services?: BlockServices,
  ) {
    super(config as never, services);
  }

  /** The text of the module counts, and not where it is; of what it imports nothing is known. */
  override get definition(): Json {
    const { module, ...rest } = super.definition as { readonly [key: string]: Json };
    const file = locateModule(this.#source);
    return { ...rest, module: (file && digestFile(file)) ?? module };
  }

  override async prepare(): Promise<void> {
    await this.#open();
  }

  override async validate(input: Row, { lane }: BlockContext): Promise<boolean | Verdict> {
    const predicate = await this.#open();
    const { random, signal } = lane;
    let result: unknown;
    try {
      result = await predicate(input, { options: this.config.options, random, signal });
    } catch (error) {
      if (DgtError.isInstance(error)) throw error;
      throw new PluginError(
        'DGT_FUNCTION_THREW',
        { ...this.#names, ...describe(error, this.config.module) },
        { cause: error },
      );
    }
    if (result === false) return { valid: false, reason: `${this.#shownName} says no` };
    if (isVerdict(result)) return result;
    const expected = 'true, false or { valid, reason }';
    throw new PluginError('DGT_FUNCTION_RESULT', { ...this.#names, seen: show(result), expected });
  }

  #open(): Promise<Predicate> {
    this.#predicate ??= loadFunction(this.#source) as Promise<Predicate>;
    return this.#predicate;
  }

  get #source(): FunctionSource {
    const { module, export: exportName } = this.config;
    const { baseFolder, workingFolder } = this.services;
    return { block: this.name, module, exportName, baseFolder, workingFolder };
  }

  get #shownName(): string {
    return this.config.export === 'default' ? this.config.module : this.config.export;
  }

  get #names(): { block: string; function: string; file: string } {
    return { block: this.name, function: this.config.export, file: this.config.module };
  }
}

function isVerdict(result: unknown): result is boolean | Verdict {
  if (typeof result === 'boolean') return true;
  if (typeof result !== 'object' || result === null) return false;
  const { valid, reason } = result as { valid?: unknown; reason?: unknown };
  return typeof valid === 'boolean' && (reason === undefined || typeof reason === 'string');
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
