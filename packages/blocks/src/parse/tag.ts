import { Block, registerBlock, Type, type BlockContext, type BlockServices } from '@dgt/core';
import { readText } from './read-text.js';

const tagConfig = {
  /** The name of the tag, without brackets. */
  tag: Type.String({ pattern: '^[\\p{L}_][\\p{L}\\p{N}_.:-]*$' }),
  /** Whether every tag is taken, as a list, and not the first alone. */
  all: Type.Boolean({ default: false }),
};

/**
 * The texts within every `<tag ...>...</tag>`, without the space around them. Upper and lower case are one; a tag that is
 * never closed, as when an answer was cut off, is none.
 */
export function parseTag(text: string, tag: string): string[] {
  const name = tag.replaceAll('.', String.raw`\.`);
  const opening = new RegExp(String.raw`<${name}(?:\s(?:"[^"<]*"|'[^'<]*'|[^<>"'])*)?>`, 'giu');
  const closing = new RegExp(String.raw`</${name}\s*>`, 'giu');
  const texts: string[] = [];
  for (let opened = opening.exec(text); opened !== null; opened = opening.exec(text)) {
    if (opened[0].endsWith('/>')) continue;
    closing.lastIndex = opening.lastIndex;
    const closed = closing.exec(text);
    if (closed === null) break;
    texts.push(text.slice(opening.lastIndex, closed.index).trim());
    opening.lastIndex = closing.lastIndex;
  }
  return texts;
}

/**
 * Takes what stands between the tags of a model's answer, as in `<draft id="1">...</draft>`: the text in the field `input`
 * becomes the text of the first tag, or with `all` the list of all, as the field `parsed`. A row without the tag is rejected.
 *
 * ```ts
 * await new TagParser({ tag: 'draft' }).run([{ input: '<draft>Hello</draft>' }]).toArray(); // parsed: 'Hello'
 * ```
 *
 * @throws {@link ConfigError} DGT_BLOCK_FIELD_TYPE for a field that holds no text.
 */
@registerBlock('parse_tag')
export class TagParser extends Block.of({
  config: tagConfig,
  input: { input: Type.String() },
  output: { parsed: Type.Union([Type.String(), Type.Array(Type.String())]) },
}) {
  constructor(
    config: { readonly tag: string; readonly all?: boolean; readonly [key: string]: unknown },
    services?: BlockServices,
  ) {
    super(config as never, services);
  }

  override process({ input }: { input: unknown }, { lane, row }: BlockContext): { parsed: string | string[] }[] {
    const { tag, all } = this.config;
    const texts = parseTag(readText(input, this.name), tag);
    const [first] = texts;
    if (first !== undefined) return [{ parsed: all ? texts : first }];
    lane.reject({ block: this.name, reason: `no <${tag}>...</${tag}>`, sample: row });
    return [];
  }
}
