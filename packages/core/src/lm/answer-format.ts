import type { Json } from '../json.js';
import type { Static, TObject, TSchema } from '../schema.js';
import type { ResponseFormat } from './request.js';

/** The class of a data point, for its schema. */
export type ShapeClass = (abstract new (...fields: never[]) => object) & { readonly schema: TObject };

/**
 * The shape that code asks for: the class of a data point, a schema made by `Type`, any other JSON Schema, or what OpenAI takes
 * as `response_format`.
 */
export type AnswerFormat = ShapeClass | TSchema | ResponseFormat | { readonly [keyword: string]: Json | undefined };

/** The type of a value of this shape: unknown for a JSON Schema that TypeScript cannot read. */
export type ValueOf<F> = F extends TSchema
  ? Static<F>
  : F extends ShapeClass
    ? F['schema'] extends infer S extends TSchema
      ? Static<S>
      : never
    : unknown;

/** The shape that a row asks for by itself; undefined where it asks for none, or its type does not say for which. */
export type RowFormat<R> = 'response_format' extends keyof R
  ? AnswerFormat extends R['response_format']
    ? undefined
    : R['response_format']
  : undefined;

/** The first of two shapes that is given. */
export type FirstFormat<F, G> = F extends undefined ? G : F;
