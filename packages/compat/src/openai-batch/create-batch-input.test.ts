import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createBatchInput } from './create-batch-input.js';
import { readPrompt } from './read-prompt.js';

const root = mkdtempSync(join(tmpdir(), 'dgt-batch-'));
let workingFolder = root;

beforeEach(() => {
  workingFolder = mkdtempSync(join(root, 'case-'));
});

afterAll(() => rmSync(root, { recursive: true }));

function create(input: string, limits?: { lines: number; bytes: number }) {
  return createBatchInput({ input, output: 'out/batch.jsonl', model: 'm', workingFolder, environment: {}, limits });
}

function write(name: string, rows: readonly object[] | string): string {
  const text = typeof rows === 'string' ? rows : rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  writeFileSync(join(workingFolder, name), text);
  return name;
}

function read(name: string): { custom_id: string; body: { model: string; messages: unknown } }[] {
  const lines = readFileSync(join(workingFolder, 'out', name), 'utf8')
    .trimEnd()
    .split('\n');
  return lines.map((line) => JSON.parse(line) as ReturnType<typeof read>[number]);
}

const user = (content: unknown) => ({ role: 'user', content });

describe('a row', () => {
  it.each([
    [{ prompt: 'Hi' }, [user('Hi')]],
    [{ prompt: 'Hi', system: 'Be kind' }, [{ role: 'system', content: 'Be kind' }, user('Hi')]],
    [{ user: 'Hi', system: '' }, [user('Hi')]],
    [{ text: 'Hi', other: 1 }, [user('Hi')]],
    [{ messages: [user('Hi')], prompt: 'not this' }, [user('Hi')]],
    [{ prompt: [user('Hi')] }, [user('Hi')]],
    [{ messages: '[{"role":"user","content":"from a table"}]' }, [user('from a table')]],
    [{ prompt: '[{ is no list' }, [user('[{ is no list')]],
  ])('is a prompt: %j', (row, messages) => {
    expect(readPrompt(row)).toEqual(messages);
  });

  it.each([
    [{ question: 'Hi' }, 'has no prompt; it has: question'],
    [{ prompt: ' ' }, '"prompt" is empty'],
    [{ prompt: 7 }, '"prompt" is no text'],
    [{ messages: 'Hi' }, '"messages" is no list of messages'],
    [{ messages: [] }, '"messages" has no messages'],
    [{ messages: [user('Hi'), 'there'] }, '"messages[1]" is no message with a role'],
    [{ prompt: 'Hi', system: 1 }, '"system" is no text'],
    [{ custom_id: 'a', url: '/v1', body: {} }, 'is a line of a batch file already'],
  ])('is none: %j', (row, problem) => {
    expect(readPrompt(row)).toBe(problem);
  });
});

describe('the requests of a batch', () => {
  it('have the ids of their rows, or numbers', async () => {
    const input = write('in.jsonl', [{ id: 7, prompt: 'a' }, { custom_id: 'x', id: 8, prompt: 'b' }, { prompt: 'c' }]);
    expect(await create(input)).toEqual({ requests: 3, files: ['out/batch.jsonl'], leftOver: [] });
    expect(read('batch.jsonl').map(({ custom_id }) => custom_id)).toEqual(['7', 'x', 'request-3']);
    expect(read('batch.jsonl')[0]).toEqual({
      custom_id: '7',
      method: 'POST',
      url: '/v1/chat/completions',
      body: { model: 'm', messages: [user('a')] },
    });
  });

  it('are made of the lines of a text, and of the columns of a table', async () => {
    await create(write('in.txt', 'one\r\n\n two \n'));
    expect(read('batch.jsonl').map(({ body }) => body.messages)).toEqual([[user('one')], [user(' two ')]]);
    await create(write('in.csv', 'id,system,prompt\na,"Be, kind",Hi\n'));
    expect(read('batch.jsonl')).toMatchObject([
      { custom_id: 'a', body: { messages: [{ role: 'system', content: 'Be, kind' }, user('Hi')] } },
    ]);
  });

  it('go into several files where the API does not take them in one, each as full as can be', async () => {
    const input = write(
      'in.jsonl',
      Array.from({ length: 7 }, (_, index) => ({ prompt: `prompt ${index}` })),
    );
    const { files } = await create(input, { lines: 3, bytes: 1e6 });
    expect(files).toEqual(['out/batch-1.jsonl', 'out/batch-2.jsonl', 'out/batch-3.jsonl']);
    expect(files.map((file) => read(file.slice(4)).length)).toEqual([3, 3, 1]);
    expect(readdirSync(join(workingFolder, 'out')).toSorted()).toEqual(files.map((file) => file.slice(4)));
    const bytes = readFileSync(join(workingFolder, 'out/batch-1.jsonl')).length;
    // Two of the three lines fit, and not a byte more.
    const narrow = await create(input, { lines: 100, bytes: (bytes / 3) * 2 });
    expect(narrow.files.map((file) => read(file.slice(4)).length)).toEqual([2, 2, 2, 1]);
  });

  it('are 50,000 a file', async () => {
    const input = write('in.txt', 'Hi\n'.repeat(50_001));
    const { requests, files } = await create(input);
    expect({ requests, counts: files.map((file) => read(file.slice(4)).length) }).toEqual({
      requests: 50_001,
      counts: [50_000, 1],
    });
  });

  it('are told of files that an earlier call left beside them', async () => {
    const input = write('in.jsonl', [{ prompt: 'a' }, { prompt: 'b' }, { prompt: 'c' }]);
    await create(input, { lines: 1, bytes: 1e6 });
    expect((await create(input, { lines: 2, bytes: 1e6 })).leftOver).toEqual(['out/batch-3.jsonl']);
    expect((await create(input)).leftOver).toEqual(['out/batch-1.jsonl', 'out/batch-2.jsonl']);
  });

  it.each([
    [
      'two rows of one id',
      [
        { id: 'a', prompt: 'x' },
        { id: 'a', prompt: 'y' },
      ],
      'in.jsonl: row 2: has the id "a", as in.jsonl: row 1',
    ],
    [
      'an id that is a number taken',
      [{ id: 'request-2', prompt: 'x' }, { prompt: 'y' }],
      'row 2: has the id "request-2"',
    ],
    ['an id that is too long', [{ id: 'a'.repeat(65), prompt: 'x' }], 'an id of 65 characters, and the API takes 64'],
    ['an id that is none', [{ id: {}, prompt: 'x' }], 'has an id that is neither a text nor a number'],
    ['no prompt', [{ question: 'x' }], 'row 1: has no prompt; it has: question. A prompt is: `messages`'],
    ['no rows', [], 'in.jsonl: has no prompts'],
  ])('are not written of %s', async (_what, rows, problem) => {
    await expect(create(write('in.jsonl', rows))).rejects.toThrow(problem);
    expect(readdirSync(workingFolder)).toEqual(expect.not.arrayContaining(['out/batch.jsonl']));
  });

  it('leave nothing behind when a late row cannot be one', async () => {
    const input = write('in.jsonl', [{ prompt: 'a' }, { prompt: 'b' }, { prompt: 'x'.repeat(200) }]);
    await expect(create(input, { lines: 1, bytes: 200 })).rejects.toThrow('row 3: is longer than a whole file');
    expect(readdirSync(join(workingFolder, 'out'))).toEqual([]);
  });
});
