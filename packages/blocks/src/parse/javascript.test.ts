import { createScriptServices } from '@dgt/core';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runWithRejections } from './__fixtures__/run-with-rejections.js';
import { JavaScriptParser } from './javascript.js';

const folder = mkdtempSync(join(tmpdir(), 'dgt-parse-'));
const services = { ...createScriptServices(), baseFolder: folder };

beforeAll(() => {
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(
    join(folder, 'parse.js'),
    `export default ({ answer }) => (answer === '' ? null : { first: answer[0] });
export const score = async ({ answer }, { options, reject }) => {
  const [digits] = answer.match(/\\d+/) ?? [];
  return digits ? { score: Number(digits) * options.factor } : reject('no number');
};
export const words = ({ answer }) => answer.split(' ').filter(Boolean).map((word) => ({ word }));
export const careless = ({ answer }) => answer.text.length;
export const chatty = () => 'fine';
`,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const parse = (config: object, answers: readonly string[]) =>
  runWithRejections(
    new JavaScriptParser({ name: 'parse', module: './parse.js', ...config }, services),
    answers.map((answer) => ({ answer })),
  );

describe('parse_javascript', () => {
  it("writes the fields that the user's function gives, and rejects a row that it gives nothing for", async () => {
    const { results, rejections } = await parse({}, ['Lima', '']);
    expect(results).toEqual([{ answer: 'Lima', first: 'L' }]);
    expect(rejections).toEqual([{ block: 'parse', reason: './parse.js finds nothing', sample: { answer: '' } }]);
  });

  it('hands on options, and takes the reason of the function', async () => {
    const { results, rejections } = await parse({ export: 'score', options: { factor: 10 } }, ['about 4', 'many']);
    expect(results).toEqual([{ answer: 'about 4', score: 40 }]);
    expect(rejections).toMatchObject([{ reason: 'no number', sample: { answer: 'many' } }]);
  });

  it('makes several rows of a list, and none of an empty one', async () => {
    const { results, rejections } = await parse({ export: 'words' }, ['a b', '']);
    expect(results).toMatchObject([{ word: 'a' }, { word: 'b' }]);
    expect(rejections).toMatchObject([{ reason: 'words finds nothing' }]);
  });

  it('says which line threw, and what was returned instead of fields', async () => {
    await expect(parse({ export: 'careless' }, ['a'])).rejects.toThrow(
      /block "parse": careless of \.\/parse\.js threw \(line 7, column \d+\): Cannot read properties of undefined/,
    );
    await expect(parse({ export: 'chatty' }, ['a'])).rejects.toThrow('returned "fine", not an object of fields');
  });

  it('refuses a function that is not there before the first row, and is another block when its module changes', async () => {
    const missing = new JavaScriptParser({ module: './parse.js', export: 'scroe' }, services);
    await expect(missing.prepare()).rejects.toThrow('exports no function "scroe" (did you mean "score"?)');
    const define = () => new JavaScriptParser({ module: './edited.js' }, services).definition;
    writeFileSync(join(folder, 'edited.js'), 'export default () => ({});');
    const first = define();
    writeFileSync(join(folder, 'edited.js'), 'export default () => null;');
    expect(define()).not.toEqual(first);
  });
});
