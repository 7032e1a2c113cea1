import { Type, type TProperties } from '../schema.js';

/** What the block must be that stands in the configuration of another. */
export type InnerBlockFamily = 'language model' | 'embedding model';

/**
 * Declares a configuration field that holds the entry of another block, such as the model of a judge: `type`, and what the
 * type takes. The entry is checked against its own type before anything runs, and `--lm` replaces a language model in it.
 */
export function innerBlock(family: InnerBlockFamily) {
  return Type.Object({ type: Type.String({ minLength: 1 }) }, { additionalProperties: true, innerBlock: family });
}

/** The fields of a block's configuration that hold the entries of other blocks. */
export function findInnerBlocks(
  configFields: TProperties,
): { readonly field: string; readonly family: InnerBlockFamily }[] {
  return Object.entries(configFields).flatMap(([field, schema]) => {
    const family = schema['innerBlock'] as InnerBlockFamily | undefined;
    return family === undefined ? [] : [{ field, family }];
  });
}
