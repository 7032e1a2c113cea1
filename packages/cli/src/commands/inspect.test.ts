import {
  dataBuilders,
  dataPoint,
  GenerationDataBuilder,
  GenerationTask,
  LMProvider,
  TransformationDataBuilder,
  TransformationTask,
  Type,
  type Attempt,
  type DataBuilderClass,
} from '@dgt/core';
import { startFakeServer, type FakeServer } from '@dgt/testkit/fake-server';
import { appendFileSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TestTerminal, testBuilders } from '../__fixtures__/command-line.js';
import '../__fixtures__/builders/counting/fake-model.js';

interface Inspection {
  readonly exit_code: number;
  readonly error?: { readonly code: string; readonly message: string };
  readonly attempt: number;
  readonly outcome: { readonly kind: string; readonly row: Readonly<Record<string, unknown>> };
  readonly attempt_outcomes: readonly { readonly kind: string }[];
  readonly notes: readonly string[];
  readonly calls: readonly { readonly answer: unknown; readonly request: unknown }[];
  readonly trace?: {
    readonly calls: readonly {
      readonly state: string;
      readonly stage?: string;
      readonly request: { readonly input: Prompt };
    }[];
    readonly rows: readonly {
      readonly position: number;
      readonly calls: readonly number[];
      readonly verdicts: readonly { readonly stage: string; readonly verdict: string }[];
    }[];
  };
}

type Prompt = string | readonly { readonly content: string }[];

class Line extends dataPoint({ text: Type.String() }) {}

/** Asks for a word of each seed, then for a line about the word: two calls a row, in flows of their own. */
class Words extends GenerationDataBuilder.of({
  task: GenerationTask.of({ input: Line }),
  blocks: { generator: LMProvider },
}) {
  async *generate(seeds: readonly Line[], ctx: Attempt<{ generator: LMProvider }>) {
    const lines = await ctx.map(seeds, async ({ text }, lane) => {
      const ask = async (input: string) => (await lane.blocks.generator.run([{ input }]).toArray())[0]?.result ?? '';
      return ask(`A line about ${await ask(`A word like ${text}, ${lane.random.integer(1_000_000)}`)}`);
    });
    for (const text of lines) {
      if (text.includes('7')) ctx.reject('has a seven', text);
      else yield new Line({ text });
    }
  }
}

/** Asks for each row of its input to be said loudly. */
class Loud extends TransformationDataBuilder.of({
  task: TransformationTask.of({ input: Line }),
  blocks: { generator: LMProvider },
}) {
  override async transform({ text }: Line) {
    const [answer] = await this.blocks.generator.run([{ input: `Say loudly: ${text}` }]).toArray();
    return new Line({ text: answer?.result.toUpperCase() ?? '' });
  }
}
dataBuilders.add('test/words', Words as unknown as DataBuilderClass, 'this test');
dataBuilders.add('test/loud', Loud as unknown as DataBuilderClass, 'this test');

function writeWords(terminal: TestTerminal, server: FakeServer): void {
  terminal.write(
    'builders/words/words.yaml',
    `name: test/words
blocks:
  - { name: generator, type: openai, model_id_or_path: fake, base_url: ${server.url}/v1, api_key: sesame-open-up-9000 }
  - { name: judge, type: openai, model_id_or_path: fake, base_url: ${server.url}/v1, api_key: sesame-open-up-9000 }
  - { name: dedup, type: rouge_scorer, filter: true, threshold: 1.0, input_map: { text: input } }
postprocessors:
  - { name: dedup }
`,
  );
  terminal.write('builders/words/generate.ts', '');
  terminal.write(
    'tasks/words.yaml',
    `task_name: team/words
task_description: Lines about words
data_builder: test/words
num_outputs_to_generate: 100
seed_examples: [{ text: river }, { text: hill }, { text: lake }]
`,
  );
}

async function inspect(terminal: TestTerminal, ...argv: string[]): Promise<Inspection> {
  const { stdout } = await terminal.run('inspect', ...argv, '--json');
  return JSON.parse(stdout) as Inspection;
}

function promptOf({ input }: { readonly input: Prompt }): string {
  return typeof input === 'string' ? input : input.map(({ content }) => content).join('\n');
}

function read(terminal: TestTerminal, path: string): Record<string, unknown>[] {
  const text = readFileSync(join(terminal.workingFolder, path), 'utf8');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('dgt inspect of a row', () => {
  it('shows for all rows together exactly the prompts that the server saw, and asks it for nothing', async () => {
    let answers = 0;
    await using server = await startFakeServer({ answer: () => `answer ${answers++}` });
    using terminal = new TestTerminal();
    writeWords(terminal, server);
    expect(await terminal.run('run', 'tasks/words.yaml', '--max-gen-requests', '4')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('attempts exhausted') as string,
    });
    const asked = server.requests.flatMap(({ body }) => {
      const { messages } = (body ?? {}) as { messages?: Prompt };
      return messages === undefined ? [] : [promptOf({ input: messages })];
    });
    expect(asked.length).toBeGreaterThan(4 * 6);
    await server.down();
    const rows = read(terminal, 'output/team/words/final_data.jsonl');
    const shown = new Map<number, string[]>();
    for (const [index, row] of rows.entries()) {
      const seen = await inspect(terminal, 'output/team/words', String(index + 1));
      expect(seen.outcome.row).toEqual(row);
      expect(seen.notes).toEqual([]);
      expect(seen.trace?.calls.every(({ state }) => state === 'answered')).toBe(true);
      shown.set(
        seen.attempt,
        (seen.trace?.calls ?? []).map(({ request }) => promptOf(request)),
      );
    }
    expect([...shown.values()].flat().toSorted()).toEqual(asked.toSorted());
  });

  it('shows what rejected a row, with what it repeats, and the others of its attempt', async () => {
    using terminal = new TestTerminal();
    terminal.writeTask('task.yaml', { more: 'runner_config: { max_stalled_attempts: 2 }\n' });
    await terminal.runTask('task.yaml', '--lm', 'fake_model:repeating');
    const argv = [
      'output/topic',
      '--rejected',
      '1',
      '--lm',
      'fake_model:repeating',
      '--include-builders',
      testBuilders,
    ];
    const { stdout, code } = await terminal.run('inspect', ...argv);
    expect(code).toBe(0);
    expect(stdout).toMatchInlineSnapshot(`
      "topic: rejected row 1, made in attempt 1

      the row: rejected
        call 1, generator (repeating)
          line 0 of attempt 1
        answer
          text: always the same
        call 2, generator (repeating)
          line 1 of attempt 1
        answer
          text: always the same
        row
          text: always the same
        dedup: rejected, repeats an earlier row, score 1
        against
          text: always the same
          is_valid: true
          metadata: {}

      of the same attempt
        accepted: text: always the same
      "
    `);
    expect((await inspect(terminal, ...argv)).outcome.kind).toBe('rejected');
  });

  it('shows an answer that gave no row', async () => {
    using terminal = new TestTerminal();
    terminal.writeTask('task.yaml', { more: 'runner_config: { max_stalled_attempts: 1 }\n' });
    await terminal.runTask('task.yaml', '--lm', 'fake_model:chatty');
    const argv = ['--lm', 'fake_model:chatty', '--include-builders', testBuilders];
    const { stdout } = await terminal.run('inspect', 'output/topic/rejected.jsonl', '--rejected', '2', ...argv);
    expect(stdout).toContain('the answer: no row, builder: no text in the answer');
    expect(stdout).toContain('line 1 of attempt 1');
    expect(stdout).not.toContain('\u001b[2J');
  });

  it('says what has changed since, and shows the recorded answers beside the prompts of today', async () => {
    using terminal = new TestTerminal();
    terminal.writeTask('task.yaml');
    await terminal.runTask('task.yaml', '--lm', 'fake_model:counting');
    const seen = await inspect(
      terminal,
      'output/topic',
      '1',
      '--lm',
      'fake_model:other',
      '--include-builders',
      testBuilders,
    );
    expect(seen.notes.join()).toContain('"counting" -> "other"');
    expect(seen.trace?.calls.map(({ state }) => state)).toContain('differs');
  });

  it('shows recorded calls without prompts when the task file is gone, with them where requests are kept', async () => {
    using terminal = new TestTerminal();
    terminal.writeTask('task.yaml', { more: 'runner_config: { record_requests: true }\n' });
    await terminal.runTask('task.yaml');
    renameSync(join(terminal.workingFolder, 'task.yaml'), join(terminal.workingFolder, 'moved.yaml'));
    const lost = await inspect(terminal, 'output/topic', '1', '--include-builders', testBuilders);
    expect(lost.notes).toEqual([expect.stringContaining('the builder could not be run again')]);
    expect(lost.calls).toMatchObject([
      { answer: 'text: line 0 of attempt 1', request: { input: 'line 0 of attempt 1' } },
      {},
    ]);
    const argv = ['output/topic', '1', '--task-path', 'moved.yaml', '--include-builders', testBuilders];
    expect((await inspect(terminal, ...argv)).trace?.rows[0]?.calls).toEqual([0]);
  });

  it('finds the input of a transformed row, and says when it has changed', async () => {
    using terminal = new TestTerminal();
    terminal.write('builders/loud/loud.yaml', 'name: test/loud\nblocks: [{ name: generator, type: fake_model }]\n');
    terminal.write('builders/loud/generate.ts', '');
    const task = (rows: string) =>
      terminal.write('task.yaml', `task_name: loud\ntask_description: Loud\ndata_builder: test/loud\ndata: ${rows}\n`);
    task('[{ text: one }, { text: two }, { text: two }]');
    expect(await terminal.run('run', 'task.yaml')).toMatchObject({ code: 0 });
    const { stdout } = await terminal.run('inspect', 'output/loud', '3');
    expect(stdout).toContain('row 3, made in attempt 3');
    expect(stdout).toContain('input\n    text: two');
    expect(stdout).toContain('    Say loudly: two');
    task('[{ text: one }, { text: three }, { text: two }]');
    const seen = await inspect(terminal, 'output/loud', '2');
    expect(seen.trace).toBeUndefined();
    expect(seen.notes.join()).toContain('the input has changed since');
    expect(seen.outcome.row).toMatchObject({ text: 'TEXT: SAY LOUDLY: TWO' });
  });

  it('leaves the folder as it is, and keeps secrets', async () => {
    await using server = await startFakeServer({ answer: () => 'sesame-open-up-9000 and more' });
    using terminal = new TestTerminal();
    writeWords(terminal, server);
    await terminal.run('run', 'tasks/words.yaml', '--num-outputs-to-generate', '1');
    const folder = join(terminal.workingFolder, 'output/team/words');
    const stock = () =>
      readdirSync(folder).map((name) => [
        name,
        statSync(join(folder, name)).mtimeMs,
        readFileSync(join(folder, name), 'hex'),
      ]);
    const before = stock();
    const { stdout, stderr } = await terminal.run('inspect', 'output/team/words', '1', '--full');
    expect(stdout).toContain('A line about');
    expect(`${stdout}${stderr}`).not.toContain('sesame');
    expect(stock()).toEqual(before);
  });

  it('shows what the files say while a run holds the ledger', async () => {
    using terminal = new TestTerminal();
    terminal.writeTask('task.yaml');
    await terminal.runTask('task.yaml');
    appendFileSync(
      join(terminal.workingFolder, 'output/topic/rejected.jsonl'),
      '{"task_name":"topic","attempt":7,"block":"dedup","reason":"r","row":{"text":"x"}}\n',
    );
    const { Ledger } = await import('../../../runner/src/ledger/ledger.js');
    const held = Ledger.open(join(terminal.workingFolder, 'output/topic/ledger.db'));
    try {
      const { stdout, code } = await terminal.run('inspect', 'output/topic', '2');
      expect({ code, stdout }).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('a run is at work on this dataset') as string,
      });
      expect(stdout).toContain('text: line 1 of attempt 1');
      expect(await inspect(terminal, 'output/topic', '--rejected', '1')).toMatchObject({
        attempt: 7,
        outcome: { kind: 'rejected', row: { text: 'x' } },
      });
    } finally {
      held.close();
    }
  });

  it('refuses what it cannot show', async () => {
    using terminal = new TestTerminal();
    terminal.writeTask('task.yaml');
    terminal.writeTask('other.yaml', { name: 'other' });
    await terminal.runTask('task.yaml', 'other.yaml');
    const codes: Record<string, string[]> = {
      DGT_INSPECT_ROW_UNKNOWN: ['output/topic', '6'],
      DGT_INSPECT_SEVERAL: ['output', '1'],
      DGT_STATUS_MISSING: ['nowhere', '1'],
      DGT_OPTION_INVALID: ['output/topic', 'one'],
      DGT_OPTIONS_CONFLICT: ['output/topic', '1', '--error', '1'],
      DGT_CONFIG_INVALID: ['output/topic', '1', '--task-path', 'nowhere.yaml'],
    };
    for (const [code, argv] of Object.entries(codes))
      expect(await inspect(terminal, ...argv)).toMatchObject({ exit_code: 1, error: { code } });
    expect((await inspect(terminal, 'output/topic', '--error', '1')).error?.message).toContain(
      'errors.jsonl has 0 rows',
    );
    rmSync(join(terminal.workingFolder, 'output/topic/ledger.db'));
    expect(await inspect(terminal, 'output/topic', '1')).toMatchObject({ error: { code: 'DGT_INSPECT_NO_LEDGER' } });
  });
});

describe('dgt inspect of a dataset', () => {
  it('says what it holds, took and was defined by', async () => {
    using terminal = new TestTerminal();
    terminal.writeTask('task.yaml');
    await terminal.runTask('task.yaml');
    const { code, stdout } = await terminal.run('inspect', 'output/topic/final_data.jsonl');
    expect(code).toBe(0);
    expect(stdout.replaceAll(/(attempts|calls|tokens) .*/g, '$1 <n>')).toMatchInlineSnapshot(`
      "topic: complete, 5 of 5 rows
        folder          output/topic
        attempts <n>
        calls <n>
        tokens <n>
        task file       task.yaml
        data builder    test/counting
        postprocessors  dedup
        random seed     0
      "
    `);
    const { tasks } = JSON.parse((await terminal.run('inspect', 'output', '--json')).stdout) as {
      tasks: { card: { task_file: string } }[];
    };
    expect(tasks.map(({ card }) => card.task_file)).toEqual(['task.yaml']);
  });
});
