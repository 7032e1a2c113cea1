import { PluginError } from '../errors/dgt-error.js';
import { createScriptLane } from '../lane/unrecorded.js';
import type { Lane } from '../lane/lane.js';
import type { TProperties } from '../schema.js';
import { AnyBlock, type Processor, type RunOptions, type Scope } from './any-block.js';
import type { BlockDeclaration, DeclaredBlock, FieldsAs } from './block.js';
import { RowStream, type Row, type Rows } from './row.js';
import { applyVerdict, validatorConfig, type ValidatorConfig, type ValidatorOutput, type Verdict } from './verdict.js';

/**
 * A validator that must see every row before it can judge one: which are the best of each category, which stand for their
 * cluster. As a postprocessor it runs when the quota is reached; if too few rows are left, generation goes on.
 */
export abstract class DatasetValidator<Config extends object = object, Input extends object = Row> extends AnyBlock<
  Config & ValidatorConfig,
  Input,
  Partial<ValidatorOutput>
> {
  static override readonly scope: Scope = 'all';
  static override readonly configFields: TProperties = validatorConfig;

  /** Declares what a dataset validator takes; extend the result. */
  static of<C extends TProperties = {}, I extends TProperties = TProperties>(
    declaration: BlockDeclaration<C, I, {}>,
  ): DeclaredBlock<C & typeof validatorConfig, DatasetValidator<FieldsAs<C>, FieldsAs<I>>> {
    abstract class Declared extends DatasetValidator<FieldsAs<C>, FieldsAs<I>> {
      static override readonly configFields: TProperties = { ...validatorConfig, ...declaration.config };
      static override readonly inputFields: TProperties | undefined = declaration.input;
    }
    return Declared as DeclaredBlock<C & typeof validatorConfig, Declared>;
  }

  /** Judges all rows, as the block sees them: a verdict for each, in their order. */
  abstract validateAll(
    rows: readonly Input[],
    context: { readonly lane: Lane },
  ): readonly (boolean | Verdict)[] | Promise<readonly (boolean | Verdict)[]>;

  /** Judges rows as their user has them. @throws {@link PluginError} DGT_VERDICT_COUNT */
  async judgeAll(rows: readonly object[], lane: Lane): Promise<Verdict[]> {
    const verdicts = await this.validateAll(
      rows.map((row) => this.readInput(row)),
      { lane },
    );
    if (verdicts.length !== rows.length) {
      throw new PluginError('DGT_VERDICT_COUNT', { block: this.name, verdicts: verdicts.length, rows: rows.length });
    }
    return verdicts.map((verdict) => (typeof verdict === 'boolean' ? { valid: verdict } : verdict));
  }

  override run(rows: Rows<object>, { lane = createScriptLane() }: RunOptions = {}): RowStream<never> {
    return new RowStream(this.#judgeStream(rows, lane)) as RowStream<never>;
  }

  protected override openRun(): Processor<Input, Partial<ValidatorOutput>> {
    throw new Error('a dataset validator judges all rows at once');
  }

  async *#judgeStream(source: Rows<object>, lane: Lane): AsyncGenerator<object> {
    const rows: object[] = [];
    for await (const row of source) rows.push(row);
    const verdicts = await this.judgeAll(rows, lane);
    for (const [index, row] of rows.entries()) {
      const marks = applyVerdict(this, verdicts[index] as Verdict, { lane: lane.at(index), row });
      for (const mark of marks) yield this.writeOutput(row, mark);
    }
  }
}
