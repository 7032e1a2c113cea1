import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runWithRejections } from './__fixtures__/run-with-rejections.js';
import { parseTag, TagParser } from './tag.js';

describe('parse_tag', () => {
  it('takes the text of the first tag, or of all', async () => {
    const rows = [{ id: 1, input: 'Here:\n<draft id="1">\n one\n</draft>\n<draft>two</draft>' }];
    expect(await new TagParser({ tag: 'draft' }).run(rows).toArray()).toEqual([{ ...rows[0], parsed: 'one' }]);
    const all = new TagParser({ tag: 'draft', all: true });
    expect(await all.run(rows).toArray()).toEqual([{ ...rows[0], parsed: ['one', 'two'] }]);
  });

  it.each([
    ['<DRAFT>a</Draft>', ['a']],
    ['<draft>a</draft >', ['a']],
    [`<draft title="a > b" n='1'>a</draft>`, ['a']],
    ['<draft\n  id=1\n>\na\n</draft>', ['a']],
    ['<draft></draft>', ['']],
    ['<draft/><draft>a</draft>', ['a']],
    ['<drafts>no</drafts><draft>a</draft>', ['a']],
    ['<draft>a < b</draft>', ['a < b']],
    ['<draft>a</draft><draft>cut of', ['a']],
    ['<draft>never closed', []],
    ['</draft>a<draft>', []],
    ['no tag', []],
  ])('finds in %j: %j', (text, texts) => {
    expect(parseTag(text, 'draft')).toEqual(texts);
  });

  it('takes names with dashes, dots and letters of any language', () => {
    expect(parseTag('<my-tag.a>x</my-tag.a><my-tag-a>y</my-tag-a>', 'my-tag.a')).toEqual(['x']);
    expect(parseTag('<ответ>да</ОТВЕТ>', 'ответ')).toEqual(['да']);
    expect(() => new TagParser({ tag: '<draft>' })).toThrow('tag: expected text that matches');
  });

  it('rejects a row without the tag, with the reason and the row', async () => {
    const rows = [{ input: 'none' }, { input: '<draft>a</draft>' }];
    const { results, rejections } = await runWithRejections(new TagParser({ name: 'drafts', tag: 'draft' }), rows);
    expect(results).toMatchObject([{ parsed: 'a' }]);
    expect(rejections).toEqual([{ block: 'drafts', reason: 'no <draft>...</draft>', sample: rows[0] }]);
  });

  it('reads and writes where the maps say, and refuses what is no text', async () => {
    const block = new TagParser({
      tag: 'a',
      input_map: { 'result.content': 'input' },
      output_map: { parsed: 'answer' },
    });
    const row = { result: { role: 'assistant', content: '<a>Lima</a>' } };
    expect(await block.run([row]).toArray()).toEqual([{ ...row, answer: 'Lima' }]);
    await expect(new TagParser({ tag: 'a' }).run([{ input: 7 }]).toArray()).rejects.toThrow('needs text in the field');
  });

  it('finds every text that was put between tags', () => {
    const between = fc.string().filter((text) => !/<\/?a/i.test(text));
    fc.assert(
      fc.property(fc.array(fc.tuple(between, between)), (parts) => {
        const text = parts.map(([before, within]) => `${before}<a k="v">${within}</a>`).join('');
        expect(parseTag(text, 'A')).toEqual(parts.map(([, within]) => within.trim()));
      }),
    );
  });

  it('comes to an end for many tags that are never closed', () => {
    expect(parseTag('<a "'.repeat(100_000), 'a')).toEqual([]);
    expect(parseTag('<a>'.repeat(100_000), 'a')).toEqual([]);
  });
});
