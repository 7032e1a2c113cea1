import type { AnyBlock, RunOptions } from '../block/any-block.js';
import { PluginError } from '../errors/dgt-error.js';
import { suggestNearest } from '../errors/nearest.js';
import type { Lane } from '../lane/lane.js';
import type { GenerationTask } from '../task/generation-task.js';
import type { Task, TaskSpec } from '../task/task.js';
import type { DataPointClass, FieldsOf, Provenance } from '../data-point.js';
import type { Static, TObject, TProperties } from '../schema.js';
import type { TransformationTask } from '../task/transformation-task.js';
import type { Attempt, BatchContext, RowContext } from './attempt.js';

/** Names the blocks that a builder calls: `{ generator: LMProvider }`. */
export type BlockClasses = Readonly<Record<string, abstract new (...args: never[]) => AnyBlock>>;

/** A builder's blocks as its code sees them: each bound to the lane that runs it. */
export type BoundBlocks<B extends BlockClasses> = { readonly [K in keyof B]: Pick<InstanceType<B[K]>, 'run'> };

/** The class of a task, as the engine makes tasks from it. */
export type TaskClass<T extends Task = Task> = { new (spec: TaskSpec<never>): T; readonly fieldsSchema: TProperties };

/** What any task is, whatever its data points are. */
export type TaskShape = Pick<Task, 'name' | 'description' | 'fields'> & {
  readonly input: unknown;
  readonly output: unknown;
};

type InputOf<T> = T extends { readonly input: DataPointClass<infer I> } ? FieldsOf<I> & Provenance : never;
type OutputOf<T> = T extends { readonly output: DataPointClass<infer O> } ? FieldsOf<O> : never;

/** What the class of a data builder declares about itself. */
export interface BuilderDeclaration<T, B extends BlockClasses, C extends TProperties, S> {
  readonly task: new (spec: never) => T;
  /** The blocks that its YAML must declare, by name and family; checked before anything runs. */
  readonly blocks: B;
  /** Options of its own at the top level of its YAML, found as `this.config`. */
  readonly config?: C;
  /** Makes, once a run, what all attempts share; frozen, found as `this.shared`. */
  readonly setup?: () => S | Promise<S>;
}

/** What the engine hands to a builder object: it lives for one attempt, or one row. */
export interface BuilderContext<T, B extends BlockClasses, C, S> {
  readonly task: T;
  readonly blocks: BoundBlocks<B>;
  readonly config: C;
  readonly shared: S;
}

/** The class of a data builder, as the registry holds it. */
export interface DataBuilderClass {
  new (context: never): object;
  readonly kind: 'generation' | 'transformation';
  readonly task: TaskClass;
  readonly blocks: BlockClasses;
  readonly configFields: TProperties;
  readonly setup: (() => unknown) | undefined;
}

/** Rows as a builder may give them: yielded one by one, or returned as a list. */
export type Generated<T> = AsyncIterable<T> | Iterable<T> | Promise<Iterable<T>>;

/** What `transform` may give: one row, several, or none. */
export type Transformed<T> = AsyncIterable<T> | Awaitable<Iterable<T> | T | null | undefined | void>;

type Awaitable<T> = T | Promise<T>;

/** What every builder object has. It lives for one attempt; nothing that it keeps outlives it. */
abstract class DataBuilder<T, B extends BlockClasses, C extends TProperties, S> {
  /** The task that this attempt works for. */
  readonly task: T;
  /** The blocks of the builder, bound to the lane of this attempt. */
  readonly blocks: BoundBlocks<B>;
  /** The builder's own options, from its YAML. */
  readonly config: Static<TObject<C>>;
  /** What `setup` made. */
  readonly shared: Readonly<S>;

  constructor(context: BuilderContext<T, B, Static<TObject<C>>, S>) {
    this.task = context.task;
    this.blocks = context.blocks;
    this.config = context.config;
    this.shared = context.shared;
  }
}

/** How to make rows from seed examples: a class with `generate`. */
export abstract class GenerationDataBuilder<
  T extends TaskShape = GenerationTask,
  B extends BlockClasses = BlockClasses,
  C extends TProperties = TProperties,
  S = unknown,
> extends DataBuilder<T, B, C, S> {
  static readonly kind = 'generation';

  /** Declares the task, the blocks and the options of a builder; extend the result. */
  static of<T extends TaskShape, B extends BlockClasses, C extends TProperties = {}, S = undefined>(
    declaration: BuilderDeclaration<T, B, C, S>,
  ) {
    abstract class DeclaredGenerationDataBuilder extends GenerationDataBuilder<T, B, C, S> {
      static readonly task = declaration.task as unknown as TaskClass;
      static readonly blocks: BlockClasses = declaration.blocks;
      static readonly configFields: TProperties = declaration.config ?? {};
      static readonly setup: (() => unknown) | undefined = declaration.setup;
    }
    return DeclaredGenerationDataBuilder;
  }

  /**
   * Makes rows from a batch of examples: seeds first, then synthetic rows. Called once an attempt; what it does must depend
   * on its arguments and `ctx.random` alone, since it is run again to resume.
   */
  abstract generate(seeds: readonly InputOf<T>[], ctx: Attempt<BoundBlocks<B>>): Generated<OutputOf<T>>;
}

/**
 * What to make of each row of a dataset: a class with `transform`, or with `transformBatch` where several rows must be seen
 * together. What it does must depend on its arguments and `ctx.random` alone, since it is run again to resume.
 */
export abstract class TransformationDataBuilder<
  T extends TaskShape = TransformationTask,
  B extends BlockClasses = BlockClasses,
  C extends TProperties = TProperties,
  S = unknown,
> extends DataBuilder<T, B, C, S> {
  static readonly kind = 'transformation';

  /** Declares the task, the blocks and the options of a builder; extend the result. */
  static of<T extends TaskShape, B extends BlockClasses, C extends TProperties = {}, S = undefined>(
    declaration: BuilderDeclaration<T, B, C, S>,
  ) {
    abstract class DeclaredTransformationDataBuilder extends TransformationDataBuilder<T, B, C, S> {
      static readonly task = declaration.task as unknown as TaskClass;
      static readonly blocks: BlockClasses = declaration.blocks;
      static readonly configFields: TProperties = declaration.config ?? {};
      static readonly setup: (() => unknown) | undefined = declaration.setup;
    }
    return DeclaredTransformationDataBuilder;
  }

  /** Makes zero or more rows of one. Columns that the task's input does not declare travel beside and need no care. */
  transform?(row: InputOf<T>, ctx: RowContext<BoundBlocks<B>>): Transformed<OutputOf<T>>;

  /** Makes rows of a batch of `transform_batch_size` rows, in place of {@link transform}. */
  transformBatch?(rows: readonly InputOf<T>[], ctx: BatchContext<BoundBlocks<B>>): Transformed<OutputOf<T>>;
}

/** Binds blocks to a lane: each `run` gets a lane of its own. */
export function bindBlocks(blocks: ReadonlyMap<string, AnyBlock>, lane: Lane): Record<string, Pick<AnyBlock, 'run'>> {
  const bound = Object.create(undeclaredBlocks(blocks)) as Record<string, Pick<AnyBlock, 'run'>>;
  for (const [name, block] of blocks) {
    const run = (rows: Iterable<object>, options: RunOptions = {}) =>
      block.run(rows, { ...options, lane: lane.child() });
    bound[name] = { run: run as AnyBlock['run'] };
  }
  return bound;
}

const undeclared = new WeakMap<ReadonlyMap<string, AnyBlock>, object>();

/** What stands behind the blocks of a builder: asked for a name that they do not have, it says which they have. */
function undeclaredBlocks(blocks: ReadonlyMap<string, AnyBlock>): object {
  let behind = undeclared.get(blocks);
  if (behind === undefined) {
    behind = new Proxy(Object.prototype, {
      get: (target, name, receiver): unknown => {
        // Promises ask whether it is one, and `JSON.stringify` how to write it.
        if (typeof name === 'symbol' || name in target || name === 'then' || name === 'toJSON')
          return Reflect.get(target, name, receiver);
        const known = [...blocks.keys()];
        const details = { block: name, nearest: suggestNearest(name, known), known: known.join(', ') || 'none' };
        throw new PluginError('DGT_BLOCK_UNDECLARED', details);
      },
    });
    undeclared.set(blocks, behind);
  }
  return behind;
}
