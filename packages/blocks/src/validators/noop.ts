import { registerBlock, Type, ValidatorBlock } from '@dgt/core';

/**
 * Finds every row valid: a stand-in where a validator is expected, and a way to see what the others would let pass.
 *
 * ```ts
 * const rows = await new Noop().run([{ input: 'anything' }]).toArray(); // is_valid: true
 * ```
 */
@registerBlock('noop')
export class Noop extends ValidatorBlock.of({ input: { input: Type.Optional(Type.Unknown()) } }) {
  override validate(): boolean {
    return true;
  }
}
