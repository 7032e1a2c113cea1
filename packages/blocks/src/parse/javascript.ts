import { Block, registerBlock, type BlockContext, type BlockServices, type Json, type Row } from '@dgt/core';
import { UserFunction, userFunctionConfig, type FunctionContext } from '../internal/user-function.js';

/** What a parser of the user is given beside the row. */
export interface ParserContext extends FunctionContext {
  /** Says why the row gives nothing: `return reject('no number in it')`. */
  reject(reason: string): undefined;
}

type Awaitable<T> = T | Promise<T>;

/**
 * A function of the user that takes fields out of a row, as the input map shows it: an object of fields, a list of objects for
 * several rows, or nothing for a row that is to be rejected. It must give the same for the same row, or runs cannot be
 * repeated.
 */
export type Parser = (row: Row, context: ParserContext) => Awaitable<Row | readonly Row[] | null | undefined>;

/**
 * Takes fields out of rows by a function of the user. A row that it gives nothing for is rejected, with the reason that it
 * says through `reject`.
 *
 * ```ts
 * // parse.js: export const score = ({ answer }, { reject }) =>
 * //   /\d/.test(answer) ? { score: Number(answer.match(/\d+/)[0]) } : reject('no number');
 * const score = new JavaScriptParser({ module: './parse.js', export: 'score' });
 * ```
 *
 * @throws {@link ConfigError} DGT_BLOCK_CONFIG when the function cannot be loaded; {@link PluginError} DGT_FUNCTION_THREW,
 *   DGT_FUNCTION_RESULT.
 */
@registerBlock('parse_javascript')
export class JavaScriptParser extends Block.of({ config: userFunctionConfig }) {
  readonly #parser: UserFunction;

  constructor(
    config: { readonly module: string; readonly export?: string; readonly [key: string]: unknown },
    services?: BlockServices,
  ) {
    super(config as never, services);
    this.#parser = new UserFunction(this.config, { block: this.name, services: this.services });
  }

  override get definition(): Json {
    return { ...(super.definition as object), module: this.#parser.definition };
  }

  override async prepare(): Promise<void> {
    await this.#parser.open();
  }

  override async process(input: Row, { lane, row }: BlockContext): Promise<Row[]> {
    let reason = `${this.#parser.shownName} finds nothing`;
    const reject = (given: string) => void (reason = given);
    const result = await this.#parser.call(input, lane, { reject });
    const rows =
      result === null || result === undefined ? [] : Array.isArray(result) ? (result as unknown[]) : [result];
    if (!rows.every(isFields)) {
      throw this.#parser.createResultError(result, 'an object of fields, a list of them, or nothing');
    }
    if (rows.length === 0) lane.reject({ block: this.name, reason, sample: row });
    return rows;
  }
}

function isFields(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
