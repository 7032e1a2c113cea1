import type { Static, TObject, TProperties } from '../schema.js';
import { AnyBlock, type BlockContext, type Processor, type RunOptions } from './any-block.js';
import type { Row } from './row.js';
import type { BlockServices } from './services.js';

/** What the class of a block declares about itself: the keyword arguments of {@link Block.of}. */
export interface BlockDeclaration<C extends TProperties, I extends TProperties, O extends TProperties> {
  /** What its YAML entry takes, beside name, type and the maps. */
  readonly config?: C;
  /** The fields it reads; left out, it takes the row as it is. */
  readonly input?: I;
  /** The fields it writes. */
  readonly output?: O;
}

/** What {@link Block.of} and its likes give to extend. */
export type DeclaredBlock<C extends TProperties, B> = (abstract new (
  config?: Partial<Static<TObject<C>>> & { readonly [key: string]: unknown },
  services?: BlockServices,
) => B) &
  Pick<typeof AnyBlock, 'scope' | 'configFields' | 'inputFields' | 'transportFields'>;

/** The type of an object with these fields. */
export type FieldsAs<P extends TProperties> = Static<TObject<P>>;

/** A block that works on each row by itself: implement {@link process}. */
export abstract class Block<
  Config extends object = object,
  Input extends object = Row,
  Output extends object = Row,
> extends AnyBlock<Config, Input, Output> {
  /**
   * Declares what a block takes and gives; extend the result.
   *
   * ```ts
   * class Shout extends Block.of({ input: { text: Type.String() }, output: { loud: Type.String() } }) {
   *   process({ text }: { text: string }) { return { loud: text.toUpperCase() }; }
   * }
   * ```
   */
  static of<C extends TProperties = {}, I extends TProperties = TProperties, O extends TProperties = TProperties>(
    declaration: BlockDeclaration<C, I, O>,
  ): DeclaredBlock<C, Block<FieldsAs<C>, FieldsAs<I>, FieldsAs<O>>> {
    abstract class Declared extends Block<FieldsAs<C>, FieldsAs<I>, FieldsAs<O>> {
      static override readonly configFields: TProperties = declaration.config ?? {};
      static override readonly inputFields: TProperties | undefined = declaration.input;
    }
    return Declared as DeclaredBlock<C, Declared>;
  }

  /** Turns what the block sees of one row into its output: one record, or a list of zero or more. */
  abstract process(
    input: Input,
    context: BlockContext,
  ): Output | readonly Output[] | Promise<Output | readonly Output[]>;

  protected override openRun(_options: RunOptions): Processor<Input, Output> {
    return (input, context) => this.process(input, context);
  }
}
