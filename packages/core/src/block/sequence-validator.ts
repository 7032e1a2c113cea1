import { Type, type TProperties } from '../schema.js';
import { AnyBlock, type Processor, type Scope } from './any-block.js';
import type { BlockDeclaration, DeclaredBlock, FieldsAs } from './block.js';
import type { Row } from './row.js';
import { applyVerdict, validatorConfig, type ValidatorConfig, type ValidatorOutput, type Verdict } from './verdict.js';

/** The memory of one sequence of rows. Synchronous and deterministic: the same rows in the same order, the same verdicts. */
export interface Gate<Input> {
  /** Judges the next row against everything remembered, and remembers it under the label if it passes. */
  judge(input: Input, label: unknown): Verdict;
  /** Remembers a row without judging it: a seed, or a row that was accepted in an earlier run. */
  remember(input: Input, label: unknown): void;
}

const sequenceConfig = {
  ...validatorConfig,
  /** As a postprocessor: also compare with the seeds of the task (`seeds`), or only with generated rows (`none`). */
  against: Type.Union([Type.Literal('seeds'), Type.Literal('none')], { default: 'seeds' }),
};

/** What every block of scope `sequence` can be configured with. */
export interface SequenceConfig extends ValidatorConfig {
  readonly against: 'seeds' | 'none';
}

/**
 * A validator that judges a row by the rows before it, such as a deduplicator. As a postprocessor it has one memory for
 * the whole task; each call of `run` starts with an empty one, so that nothing depends on when other calls run.
 */
export abstract class SequenceValidator<Config extends object = object, Input extends object = Row> extends AnyBlock<
  Config & SequenceConfig,
  Input,
  Partial<ValidatorOutput>
> {
  static override readonly scope: Scope = 'sequence';
  static override readonly configFields: TProperties = sequenceConfig;

  /** Declares what a sequence validator takes; extend the result. */
  static of<C extends TProperties = {}, I extends TProperties = TProperties>(
    declaration: BlockDeclaration<C, I, {}>,
  ): DeclaredBlock<C & typeof sequenceConfig, SequenceValidator<FieldsAs<C>, FieldsAs<I>>> {
    abstract class Declared extends SequenceValidator<FieldsAs<C>, FieldsAs<I>> {
      static override readonly configFields: TProperties = { ...sequenceConfig, ...declaration.config };
      static override readonly inputFields: TProperties | undefined = declaration.input;
    }
    return Declared as DeclaredBlock<C & typeof sequenceConfig, Declared>;
  }

  /** Starts with an empty memory. */
  abstract openGate(): Gate<Input>;

  protected override openRun(): Processor<Input, Partial<ValidatorOutput>> {
    const gate = this.openGate();
    return (input, context) => applyVerdict(this, gate.judge(input, context.row), context);
  }
}
