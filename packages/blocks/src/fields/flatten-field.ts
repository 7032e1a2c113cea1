import { Block, registerBlock, Type } from '@dgt/core';

/**
 * Turns a row that holds a list into one row for each item: the field `to_flatten` stays as it is and `flattened` is the
 * item. An empty list gives no row; a value that is no list counts as a list of one.
 *
 * ```ts
 * await new FlattenField().run([{ to_flatten: ['a', 'b'] }]).toArray(); // flattened: 'a', then 'b'
 * ```
 */
@registerBlock('flatten_field')
export class FlattenField extends Block.of({
  input: { to_flatten: Type.Unknown() },
  output: { flattened: Type.Unknown() },
}) {
  override process({ to_flatten: value }: { to_flatten: unknown }): { flattened: unknown }[] {
    const items: readonly unknown[] = Array.isArray(value) ? value : [value];
    return items.map((flattened) => ({ flattened }));
  }
}
