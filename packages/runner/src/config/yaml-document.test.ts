import { describe, expect, it } from 'vitest';
import { describeProblemsOf, ProjectFolder, validBuilder, validTask } from './__fixtures__/project.js';

const say = (task: string | Uint8Array) => describeProblemsOf({ files: { 'tasks/task.yaml': task } });

describe('a file that is no plain mapping', () => {
  it.each([
    ['nothing', '', 'tasks/task.yaml:1:1: expected a mapping (key: value) at the top level, got an empty file'],
    [
      'a comment',
      '# later\n',
      'tasks/task.yaml:1:1: expected a mapping (key: value) at the top level, got an empty file',
    ],
    ['a list', '- a\n', 'tasks/task.yaml:1:1: expected a mapping (key: value) at the top level, got a list'],
    [
      'a text',
      '\n  hello\n',
      'tasks/task.yaml:2:3: expected a mapping (key: value) at the top level, got a single value',
    ],
    [
      'two documents',
      'a: 1\n---\nb: 2\n',
      'tasks/task.yaml:2:1: expected one document, got another one after "---". Put it in a file of its own.',
    ],
    ['a key twice', 'a:\n  b: 1\n  b: 2\n', 'tasks/task.yaml:3:3: the key "b" is given twice. Remove one of them.'],
    [
      'a key that is a list',
      '? [1]\n: 2\n',
      'tasks/task.yaml:1:3: expected a name as key. Put it in quotes if it is meant as text.',
    ],
    ['__proto__', 'a:\n  __proto__: {x: 1}\n', 'tasks/task.yaml:2:3: a key cannot be called "__proto__"'],
    ['infinity', 'a: .inf\n', 'tasks/task.yaml:1:4: .inf is not a number that JSON can hold'],
    [
      'a long number',
      'a: 12345678901234567890\n',
      'tasks/task.yaml:1:4: 12345678901234567890 has more digits than a number can keep. Put it in quotes if it is an identifier.',
    ],
    ['an alias of nothing', 'a: *b\n', 'tasks/task.yaml:1:4: the alias *b has no anchor &b before it'],
    ['an alias of itself', 'a: &a [1, *a]\n', 'tasks/task.yaml:1:11: the alias *a stands inside of what it refers to'],
    [
      'a merge of itself',
      'a: &a {<<: *a}\n',
      'tasks/task.yaml:1:8: expected an alias of a mapping, or a list of such aliases, after <<',
    ],
    [
      'a tag',
      'a: !thing x\n',
      'tasks/task.yaml:1:4: the tag !thing has no meaning here: YAML is data and never executes code. Remove it, or put the text in quotes if it is meant as text.',
    ],
    [
      'a date tag',
      'a: !!timestamp 2001-01-01\n',
      'tasks/task.yaml:1:4: the tag !!timestamp has no meaning here: YAML is data and never executes code. Remove it, or put the text in quotes if it is meant as text.',
    ],
    [
      '!function',
      'a:\n  - !function helpers.run\n',
      'tasks/task.yaml:2:5: the tag "!function" is of the Python DGT: YAML here is data and never executes code. Write the function in the TypeScript of the data builder, or name it with a block of `type: javascript`.',
    ],
    [
      'a tab',
      'a:\n\tb: 1\n',
      'tasks/task.yaml:2:1: is not valid YAML: tabs are not allowed as indentation. Indent with spaces.',
    ],
    [
      'a text with a colon',
      'a: Question: what?\n',
      'tasks/task.yaml:1:4: is not valid YAML: nested mappings are not allowed in compact mappings. Put a text that holds ": " into quotes; lines of one mapping begin in the same column, and an item of a list with "- ".',
    ],
    [
      'a key without a space after its colon',
      'a:b\nc: d\n',
      'tasks/task.yaml:1:1: is not valid YAML: implicit keys need to be on a single line. Write `key: value`, with a space after the colon; lines of one mapping begin in the same column.',
    ],
    [
      'a line that is no key',
      'a: b\nc\n',
      'tasks/task.yaml:2:1: is not valid YAML: expected `key: value`. Write `key: value`, with a space after the colon; lines of one mapping begin in the same column.',
    ],
    [
      'an open quote',
      'a: "b\n',
      'tasks/task.yaml:2:1: is not valid YAML: a quote is opened and not closed. End the text with the quote that it begins with.',
    ],
    [
      'a quote inside of a quote',
      "a: 'it's'\n",
      'tasks/task.yaml:1:8: is not valid YAML: unexpected scalar at node end. Put a text that holds quotes into quotes of the other kind; a list begins on the line after its key.',
    ],
    [
      'an open bracket',
      'a: [b\nc: d\n',
      'tasks/task.yaml:2:1: is not valid YAML: no "]" where a bracket should end. Close it, and indent what stands inside of it.',
    ],
    [
      'deep nesting',
      `a: ${'['.repeat(50_000)}${']'.repeat(50_000)}\n`,
      'tasks/task.yaml:1:1: is nested too deeply to be read',
    ],
    ['bytes', new Uint8Array([0x61, 0x3a, 0xff]), 'tasks/task.yaml: is not UTF-8 text'],
  ])('is refused: %s', async (_kind, text, message) => {
    const said = await say(text);
    expect(said.split('\n')).toContain(message);
  });

  it('is refused before it is read when it is huge', async () => {
    const huge = Buffer.alloc(33 * 1024 * 1024, '#');
    expect(await say(huge)).toBe('tasks/task.yaml: is too large: 33.0 MiB, and files are read up to 32 MiB');
  });

  it('is refused when its aliases stand for billions of values', async () => {
    const levels = Array.from(
      { length: 20 },
      (_, level) =>
        `l${level}: &l${level} [${Array(9)
          .fill(level === 0 ? 'x' : `*l${level - 1}`)
          .join(', ')}]`,
    );
    expect(await say(`${levels.join('\n')}\n`)).toContain(
      'the aliases (*name) of this file stand for more than 100,000 values. Write them out, or use fewer.',
    );
  });

  it('is refused when it is a folder, missing, or has no task in it', async () => {
    const taskPaths = ['tasks/task.yaml', 'nowhere', 'builders', 'builders/pairs/pairs.yaml/x'];
    expect(await describeProblemsOf({}, { taskPaths })).toMatchInlineSnapshot(`
      "builders: no task file found. Name a task file, or a folder that holds files called task.yaml or qna.yaml.
      builders/pairs/pairs.yaml/x: cannot be read (no such file or folder). Check the path and its permissions; relative paths start at the folder dgt was called in.
      nowhere: cannot be read (no such file or folder). Check the path and its permissions; relative paths start at the folder dgt was called in."
    `);
  });
});

it('reads YAML 1.2: only true and false are truth values, dates are text, and a byte order mark is skipped', async () => {
  await using folder = await ProjectFolder.write({
    'tasks/task.yaml': `\ufeff${validTask}`,
    'builders/pairs/pairs.yaml': `%YAML 1.1\n---\n${validBuilder}metadata: {on: no, day: 2001-01-01, 1: 0o14, empty: , text: !!str 11}\n`,
    'builders/pairs/generate.ts': '',
  });
  const { builders } = await folder.load();
  expect(builders[0]?.metadata).toEqual({ on: 'no', day: '2001-01-01', 1: 12, empty: null, text: '11' });
});
