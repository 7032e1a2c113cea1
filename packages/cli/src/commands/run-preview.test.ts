import {
  blocks,
  dataBuilders,
  dataPoint,
  TransformationDataBuilder,
  TransformationTask,
  Type,
  ValidatorBlock,
  type BlockClass,
  type BlockContext,
  type DataBuilderClass,
} from '@dgt/core';
import { startFakeServer } from '@dgt/testkit/fake-server';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TestTerminal } from '../__fixtures__/command-line.js';
import '../__fixtures__/builders/counting/fake-model.js';

class Line extends dataPoint({ text: Type.String() }) {}

class Loud extends TransformationDataBuilder.of({ task: TransformationTask.of({ input: Line }), blocks: {} }) {
  override transform({ text }: Line) {
    return new Line({ text: text.toUpperCase() });
  }
}
/** Asks for each row whether it is good. */
class Asking extends ValidatorBlock.of({ input: { text: Type.String() } }) {
  async validate({ text }: { text: string }, { lane }: BlockContext) {
    const answer = await lane.call({
      label: this.name,
      request: { input: `Is this good? ${text}` },
      execute: () => Promise.resolve(text.includes('0') ? 'no' : 'yes'),
    });
    return { valid: answer === 'yes', reason: `the answer is ${answer}`, score: 0.5 };
  }
}
blocks.add('asking', Asking as unknown as BlockClass, 'this test');
dataBuilders.add('preview/loud', Loud as unknown as DataBuilderClass, 'this test');

interface Preview {
  readonly exit_code: number;
  readonly error?: { code: string };
  readonly tasks: readonly {
    readonly attempts: readonly {
      readonly calls: readonly { readonly request: { readonly input: string }; readonly answer: string }[];
      readonly rows: readonly { readonly outcome: string; readonly verdicts: readonly object[] }[];
      readonly losses: readonly { readonly reason: string; readonly sample: string }[];
    }[];
    readonly forecast: { readonly calls: { readonly expected: number } };
    readonly failure?: { readonly code: string; readonly message: string };
  }[];
}

/** Every file below a folder, with what it holds and when it was written. */
function takeStock(folder: string): Record<string, string> {
  const found = readdirSync(folder, { recursive: true }).map((name) => {
    const path = join(folder, String(name));
    const { mtimeMs } = statSync(path);
    const content = statSync(path).isFile() ? createHash('sha256').update(readFileSync(path)).digest('hex') : 'folder';
    return [String(name), `${content} ${mtimeMs}`];
  });
  return Object.fromEntries(found) as Record<string, string>;
}

async function preview(terminal: TestTerminal, ...argv: string[]): Promise<Preview> {
  const { stdout } = await terminal.runTask('task.yaml', '--json', ...argv);
  return JSON.parse(stdout) as Preview;
}

describe('dgt run --preview', () => {
  it('shows prompts, answers, rows and verdicts of the first rows, and what the whole would take', async () => {
    using terminal = new TestTerminal();
    terminal.writeTask('task.yaml');
    const { code, stdout } = await terminal.runTask('task.yaml', '--preview', '1');
    expect(code).toBe(0);
    const [shown = '', forecast = ''] = stdout.split('\nthe whole task, ');
    expect(shown).toMatchInlineSnapshot(`
      "topic: a preview of 1 candidate, of which nothing is kept

      attempt 1, row 1: accepted
        call 1, generator (counting)
          line 0 of attempt 1
        answer
          text: line 0 of attempt 1
        row
          text: line 0 of attempt 1
        dedup: passed
      "
    `);
    expect(forecast).toMatch(/^by 1 attempt /);
    expect(forecast).toMatch(/ calls +5 {2}/);
  });

  it('writes nothing, with and without an earlier dataset', async () => {
    using terminal = new TestTerminal();
    terminal.writeTask('task.yaml');
    const before = takeStock(terminal.workingFolder);
    await preview(terminal, '--preview', '4');
    expect(takeStock(terminal.workingFolder)).toEqual(before);
    expect(await terminal.runTask('task.yaml')).toMatchObject({ code: 0 });
    const made = takeStock(terminal.workingFolder);
    expect(Object.keys(made)).toContain('output/topic/ledger.db');
    expect((await preview(terminal, '--preview', '4')).exit_code).toBe(0);
    expect(takeStock(terminal.workingFolder)).toEqual(made);
  });

  it('makes no more calls than it shows rows, though an attempt asks for more', async () => {
    using terminal = new TestTerminal();
    terminal.writeTask('task.yaml', {
      more: `${Array.from({ length: 40 }, (_, index) => `  - text: seed ${index}`).join('\n')}\nrunner_config: { seed_batch_size: 40 }\n`,
    });
    const { tasks } = await preview(terminal, '--preview', '3');
    const [attempt] = tasks[0]?.attempts ?? [];
    expect(attempt?.calls.map(({ request }) => request.input)).toEqual([0, 1, 2].map((n) => `line ${n} of attempt 1`));
    expect(attempt?.rows).toHaveLength(3);
  });

  it('makes the very rows that the run makes first', async () => {
    using terminal = new TestTerminal();
    terminal.writeTask('task.yaml');
    const { tasks } = await preview(terminal, '--preview', '5');
    const shown = tasks[0]?.attempts.flatMap(({ rows }) => rows.map((row) => (row as { row?: object }).row));
    await terminal.runTask('task.yaml');
    const file = join(terminal.workingFolder, 'output/topic/final_data.jsonl');
    const made = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(shown).toEqual(made);
  });

  it('says what rejected a row, with the row that it repeats', async () => {
    using terminal = new TestTerminal();
    terminal.writeTask('task.yaml');
    const { code, stdout } = await terminal.runTask('task.yaml', '--preview', '2', '--lm', 'fake_model:repeating');
    expect(code).toBe(0);
    expect(stdout).toContain('attempt 1, row 2: rejected');
    expect(stdout).toMatch(/dedup: rejected, .*score 1\n {2}against\n {4}text: always the same/);
  });

  it('shows answers that gave no row, and stops at as many', async () => {
    using terminal = new TestTerminal();
    terminal.writeTask('task.yaml');
    const { tasks, exit_code: code } = await preview(terminal, '--preview', '1', '--lm', 'fake_model:chatty');
    expect(code).toBe(0);
    const [attempt] = tasks[0]?.attempts ?? [];
    expect(attempt?.calls).toHaveLength(1);
    expect(attempt?.losses).toMatchObject([{ reason: 'no text in the answer' }]);
    const { stdout } = await terminal.runTask('task.yaml', '--preview', '1', '--lm', 'fake_model:chatty');
    expect(stdout).toContain('attempt 1, loss 1: no row, builder: no text in the answer');
    expect(stdout).not.toContain('\u001b[2J');
  });

  it("fails with the author's line when the builder throws", async () => {
    using terminal = new TestTerminal();
    terminal.writeTask('task.yaml', { more: 'fails_at: 1\n' });
    const { code, stdout } = await terminal.runTask('task.yaml', '--preview', '2');
    expect(code).toBe(1);
    expect(stdout).toContain('error DGT_BUILDER_THREW');
    expect(stdout).toMatch(/counting\/generate\.ts:\d+/);
    expect(stdout).toContain('as the task asked for');
  });

  it('takes secrets out of what it shows', async () => {
    using terminal = new TestTerminal();
    terminal.environment['A_TOKEN'] = 'sesame-open-up-9000';
    terminal.writeTask('task.yaml', { more: '  - text: ${env:A_TOKEN}\n' });
    const { stdout } = await terminal.runTask('task.yaml', '--preview', '1', '--json');
    expect(stdout).toContain('"text": "another"');
    expect(stdout).toContain('"text": "[secret]"');
    expect(stdout).not.toContain('sesame');
  });

  it('shows the input of a transformation, and forecasts for all rows of a file', async () => {
    using terminal = new TestTerminal();
    terminal.write('builders/loud/loud.yaml', 'name: preview/loud\n');
    terminal.write('builders/loud/generate.ts', '');
    terminal.write('rows.jsonl', Array.from({ length: 30 }, (_, index) => `{"text":"row ${index}"}\n`).join(''));
    terminal.write(
      'task.yaml',
      'task_name: loud\ntask_description: Loud\ndata_builder: preview/loud\ndata: { type: default, data_path: rows.jsonl }\n',
    );
    const { code, stdout } = await terminal.run('run', 'task.yaml', '--preview', '2');
    expect(code).toBe(0);
    expect(stdout).toContain('input 2\n    text: row 1\n\ninput 2, row 1: accepted\n  row\n    text: ROW 1');
    expect(stdout).not.toContain('row 2\n');
    expect(stdout).toMatch(/ rows +30 /);
    expect(terminal.list()).not.toContain('output');
  });

  it('shows the calls of postprocessors with the row that they are about', async () => {
    using terminal = new TestTerminal();
    terminal.write(
      'builders/loud/loud.yaml',
      'name: preview/loud\nblocks: [{ name: asker, type: asking, filter: true }]\npostprocessors: [{ name: asker }]\n',
    );
    terminal.write('builders/loud/generate.ts', '');
    terminal.write(
      'task.yaml',
      'task_name: loud\ntask_description: Loud\ndata_builder: preview/loud\ndata: [{ text: a0 }, { text: b1 }]\n',
    );
    const { stdout } = await terminal.run('run', 'task.yaml', '--preview', '5');
    expect(stdout.slice(0, stdout.indexOf('the whole task'))).toMatchInlineSnapshot(`
      "loud: a preview of 2 candidates, of which nothing is kept

      input 1
          text: a0

      input 1, row 1: rejected
        row
          text: A0
        call 1, asker
          Is this good? A0
        answer
          no
        asker: rejected, the answer is no, score 0.5

      input 2
          text: b1

      input 2, row 1: accepted
        row
          text: B1
        call 1, asker
          Is this good? B1
        answer
          yes
        asker: passed
          wrote {"metadata":{"score":0.5,"reason":"the answer is yes"}}

      "
    `);
    await terminal.run('run', 'task.yaml');
    const inspected = await terminal.run('inspect', 'output/loud', '--rejected', '1');
    expect(inspected.stdout).toContain(
      '    Is this good? A0\n  answer\n    no\n  asker: rejected, the answer is no, score 0.5\n',
    );
  });

  it('forecasts the cost where the model has a price', async () => {
    await using server = await startFakeServer({ answer: ({ prompt }) => `text: ${prompt}` });
    using terminal = new TestTerminal();
    terminal.write(
      'config.yaml',
      `databuilders: { test/counting: { blocks: [{ name: generator, type: openai, model_id_or_path: fake, base_url: "${server.url}/v1", api_key: none, price: { input: 1000, output: 1000 } }] } }\n`,
    );
    terminal.writeTask('task.yaml');
    const { stdout, stderr } = await terminal.runTask('task.yaml', '--preview', '2', '--config-path', 'config.yaml');
    expect({ stderr, stdout }).toMatchObject({
      stdout: expect.stringMatching(/ cost +\$0\.\d+ +\$0\.\d+ to \$/) as string,
    });
  });

  it.each(['0', '-1', 'some'])('refuses to show %s rows', async (rows) => {
    using terminal = new TestTerminal();
    terminal.writeTask('task.yaml');
    expect(await preview(terminal, `--preview=${rows}`)).toMatchObject({
      exit_code: 1,
      error: { code: 'DGT_OPTION_INVALID' },
    });
  });

  it('refuses options about earlier results', async () => {
    using terminal = new TestTerminal();
    terminal.writeTask('task.yaml');
    const result = await preview(terminal, '--preview', '1', '--restart');
    expect(result).toMatchObject({ exit_code: 1, error: { code: 'DGT_OPTIONS_CONFLICT' } });
    expect(terminal.list()).not.toContain('output');
  });
});
