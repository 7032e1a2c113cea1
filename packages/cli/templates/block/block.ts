import { Block, registerBlock, Type } from '@dgt/core';

/** Cuts a text after a number of words. */
@registerBlock('__name__')
export class __Name__ extends Block.of({
  // What its entry in the YAML of a data builder takes.
  config: { words: Type.Integer({ minimum: 1, default: 20 }) },
  // What it reads from a row, and what it writes to it.
  input: { text: Type.String() },
  output: { text: Type.String() },
}) {
  process({ text }: { text: string }) {
    const words = text.split(/\s+/).filter(Boolean);
    return { text: words.slice(0, this.config.words).join(' ') };
  }
}
