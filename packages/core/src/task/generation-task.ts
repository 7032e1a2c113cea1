import type { DataPointClass, FieldsOf, Provenance } from '../data-point.js';
import { PluginError } from '../errors/dgt-error.js';
import type { Random } from '../random.js';
import type { TProperties } from '../schema.js';
import { Task, type TaskDeclaration } from './task.js';

/** How far a generation task is. */
export interface Progress {
  /** Rows that passed every postprocessor. */
  readonly accepted: number;
  /** `num_outputs_to_generate`. */
  readonly quota: number;
}

/** Data points that can be looked at by position without holding all of them. */
export interface DataPointList<T> {
  readonly length: number;
  /** The data point at a position from 0 to `length - 1`. */
  at(index: number): T;
}

/** What {@link GenerationTask.sampleExamples} draws from. */
export interface SampleRequest<T> {
  readonly seeds: DataPointList<T>;
  /** Rows that earlier attempts made, as many as this attempt may see. */
  readonly synthetic: DataPointList<T>;
  /** How many examples are wanted. */
  readonly count: number;
  /** The share of seeds, from 0 to 1; the share that they have among all examples when left out. */
  readonly seedFraction?: number | undefined;
  readonly random: Random;
}

/** A task that loops over seeds and synthetic rows until its quota is met. */
export abstract class GenerationTask<
  I extends TProperties = TProperties,
  O extends TProperties = TProperties,
  F extends TProperties = TProperties,
> extends Task<I, O, F> {
  /**
   * Declares the data points of a task; extend the result.
   *
   * ```ts
   * class GeographyQATask extends GenerationTask.of({ input: GeographyQA, output: GeographyQA }) {}
   * ```
   */
  static of<I extends TProperties, O extends TProperties = I, F extends TProperties = {}>(
    declaration: TaskDeclaration<I, O, F>,
  ) {
    class DeclaredGenerationTask extends GenerationTask<I, O, F> {
      static override readonly fieldsSchema: TProperties = declaration.fields ?? {};
      override readonly input = declaration.input;
      override readonly output = declaration.output ?? (declaration.input as unknown as DataPointClass<O>);
    }
    return DeclaredGenerationTask;
  }

  /** Whether the task has what it needs, asked after each accepted row. Depends on its argument alone. */
  isComplete({ accepted, quota }: Progress): boolean {
    return accepted >= quota;
  }

  /**
   * Draws examples without replacement: a share of seeds, the rest synthetic, seeds first. Where one side has too few, the
   * other does not fill up.
   *
   * @throws {@link PluginError} DGT_SAMPLE_FRACTION
   */
  sampleExamples(request: SampleRequest<FieldsOf<I> & Provenance>): (FieldsOf<I> & Provenance)[] {
    const { seeds, synthetic, count, random } = request;
    const total = seeds.length + synthetic.length;
    const fraction = request.seedFraction ?? (total === 0 ? 0 : seeds.length / total);
    if (!(fraction >= 0 && fraction <= 1)) throw new PluginError('DGT_SAMPLE_FRACTION', { fraction });
    const seedCount = roundHalfToEven(count * fraction);
    return [...drawFrom(seeds, seedCount, random), ...drawFrom(synthetic, count - seedCount, random)];
  }
}

function drawFrom<T>(pool: DataPointList<T>, count: number, random: Random): T[] {
  const { length } = pool;
  if (length <= count) return Array.from({ length }, (_, index) => pool.at(index));
  // A shuffle of the first places alone: a pool of a million rows is not copied to draw three of them.
  const moved = new Map<number, number>();
  return Array.from({ length: Math.max(0, count) }, (_, index) => {
    const other = index + random.integer(length - index);
    const drawn = moved.get(other) ?? other;
    moved.set(other, moved.get(index) ?? index);
    return pool.at(drawn);
  });
}

/** Rounds as IEEE 754 and Python do, so that shares of one half do not all go to the seeds. */
function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
