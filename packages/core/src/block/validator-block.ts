import type { TProperties } from '../schema.js';
import { AnyBlock, type BlockContext, type Processor } from './any-block.js';
import type { BlockDeclaration, DeclaredBlock, FieldsAs } from './block.js';
import type { Row } from './row.js';
import { applyVerdict, validatorConfig, type ValidatorConfig, type ValidatorOutput, type Verdict } from './verdict.js';

/**
 * A block that tells good rows from bad, each by itself. With `filter: true` it drops the bad ones and records why;
 * without, it marks every row with `is_valid` and `metadata`.
 */
export abstract class ValidatorBlock<Config extends object = object, Input extends object = Row> extends AnyBlock<
  Config & ValidatorConfig,
  Input,
  Partial<ValidatorOutput>
> {
  static override readonly configFields: TProperties = validatorConfig;

  /** Declares what a validator takes; extend the result. */
  static of<C extends TProperties = {}, I extends TProperties = TProperties>(
    declaration: BlockDeclaration<C, I, {}>,
  ): DeclaredBlock<C & typeof validatorConfig, ValidatorBlock<FieldsAs<C>, FieldsAs<I>>> {
    abstract class Declared extends ValidatorBlock<FieldsAs<C>, FieldsAs<I>> {
      static override readonly configFields: TProperties = { ...validatorConfig, ...declaration.config };
      static override readonly inputFields: TProperties | undefined = declaration.input;
    }
    return Declared as DeclaredBlock<C & typeof validatorConfig, Declared>;
  }

  /** Judges one row, as the block sees it. */
  abstract validate(input: Input, context: BlockContext): boolean | Verdict | Promise<boolean | Verdict>;

  protected override openRun(): Processor<Input, Partial<ValidatorOutput>> {
    return async (input, context) => {
      const verdict = await this.validate(input, context);
      return applyVerdict(this, typeof verdict === 'boolean' ? { valid: verdict } : verdict, context);
    };
  }
}
