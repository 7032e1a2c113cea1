import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fieldsOf, TaskFolder, type OutputRow, type TaskRun } from '../__fixtures__/task-folder.js';
import { splitText } from './split-text.js';
import { WorkerPool } from './worker-pool.js';

const data_builder = 'core/rollout';
const echo = ({ prompt }: { prompt: string }) => `<${prompt}>`;
const anyUsage = { prompt_tokens: expect.any(Number), completion_tokens: expect.any(Number) };

interface Result {
  text: string;
  usage: Record<string, number>;
  chunks?: number;
}
const resultsOf = ({ rows }: TaskRun, row = 0) => rows[row]?.['rollout_results'] as Result[];

describe('the built-in rollouts', () => {
  it('ask once for each document, and keep text, reason and usage', async () => {
    await using folder = await TaskFolder.open({ answer: echo });
    const run = await folder.run({
      data_builder,
      data: [{ question: 'Why?', id: 1 }],
      rollout: 'single',
      system: 'Be brief.',
      prompt_column: 'question',
    });
    expect(run.code, run.stderr).toBe(0);
    expect(run.rows.map(fieldsOf)).toEqual([
      { question: 'Why?', id: 1, rollout_results: [{ text: '<Why?>', finish_reason: 'stop', usage: anyUsage }] },
    ]);
    expect(run.prompts).toEqual(['system: Be brief.\nuser: Why?']);
  });

  it('keep what the model thought apart from its answer', async () => {
    await using folder = await TaskFolder.open({ answer: () => '<think>hm</think>Yes.' });
    const run = await folder.run({ data_builder, data: [{ text: 'a' }], rollout: 'single', prompt_column: 'text' });
    expect(run.rows[0]?.['rollout_results']).toMatchObject([{ text: 'Yes.', reasoning: 'hm' }]);
  });

  it('take the prompt columns of plain text, of text in a template, and of messages', async () => {
    await using folder = await TaskFolder.open({ answer: echo });
    const chat = [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Hello! How can I help?' },
      { role: 'user', content: 'What color is the sky?' },
    ];
    const column = { data_builder, rollout: 'single', prompt_column: 'messages' };
    const multi = await folder.run({ ...column, data: [{ messages: chat }, { messages: chat.slice(2) }] });
    expect(multi.prompts.toSorted()).toEqual([
      'user: Hi\nassistant: Hello! How can I help?\nuser: What color is the sky?',
      'user: What color is the sky?',
    ]);
    const template = await folder.run({
      ...column,
      task_name: 'template',
      prompt_column: 'text',
      template_syntax: 'brackets',
      user: 'Summarize the following document: [[DOCUMENT]] ([[DOCUMENT]])',
      data: [{ text: 'The sky' }],
    });
    expect(template.prompts).toEqual(['user: Summarize the following document: The sky (The sky)']);
    const wrong = await folder.run({
      ...column,
      task_name: 'wrong',
      rollout: 'messages',
      data: [{ messages: 'text' }],
    });
    expect(wrong.errors[0]?.['reason']).toContain('holds a text, and not the messages of a chat');
  });

  it('ask nothing about a document that is empty, and say so', async () => {
    await using folder = await TaskFolder.open({ answer: echo });
    const data = [{ text: '' }, { text: 'a' }, { text: null }];
    const run = await folder.run({ data_builder, rollout: 'single', prompt_column: 'text', data });
    expect([run.code, run.prompts]).toEqual([0, ['user: a']]);
    expect(run.rejected.map(({ reason }) => reason)).toEqual(['"text" is empty', '"text" is empty']);
  });

  it('shorten the document in its place, where the prompt is too long and the block may', async () => {
    await using folder = await TaskFolder.open(
      { answer: () => 'short', contextLength: 150 },
      { block: { truncate: 'DOCUMENT' } },
    );
    const text = 'word '.repeat(300);
    const run = await folder.run({
      data_builder,
      rollout: 'single',
      prompt_column: 'text',
      system: 'Be brief.',
      user: 'Sum up: {DOCUMENT}\nIn three words.',
      gen_kwargs: { max_tokens: 50 },
      data: [{ text }],
    });
    expect([run.code, run.rows.length], run.stderr).toEqual([0, 1]);
    expect(run.prompts.at(-1)).toMatch(/^system: Be brief\.\nuser: Sum up: (word ?){20,80}\nIn three words\.$/);
    expect(run.rows[0]).toMatchObject({ text });
  });

  it('cut a long document, show each request the end of the last answer, and put the answers together', async () => {
    let count = 0;
    await using folder = await TaskFolder.open({ answer: () => `answer ${++count}.` });
    const text = ['one '.repeat(20), 'two '.repeat(20), 'three '.repeat(10)].join('\n\n');
    const task = {
      data_builder,
      data: [{ text }],
      rollout: 'chunked',
      prompt_column: 'text',
      user: 'Rewrite {DOCUMENT}|{PREVIOUS}',
    };
    const run = await folder.run({ ...task, chunks: { size: 100, tail: 9, join: '' } });
    const [result] = resultsOf(run);
    expect(result).toMatchObject({ text: 'answer 1.answer 2.answer 3.', chunks: 3, finish_reason: 'stop' });
    expect(run.prompts.map((prompt) => prompt.split('|')[1])).toEqual(['', 'answer 1.', 'answer 2.']);
    const native = await folder.run({ ...task, task_name: 'native', chunks: { size: 100, continue: 'final_message' } });
    expect(native.prompts[1]).toContain('\nassistant: answer 4.');
    expect(folder.server.requests.at(-1)?.body).toMatchObject({ continue_final_message: true });
  });

  it('are made several times a document where that is asked for, and added to later', async () => {
    await using folder = await TaskFolder.open({ answer: ({ key }) => `take ${key}` });
    const task = { data_builder, data: [{ text: 'a' }], rollout: 'single', prompt_column: 'text' };
    const two = await folder.run({ ...task, rollouts_per_document: 2 });
    const texts = resultsOf(two).map(({ text }) => text);
    expect(new Set(texts).size).toBe(2);
    const three = await folder.run({ ...task, rollouts_per_document: 3 }, '--replay');
    expect(
      resultsOf(three)
        .map(({ text }) => text)
        .slice(0, 2),
    ).toEqual(texts);
    expect(three.prompts).toHaveLength(1);
  });
});

describe('a rollout of the user', () => {
  const module = `
    let made = 0;
    export const createShared = ({ greeting }) => ({ greeting, made: ++made });
    export default async function rollout(document, { generate, shared, prepare, random, options }) {
      const words = await prepare(document.text);
      const drafts = await Promise.all(words.map(async (word) => {
        const first = await generate('Draft ' + word);
        return generate({ messages: [{ role: 'user', content: 'Mend ' + first.text }], temperature: 0 });
      }));
      return { drafts: drafts.map(({ text }) => text), shared, drawn: random.integer(1000), options };
    }`;
  const task = {
    data_builder,
    data: [{ text: 'b a' }, { text: 'c' }],
    rollout: { module: './rollout.mjs', options: { depth: 1 } },
    shared: { module: './rollout.mjs', export: 'createShared', options: { greeting: 'hi' } },
    workers: { module: './words.mjs', export: 'splitWords', count: 2 },
  };
  const write = (folder: TaskFolder) => {
    folder.write('rollout.mjs', module);
    folder.write('words.mjs', `export const splitWords = (text) => text.split(' ');`);
  };

  it('calls as it likes, at once or in turn, and shares what was made once', async () => {
    await using folder = await TaskFolder.open({ answer: echo });
    write(folder);
    const run = await folder.run(task);
    expect(run.code, run.stderr).toBe(0);
    const results = run.rows.map((row) => (row['rollout_results'] as OutputRow[])[0]);
    expect(results).toMatchObject(
      [['<Mend <Draft b>>', '<Mend <Draft a>>'], ['<Mend <Draft c>>']].map((drafts) => ({
        drafts,
        shared: { greeting: 'hi', made: 1 },
        options: { depth: 1 },
      })),
    );
  });

  it('finds each answer again, whichever of its calls was faster', async () => {
    await using folder = await TaskFolder.open({ answer: echo, latency: { minMs: 0, maxMs: 40 } });
    write(folder);
    const first = await folder.run(task);
    expect(first.prompts).toHaveLength(6);
    const again = await folder.run({ ...task, task_description: 'another' }, '--replay');
    const made = ({ rows }: TaskRun) =>
      rows.map(({ rollout_results: results }) => {
        const [{ drafts, drawn }] = results as [OutputRow];
        return { drafts, drawn };
      });
    expect([again.prompts, made(again)]).toEqual([[], made(first)]);
  });

  it('loses no document of which a request is refused: it fails or is skipped, and says so', async () => {
    await using folder = await TaskFolder.open({ answer: echo, badRequest: 'poison' });
    folder.write('simple.mjs', `export default (document, { generate }) => generate(document.text);`);
    const simple = {
      data_builder,
      data: [{ text: 'a' }, { text: 'poison' }, { text: 'b' }],
      runner_config: { max_error_rate: 1 },
      rollout: { module: './simple.mjs' },
    };
    const failed = await folder.run(simple);
    expect([failed.rows.length, failed.code]).toEqual([2, 2]);
    expect(failed.errors).toMatchObject([
      { row: { text: 'poison' }, code: 'DGT_PROVIDER_REQUEST', reason: expect.stringMatching(/^openai at .*HTTP 400/) },
    ]);
    const skipped = await folder.run({ ...simple, task_name: 'skipped', on_bad_request: 'skip' });
    expect([skipped.rows.length, skipped.errors, skipped.code]).toEqual([2, [], 0]);
    expect(skipped.rejected).toMatchObject([
      { reason: 'no rollout gave a result' },
      { reason: expect.stringContaining('the request was refused'), answer: { text: 'poison' } },
    ]);
  });

  it('that throws costs its document, with the line', async () => {
    await using folder = await TaskFolder.open({ answer: echo });
    folder.write(
      'throws.mjs',
      `export default function rollout({ text }) {\n  if (text === 'b') throw new Error('not b');\n  return text;\n}`,
    );
    const run = await folder.run({
      data_builder,
      data: [{ text: 'a' }, { text: 'b' }, { text: 'c' }],
      runner_config: { max_error_rate: 1 },
      rollout: { module: './throws.mjs' },
    });
    expect(run.rows.map((row) => row['rollout_results'])).toEqual([['a'], ['c']]);
    expect(run.errors[0]?.['reason']).toMatch(
      /throws\.mjs threw \(line 2, column \d+\): not b\n {2}at .*throws\.mjs:2:\d+\n {2}2 \| {3}if \(text === 'b'\)/,
    );
  });

  it('is found before anything runs to be missing', async () => {
    await using folder = await TaskFolder.open({ answer: echo });
    const run = await folder.run({ data_builder, data: [{ text: 'a' }], rollout: { module: './none.mjs' } });
    expect([run.code, run.prompts]).toEqual([1, []]);
    expect(run.stderr).toMatch(/task\.yaml:\d+:\d+: rollout\.module: .*none\.mjs: cannot be read \(no such file\)/);
    const unnamed = await folder.run({ data_builder, data: [{ text: 'a' }], rollout: 'chunked' });
    expect(unnamed.stderr).toMatch(/task\.yaml:\d+:\d+: rollout: .*chunked needs prompt_column/);
  });
});

describe('a cut of a text', () => {
  it('loses nothing, and keeps to the size', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.integer({ min: 2, max: 50 }), (text, size) => {
        const pieces = splitText(text, size);
        expect(pieces.join('')).toBe(text);
        expect(pieces.every((piece) => piece.length <= size)).toBe(true);
        expect(pieces.length === 1 || pieces.every((piece) => piece !== '')).toBe(true);
      }),
    );
  });

  it('is made between paragraphs, lines and sentences where it can be', () => {
    expect(splitText('One two.\n\nThree four. Five six seven.', 24)).toEqual([
      'One two.\n\nThree four. ',
      'Five six seven.',
    ]);
    expect(splitText('aaaaaaaaaaaa\n\nbbbb', 16)).toEqual(['aaaaaaaaaaaa\n\n', 'bbbb']);
  });
});

describe('a pool of workers', () => {
  const url = `data:text/javascript,${encodeURIComponent(
    'export const work = (x) => { if (x === 0) throw new Error("zero"); if (x < 0) process.exit(1); return 1 / x; };',
  )}`;

  it('works in threads of their own, and goes on when one throws or ends', async () => {
    const pool = new WorkerPool({ url, exported: 'work', count: 2 });
    const results = await Promise.allSettled([4, 0, -1, 2, 1].map((x) => pool.run(x)));
    expect(results.map((result) => (result.status === 'fulfilled' ? result.value : String(result.reason)))).toEqual([
      0.25,
      'Error: prepare: zero',
      'Error: prepare: the thread ended',
      0.5,
      1,
    ]);
    await pool.close();
    await expect(pool.run(1)).rejects.toThrow('closed');
  });

  it('says what the module does not have', async () => {
    const pool = new WorkerPool({ url, exported: 'other', count: 1 });
    await expect(pool.run(1)).rejects.toThrow('it exports no function "other"');
    await pool.close();
  });
});
