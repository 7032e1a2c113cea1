import { createScriptServices } from '@dgt/core';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JavaScriptValidator } from './javascript.js';

const folder = mkdtempSync(join(tmpdir(), 'dgt-javascript-'));
const services = { ...createScriptServices(), baseFolder: folder };

beforeAll(() => {
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(
    join(folder, 'check.js'),
    `export default ({ answer }) => answer !== '';
export const isShort = async ({ answer }, { options }) =>
  answer.length <= options.most || { valid: false, reason: 'too long', score: answer.length, metadata: { most: options.most } };
export const draw = (_row, { random }) => ({ valid: true, metadata: { drawn: random.integer(1e6) } });
export const careless = ({ answer }) => answer.text.length > 0;
export const forgetful = () => {};
export const chatty = () => 'fine';
export const limit = 7;
`,
  );
  writeFileSync(join(folder, 'broken.js'), 'export const check = (;\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Config = Partial<ConstructorParameters<typeof JavaScriptValidator>[0]>;

const judge = (config: Config, answers: readonly string[]) =>
  new JavaScriptValidator({ name: 'check', module: './check.js', ...config }, services)
    .run(answers.map((answer) => ({ answer })))
    .toArray();

describe('javascript', () => {
  it("judges rows by the default export of the user's module", async () => {
    expect(await judge({ filter: true }, ['a', '', 'b'])).toMatchObject([{ answer: 'a' }, { answer: 'b' }]);
    const [refused] = await judge({}, ['']);
    expect(refused).toMatchObject({ is_valid: false, metadata: { reason: './check.js says no' } });
  });

  it('takes a verdict with its reason, also from an async function, and hands on options', async () => {
    const rows = await judge({ export: 'isShort', options: { most: 3 } }, ['abc', 'abcd']);
    expect(rows[0]).toMatchObject({ is_valid: true, metadata: {} });
    expect(rows[1]).toMatchObject({ is_valid: false, metadata: { reason: 'too long', score: 4, most: 3 } });
  });

  it('shows the function what the input map shows', async () => {
    const config = { module: './check.js', input_map: { 'pair.answer': 'answer' }, filter: true };
    const rows = [{ pair: { answer: '' } }, { pair: { answer: 'a' } }];
    expect(await new JavaScriptValidator(config, services).run(rows).toArray()).toMatchObject([rows[1]]);
  });

  it('gives each row random numbers of its own, the same in every run', async () => {
    const drawn = async () => (await judge({ export: 'draw' }, ['a', 'b'])).map(({ metadata }) => metadata?.['drawn']);
    const [first, second] = await drawn();
    expect(first).not.toBe(second);
    expect(await drawn()).toEqual([first, second]);
  });

  it('names the line of the module that threw', async () => {
    await expect(judge({ export: 'careless' }, ['a'])).rejects.toMatchObject({
      code: 'DGT_FUNCTION_THREW',
      message: expect.stringMatching(
        /^block "check": careless of \.\/check\.js threw \(line 5, column \d+\): Cannot read properties of undefined/,
      ) as string,
    });
  });

  it.each([
    ['forgetful', 'returned nothing, not true, false or { valid, reason }'],
    ['chatty', 'returned "fine", not true, false or'],
  ])('says what %s returned instead of a verdict', async (name, problem) => {
    await expect(judge({ export: name }, ['a'])).rejects.toThrow(problem);
  });

  it.each([
    [{ export: 'isshort' }, 'exports no function "isshort" (did you mean "isShort"?); it exports: careless, chatty'],
    [{ export: 'limit' }, 'exports no function "limit"'],
    [{ module: './none.js' }, 'module: ./none.js cannot be imported'],
    [{ module: './broken.js' }, 'module: ./broken.js cannot be imported'],
    [{ module: 'no-such-package' }, 'module: no-such-package cannot be imported'],
  ])('refuses %j before the first row', async (config, problem) => {
    const block = new JavaScriptValidator({ module: './check.js', ...config }, services);
    await expect(block.prepare()).rejects.toThrow(problem);
  });

  it('is another block when the text of its module is another', () => {
    const define = () => new JavaScriptValidator({ module: './edited.js' }, services).definition;
    writeFileSync(join(folder, 'edited.js'), 'export default () => true;');
    const first = define();
    expect(define()).toEqual(first);
    writeFileSync(join(folder, 'edited.js'), 'export default () => false;');
    expect(define()).not.toEqual(first);
  });
});
