import { Ledger } from '../../../runner/src/ledger/ledger.js';
import { PriceBook } from '../../../runner/src/budget/price-book.js';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TestTerminal } from '../__fixtures__/command-line.js';

const listed = { input: 1, output: 4, cached_input: 0.5, as_of: '2026-03-21' };

/** Writes the ledger of a task with tries of two blocks. */
async function writeLedger(terminal: TestTerminal, task: string, judge = { input: 2, output: 8 }): Promise<void> {
  const folder = join(terminal.workingFolder, 'output', task);
  mkdirSync(folder, { recursive: true });
  const ledger = Ledger.open(join(folder, 'ledger.db'));
  const book = new PriceBook(ledger);
  book.note({ label: 'generator', provider: 'openai', model: 'gpt' }, listed);
  if (judge.input > 0) book.note({ label: 'judge', provider: 'vllm', model: 'own' }, judge);
  const made = { startedAt: 0, durationMs: 1, outcome: 'ok', provider: 'openai', model: 'gpt' } as const;
  await ledger.recordTry(1, 'generator', { ...made, promptTokens: 9e5, completionTokens: 1e5, cachedTokens: 4e5 });
  await ledger.recordTry(1, 'generator', { ...made, outcome: 'error', statusCode: 503 });
  const judged = { ...made, provider: 'vllm', model: 'own', promptTokens: 1000, completionTokens: 500 };
  await ledger.recordTry(1, 'judge', { ...judged, reasoningTokens: 300 });
  ledger.close();
}

describe('dgt cost', () => {
  it('prints a line for each block and model, and of what day a listed price is', async () => {
    using terminal = new TestTerminal();
    await writeLedger(terminal, 'team/topic');
    const { code, stdout } = await terminal.run('cost', 'output/team');
    expect(code).toBe(0);
    expect(stdout).toMatchInlineSnapshot(`
      "topic: $1.11 (interrupted)
        block      model       tries  failed  tokens in   cached      out  reasoning      cost
        generator  openai gpt      2       1    900,000  400,000  100,000          0     $1.10
        judge      vllm own        1       0      1,000        0      500        300  $0.00600
        total                      3       1    901,000  400,000  100,500        300     $1.11
        prices as of 2026-03-21; say your own with \`price:\` or --prices
      "
    `);
  });

  it('adds up the tasks, but parts of one that has taken them over', async () => {
    using terminal = new TestTerminal();
    for (const task of ['a', 'b', 'b/shards/1-of-2']) await writeLedger(terminal, task);
    const { stdout } = await terminal.run('cost');
    expect(stdout.split('\n').filter((line) => /^\S/.test(line))).toMatchInlineSnapshot(`
      [
        "a: $1.11 (interrupted)",
        "b: $1.11 (interrupted)",
        "b/shards/1-of-2: $1.11 (interrupted, counted in its whole)",
        "all tasks: $2.21",
      ]
    `);
  });

  it('says what it cost at least, and why that is all it knows', async () => {
    using terminal = new TestTerminal();
    await writeLedger(terminal, 'topic', { input: 0, output: 0 });
    const { stdout } = await terminal.run('cost');
    expect(stdout).toContain('topic: at least $1.10 (interrupted)');
    expect(stdout).toContain('unknown price for model own (1,500 tokens)');
    const { stdout: json } = await terminal.run('cost', '--json');
    expect(JSON.parse(json)).toMatchObject({ cost: null, tasks: [{ task_name: 'topic' }] });
  });

  it('shows every problem of a file of prices at its place', async () => {
    using terminal = new TestTerminal();
    await writeLedger(terminal, 'topic');
    terminal.write('prices.yaml', 'gpt: { input: -1, outputs: 2 }\n');
    const { code, stderr } = await terminal.run('cost', '--prices', 'prices.yaml');
    expect(code).toBe(1);
    expect(stderr).toContain('prices.yaml:1:15: gpt.input: expected a number >= 0, got -1');
  });

  it('names the ledger that cannot be read, and not the copy of it', async () => {
    using terminal = new TestTerminal();
    terminal.write(
      'output/topic/ledger.db',
      'no ledger at all, though it is as long as the header of one would be\n'.repeat(20),
    );
    const { code, stderr } = await terminal.run('cost');
    expect(code).toBe(1);
    expect(stderr).toContain('output/topic/ledger.db cannot be used as a ledger');
  });
});
