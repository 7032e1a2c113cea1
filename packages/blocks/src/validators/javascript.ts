import { registerBlock, ValidatorBlock } from '@dgt/core';
import type { BlockContext, BlockServices, Json, Row, Verdict } from '@dgt/core';
import { UserFunction, userFunctionConfig, type FunctionContext } from '../internal/user-function.js';

/** What a predicate of the user is given beside the row. */
export type PredicateContext = FunctionContext;

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
export class JavaScriptValidator extends ValidatorBlock.of({ config: userFunctionConfig }) {
  readonly #predicate: UserFunction;

  constructor(
    config: { readonly module: string; readonly export?: string; readonly [key: string]: unknown },
    services?: BlockServices,
  ) {
    super(config as never, services);
    this.#predicate = new UserFunction(this.config, { block: this.name, services: this.services });
  }

  override get definition(): Json {
    return { ...(super.definition as object), module: this.#predicate.definition };
  }

  override async prepare(): Promise<void> {
    await this.#predicate.open();
  }

  override async validate(input: Row, { lane }: BlockContext): Promise<boolean | Verdict> {
    const result = await this.#predicate.call(input, lane);
    if (result === false) return { valid: false, reason: `${this.#predicate.shownName} says no` };
    if (isVerdict(result)) return result;
    throw this.#predicate.createResultError(result, 'true, false or { valid, reason }');
  }
}

function isVerdict(result: unknown): result is boolean | Verdict {
  if (typeof result === 'boolean') return true;
  if (typeof result !== 'object' || result === null) return false;
  const { valid, reason } = result as { valid?: unknown; reason?: unknown };
  return typeof valid === 'boolean' && (reason === undefined || typeof reason === 'string');
}
