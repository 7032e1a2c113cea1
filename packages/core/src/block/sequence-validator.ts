import type { Json } from '../json.js';
import type { Lane } from '../lane/lane.js';
import { Type, type TProperties } from '../schema.js';
import { AnyBlock, type BlockContext, type Processor, type Scope } from './any-block.js';
import type { BlockDeclaration, DeclaredBlock, FieldsAs } from './block.js';
import type { Row } from './row.js';
import { applyVerdict, validatorConfig, type ValidatorConfig, type ValidatorOutput, type Verdict } from './verdict.js';

/** The memory of one sequence of rows. Synchronous and deterministic: the same rows in the same order, the same verdicts. */
export interface Gate<Input> {
  /** Judges the next row against everything remembered, and remembers it under the label if it passes. */
  judge(input: Input, label: unknown): Verdict;
  /** Remembers a row without judging it: a seed, or a row that was accepted in an earlier run. */
  remember(input: Input, label: unknown): void;
  /**
   * What the gate was begun with from outside of the task, such as how far a growing file had grown. It is kept with the
   * dataset and handed to the gate of a later run, so that this one begins with the same.
   */
  readonly pin?: Json | undefined;
}

/** What a gate is opened for; see {@link SequenceValidator.prepareGate}. */
export interface GateContext {
  /** For calls that opening the gate needs: recorded like any others. */
  readonly lane: Lane;
  /** The task whose rows are judged, when the block is a postprocessor. */
  readonly task?: {
    readonly name: string;
    /** The folder in which the folders of all tasks lie. */
    readonly outputDir: string;
  };
  /** The {@link Gate.pin} of an earlier run of the same dataset. */
  readonly pinned?: Json | undefined;
}

const sequenceConfig = {
  ...validatorConfig,
  /** As a postprocessor: also compare with the seeds of the task (`seeds`), or only with generated rows (`none`). */
  against: Type.Union([Type.Literal('seeds'), Type.Literal('none')], { default: 'seeds' }),
};

/** What every block of scope `sequence` can be configured with. */
export interface SequenceConfig extends ValidatorConfig {
  /** A block may know more than `seeds` and `none`; what counts is {@link SequenceValidator.comparesWithSeeds}. */
  readonly against: unknown;
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

  /** Whether the gate of a task is to remember the task's seeds before its rows. */
  get comparesWithSeeds(): boolean {
    return this.config.against === 'seeds';
  }

  /** Starts with an empty memory. */
  abstract openGate(): Gate<Input>;

  /** Opens a gate that needs more than the configuration: the task, files, calls of a model. */
  prepareGate(_context: GateContext): Promise<Gate<Input>> {
    return Promise.resolve(this.openGate());
  }

  /**
   * What takes time or a model, and needs no other row: done for many rows at once before the gate, which judges and
   * remembers what this gives. It is kept in the ledger, so it must be JSON, and short.
   */
  prepareInput?(input: Input, context: BlockContext): Promise<Input>;

  protected override openRun(): Processor<Input, Partial<ValidatorOutput>> {
    if (this.prepareInput !== undefined) return this.#openPreparedRun();
    const gate = this.openGate();
    return (input, context) => applyVerdict(this, gate.judge(input, context.row), context);
  }

  /** Rows are prepared side by side and judged in their order. */
  #openPreparedRun(): Processor<Input, Partial<ValidatorOutput>> {
    let gate: Promise<Gate<Input>> | undefined;
    let turn: Promise<unknown> = Promise.resolve();
    return (input, context) => {
      gate ??= this.prepareGate({ lane: context.lane.child() });
      const prepared = Promise.all([gate, this.prepareInput?.(input, context) ?? input]);
      const judged = turn.then(async () => {
        const [opened, judgedInput] = await prepared;
        return applyVerdict(this, opened.judge(judgedInput, context.row), context);
      });
      // A row that cannot be prepared is missed by nobody but itself.
      turn = judged.catch(() => {});
      prepared.catch(() => {});
      return judged;
    };
  }
}
