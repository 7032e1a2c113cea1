import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileJsonSchema } from './compile-json-schema.js';
import { readJson } from './read-json.js';

const pair = { type: 'object', properties: { q: { type: 'string' }, a: { type: 'string' } }, required: ['q', 'a'] };
const isPair = compileJsonSchema(pair);
const wanted = { q: 'Capital of Peru?', a: 'Lima' };
const json = JSON.stringify(wanted);

describe('reading the JSON of a model', () => {
  it('takes JSON as it stands, to the last space', () => {
    const text = ` {"q": "Capital of Peru?",\n  "a": "Lima"}\n`;
    expect(readJson(text, { check: isPair })).toEqual({ value: wanted, text });
  });

  it.each([
    ['a fence', `\`\`\`json\n${json}\n\`\`\``, 'fence'],
    ['a fence without a language', `\`\`\`\n${json}\n\`\`\``, 'fence'],
    ['a fence that is never closed', `\`\`\`json\n${json}`, 'fence'],
    ['a fence between sentences', `Sure! Here it is:\n\`\`\`json\n${json}\n\`\`\`\nAnything else?`, 'fence'],
    ['sentences', `Sure! Here {as you asked} is the pair: ${json} Hope it helps [1].`, 'surroundings'],
    ['thoughts', `<think>Maybe {"q": "x", "a": "y"}? {\n</think>\n${json}`, 'surroundings'],
    ['an earlier draft', `Draft: {"q": "Long draft that is dropped", "a": "x"}\nFinal: ${json}`, 'surroundings'],
    ['single quotes', `{'q': 'Capital of Peru?', 'a': 'Lima'}`, 'syntax'],
    ['bare keys and a trailing comma', `{q: "Capital of Peru?", a: "Lima",}`, 'syntax'],
    ['a missing comma', `{"q": "Capital of Peru?" "a": "Lima"}`, 'syntax'],
    ['a missing bracket', `{"q": "Capital of Peru?", "a": "Lima"`, 'syntax'],
    ['a comment', `{"q": "Capital of Peru?", // asked\n "a": "Lima"}`, 'syntax'],
    ['a fence around broken JSON', `\`\`\`json\n{'q': 'Capital of Peru?', 'a': 'Lima'}\n\`\`\``, 'syntax'],
  ])('finds the value in spite of %s', (_name, text, repair) => {
    const reading = readJson(text, { check: isPair });
    expect(reading).toMatchObject({ value: wanted, repair });
    expect(JSON.parse((reading as { text: string }).text)).toEqual(wanted);
  });

  it.each([
    ['line ends within text', '{"a": "one\ntwo"}', 'one\ntwo'],
    ['quotes within text', '{"a": "he said "hi" to me"}', 'he said "hi" to me'],
    ['backslashes that were not escaped', String.raw`{'a': "\sqrt{2} and \(x\)"}`, String.raw`\sqrt{2} and \(x\)`],
    ['braces and fences within text', '{"a": "```js\\n{ x: [ }\\n```", }', '```js\n{ x: [ }\n```'],
    ['an ellipsis within text', "{'a': 'well, ... then'}", 'well, ... then'],
  ])('keeps %s', (_name, text, a) => {
    expect(readJson(text)).toMatchObject({ value: { a } });
  });

  it('takes values that are no objects only when nothing is beside them', () => {
    expect(readJson('42')).toEqual({ value: 42, text: '42' });
    expect(readJson('```json\n"yes"\n```')).toEqual({ value: 'yes', text: '"yes"', repair: 'fence' });
    expect(readJson('The answer is 42')).toMatchObject({ fault: 'not_json', problem: 'the text holds no JSON' });
  });

  it('takes the longest value when nothing says what is wanted', () => {
    expect(readJson(`As shown in [2], {"x": [1, 2]} holds [1].`)).toMatchObject({ value: { x: [1, 2] } });
  });

  it.each([
    ['', 'empty', 'the answer is empty'],
    [' \n', 'empty', 'the answer is empty'],
    ['I cannot help with that.', 'not_json', 'the text holds no JSON'],
    ['{"q": "a", "a": }', 'incomplete', 'its JSON is not complete'],
    ['{"q": "a" : "b"}', 'not_json', 'the text is not JSON: '],
    ['{"q": "Capital of Peru?", "a": "Lim', 'incomplete', 'its JSON is not complete'],
    ['{"q": "Capital of Peru?", "a":', 'incomplete', 'its JSON is not complete'],
    ['[{"q": "Capital of Peru?", "a": "Lima"}, {"q": "Cap', 'incomplete', 'its JSON is not complete'],
    [`[${json}, ...]`, 'incomplete', 'its JSON is not complete'],
    ['{"q": 1, "a": "Lima"}', 'invalid', 'q: expected a string, got 1'],
    ['Here: {"q": "Capital of Peru?"}', 'invalid', 'missing "a"'],
    [`[${json}]`, 'invalid', 'expected an object, got a list of 1'],
  ])('says why %j gives no value', (text, fault, problem) => {
    const reading = readJson(text, { check: isPair });
    expect(reading).toMatchObject({ fault });
    expect((reading as { problem: string }).problem).toContain(problem);
  });

  it('closes no bracket for a text that was cut off, but reads what is whole', () => {
    const cut = true;
    expect(readJson('{"q": "Capital of Peru?", "a": "Lima"', { check: isPair, cut })).toMatchObject({
      fault: 'incomplete',
    });
    expect(readJson(`${json} Shall I go`, { check: isPair, cut })).toMatchObject({ value: wanted });
    expect(readJson("{'q': 'Capital of Peru?', 'a': 'Lima'} Shall", { check: isPair, cut })).toMatchObject({
      value: wanted,
    });
  });

  it('never changes what is JSON', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), (text) => {
        expect(readJson(text)).toEqual({ value: JSON.parse(text) as unknown, text });
      }),
    );
  });

  it('finds the same object or list within a fence and between sentences', () => {
    const sentence = fc.stringMatching(/^[A-Za-z .,!?'\n]*$/);
    const value = fc.oneof(
      fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), { minKeys: 1 }),
      fc.array(fc.jsonValue({ maxDepth: 2 }), { minLength: 1 }),
    );
    fc.assert(
      fc.property(sentence, value, sentence, fc.boolean(), (before, value, after, fenced) => {
        const text = JSON.stringify(value, undefined, 2);
        const around = fenced ? `${before}\n\`\`\`json\n${text}\n\`\`\`\n${after}` : `${before} ${text} ${after}`;
        expect(readJson(around)).toMatchObject({ value: JSON.parse(text) as unknown });
      }),
    );
  });

  it('gives nothing that does not fit, whatever the text', () => {
    const noise = fc.string({
      unit: fc.constantFrom('{', '}', '[', ']', '"', "'", ':', ',', 'q', 'a', '\\', '\n', '1'),
    });
    fc.assert(
      fc.property(fc.oneof(noise, fc.string(), fc.json()), fc.boolean(), (text, cut) => {
        const reading = readJson(text, { check: isPair, cut });
        if ('fault' in reading) expect(reading.problem).not.toBe('');
        else expect(isPair(reading.value)).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });

  it('reads every broken form of a value as that value or not at all', () => {
    const value = fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), fc.stringMatching(/^[\w .]*$/), { minKeys: 1 });
    const breaks: ((text: string) => string)[] = [
      (text) => text.replaceAll('"', "'"),
      (text) => text.replaceAll(/"(\w+)":/g, '$1:'),
      (text) => text.replace(/\}$/, ',}'),
      (text) => text.replace(/\}$/, ''),
      (text) => text.replaceAll(',', ''),
    ];
    fc.assert(
      fc.property(value, fc.constantFrom(...breaks), (value, damage) => {
        const reading = readJson(damage(JSON.stringify(value)));
        if ('value' in reading) expect(reading.value).toEqual({ ...value });
      }),
    );
  });

  it('comes to an end for text that is only brackets, and for one that is long and broken', () => {
    expect(readJson('{"'.repeat(100_000))).toMatchObject({ fault: 'not_json' });
    expect(readJson('["a", '.repeat(50_000))).toMatchObject({ fault: 'incomplete' });
    expect(readJson(`{'a': '${'x"y '.repeat(40_000)}'}`)).toMatchObject({ fault: 'not_json' });
    expect(readJson(`${'['.repeat(20_000)}'a'${']'.repeat(20_000)}`)).toMatchObject({ fault: 'not_json' });
  });
});
