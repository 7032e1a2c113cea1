import { startFakeServer, type FakeServerOptions } from '@dgt/testkit/fake-server';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TestTerminal } from '../__fixtures__/command-line.js';
import '../__fixtures__/builders/counting/fake-model.js';

interface Results {
  readonly status: string;
  readonly message: string;
  readonly rows: number;
  readonly cost: number | null;
  readonly tokens: { readonly prompt: number; readonly completion: number };
  readonly bill: { readonly lines: readonly Record<string, unknown>[]; readonly known_cost: number };
}

const price = { input: 1, output: 4 };

/** Answers of very different lengths, the same for the same prompt. */
const answerOptions: FakeServerOptions = {
  answer: (request) => {
    const [, line, attempt] = /line (\d+) of attempt (\d+)/.exec(JSON.stringify(request)) ?? [];
    const length = 5 + ((Number(line) * 7 + Number(attempt) * 13) % 40);
    return `text: ${line} of ${attempt} ${'word '.repeat(length)}`;
  },
  latency: 2,
};

/** A task whose model is at the fake server. */
class PaidTask implements Disposable {
  readonly terminal = new TestTerminal();

  constructor(url: string, block: object = { price, max_tokens: 80 }, runnerConfig: object = {}) {
    const generator = {
      name: 'generator',
      type: 'openai',
      model_id_or_path: 'small',
      base_url: `${url}/v1`,
      call_limit: 8,
      ...block,
    };
    const builder = { blocks: [generator] };
    this.terminal.writeTask('task.yaml', {
      more: `runner_config: ${JSON.stringify({ seed_batch_size: 2, ...runnerConfig })}\n`,
    });
    this.terminal.write('config.yaml', JSON.stringify({ databuilders: { 'test/counting': builder } }));
  }

  async run(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string; results: Results }> {
    const quota = ['--num-outputs-to-generate', '150'];
    const run = await this.terminal.runTask('task.yaml', '--config-path', 'config.yaml', ...quota, ...argv);
    return { ...run, results: JSON.parse(this.read('task_results.json')) as Results };
  }

  read(name: string): string {
    return readFileSync(join(this.terminal.workingFolder, 'output/topic', name), 'utf8');
  }

  [Symbol.dispose](): void {
    this.terminal[Symbol.dispose]();
  }
}

const rowFiles = ['final_data.jsonl', 'data.jsonl', 'rejected.jsonl', 'errors.jsonl'];

describe('a run with a limit', () => {
  it('of cost ends near it, goes on with a higher one, and has the bytes of a run without', async () => {
    await using server = await startFakeServer(answerOptions);
    using calm = new PaidTask(server.url);
    using limited = new PaidTask(server.url);
    const whole = await calm.run();
    expect(whole).toMatchObject({ code: 0, results: { status: 'complete' } });
    const all = whole.results.cost ?? 0;
    expect(all).toBeGreaterThan(0);
    for (const share of [0.3, 0.6]) {
      const { code, stdout, results } = await limited.run('--max-cost', String(all * share));
      expect([code, results.status]).toEqual([2, 'budget_exhausted']);
      expect(results.message).toMatch(/^max_cost \(\$/);
      expect(results.cost).toBeLessThan(all * share * 1.02);
      expect(results.cost).toBeGreaterThan(all * share * 0.9);
      expect(stdout).toContain('Run it again with a larger --max-cost');
      expect(stdout).toMatch(/tokens \(.*\), \$0\.0\d+\n/);
    }
    const { code, results } = await limited.run();
    expect([code, results.status]).toEqual([0, 'complete']);
    for (const file of rowFiles) expect(limited.read(file)).toBe(calm.read(file));
  });

  it('of tokens and a strict budget never takes one more', async () => {
    await using server = await startFakeServer(answerOptions);
    for (const limit of [300, 1000, 3333]) {
      using task = new PaidTask(server.url, { max_tokens: 50 }, { budget: 'strict' });
      const { code, results } = await task.run('--max-tokens', String(limit));
      expect([code, results.status]).toEqual([2, 'budget_exhausted']);
      const used = results.tokens.prompt + results.tokens.completion;
      expect(used).toBeLessThanOrEqual(limit);
      // At most what one call may take is left over.
      expect(used).toBeGreaterThan(limit - 350);
    }
  });

  it('of cost does not begin when it is not known what the model costs', async () => {
    await using server = await startFakeServer(answerOptions);
    using task = new PaidTask(server.url, {});
    const { code, stderr, results } = await task.run('--max-cost', '1');
    expect(code).toBe(1);
    expect(stderr).toContain('DGT_PRICE_UNKNOWN: block "generator": max_cost is set, and it is not known what small');
    expect(results).toMatchObject({ status: 'failed', tokens: { prompt: 0, completion: 0 } });
    expect(server.requests.filter(({ key }) => key !== undefined)).toEqual([]);
  });

  it('of time ends when it is over, and goes on from there', async () => {
    await using server = await startFakeServer({ ...answerOptions, latency: 60 });
    using task = new PaidTask(server.url);
    const { code, results, stdout } = await task.run('--max-time', '0.4s');
    expect([code, results.status, results.message]).toEqual([2, 'budget_exhausted', 'max_time (0.4 s) is over']);
    expect(stdout).toContain('Run it again with a larger --max-time');
    expect((await task.run()).results.status).toBe('complete');
  });

  it('says of an unknown price how many tokens it stands for, and never that they cost nothing', async () => {
    await using server = await startFakeServer(answerOptions);
    using task = new PaidTask(server.url, {});
    const { stdout, results } = await task.run();
    expect(results.cost).toBeNull();
    expect(results.bill.lines).toMatchObject([{ block: 'generator', provider: 'openai', model: 'small' }]);
    expect(stdout).toMatch(/, unknown price for model small \([\d,]+ tokens\)\n/);
    const { stdout: bill } = await task.terminal.run('cost');
    expect(bill).toMatch(/^topic: at least \$0\.00 \(complete\)\n/);
    expect(bill).toMatch(/unknown\n {2}unknown price for model small/);
    task.terminal.write('prices.yaml', 'small: { input: 1000000, output: 0 }\n');
    const { stdout: priced } = await task.terminal.run('cost', '--prices', 'prices.yaml', '--json');
    expect(JSON.parse(priced)).toMatchObject({ cost: results.tokens.prompt, tasks: [{ task_name: 'topic' }] });
  });

  it('bills what the server served, tries that came to nothing too', async () => {
    // What a server did before it failed is nowhere said; these faults say it, or did nothing.
    const rates = { emptyAnswer: 0.15, refusal: 0.15, contextLength: 0.1 };
    await using server = await startFakeServer({ ...answerOptions, faults: { rates, maxPerCall: 2 } });
    using task = new PaidTask(server.url, { price, max_tokens: 80, retry: { first_wait: 0.001, longest_wait: 0.002 } });
    const { results } = await task.run('--max-gen-requests', '20');
    const { tokens, byOutcome } = server.report();
    expect(byOutcome).toMatchObject({
      refusal: expect.any(Number) as number,
      emptyAnswer: expect.any(Number) as number,
    });
    expect(results.tokens).toEqual({ prompt: tokens.prompt, completion: tokens.completion });
    expect(results.cost).toBeCloseTo((tokens.prompt * price.input + tokens.completion * price.output) / 1e6, 10);
  });

  it.each([
    ['--max-cost', 'much', 'dollars'],
    ['--max-cost', '0', 'dollars'],
    ['--max-time', '5 weeks', 'a time'],
  ])('is refused when %s is %s', async (option, value, expected) => {
    using terminal = new TestTerminal();
    terminal.writeTask('task.yaml');
    const { code, stderr } = await terminal.runTask('task.yaml', option, value);
    expect(code).toBe(1);
    expect(stderr).toContain(`DGT_OPTION_INVALID: ${option}: expected ${expected}`);
  });
});
