import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runWithRejections } from './__fixtures__/run-with-rejections.js';
import { JsonParser, parseJson } from './json.js';

const schema = {
  type: 'object',
  properties: { answer: { type: 'string', minLength: 1 } },
  required: ['answer'],
  additionalProperties: false,
};

describe('parse_json', () => {
  it('gives the value within fences, sentences and broken syntax', async () => {
    const texts = ['{"answer": "Lima"}', 'Sure:\n```json\n{"answer": "Lima"}\n```', `It is {'answer': 'Lima',} here.`];
    const rows = await new JsonParser({ schema }).run(texts.map((input) => ({ input }))).toArray();
    expect(rows).toEqual(texts.map((input) => ({ input, parsed: { answer: 'Lima' } })));
  });

  it('rejects what gives no value, or none that fits, and says why', async () => {
    const rows = ['no idea', '{"answer": ""}', '{"answer": "Li', ''].map((input) => ({ input }));
    const { results, rejections } = await runWithRejections(new JsonParser({ name: 'pair', schema }), rows);
    expect(results).toEqual([]);
    expect(rejections).toEqual([
      { block: 'pair', reason: 'the text holds no JSON', sample: rows[0] },
      { block: 'pair', reason: 'answer: expected text that is not empty, got ""', sample: rows[1] },
      { block: 'pair', reason: 'its JSON is not complete', sample: rows[2] },
      { block: 'pair', reason: 'the answer is empty', sample: rows[3] },
    ]);
  });

  it('refuses a schema that cannot be used, and what is no text', async () => {
    expect(() => new JsonParser({ schema: { type: 'strnig' } })).toThrow('block "JsonParser": schema: ');
    await expect(new JsonParser().run([{ input: {} }]).toArray()).rejects.toThrow('needs text in the field "input"');
  });

  it('gives nothing that does not fit the schema, and all that is JSON as it stands', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parseJson(text)).toEqual({ value: JSON.parse(text) as unknown, text });
        const reading = parseJson(text, { schema });
        if ('value' in reading) expect(Object.keys(reading.value as object)).toEqual(['answer']);
      }),
      { numRuns: 50 },
    );
  });
});
