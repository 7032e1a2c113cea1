import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TestTerminal } from '../__fixtures__/command-line.js';

const answers = [
  { input: { topic: 'sea' }, response: 'salt', scores: [{ total: 3 }] },
  { input: { topic: 'sky' }, response: 'blue light', scores: [{ total: 5 }] },
  { input: { topic: 'sea' }, error: 'timed out' },
  { input: { topic: 'sea' }, response: 'rivers', scores: [] },
];

function toLines(rows: readonly unknown[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

describe('dgt stats', () => {
  it('says of a path that no row has that it may be a slip', async () => {
    using terminal = new TestTerminal();
    terminal.write('result.jsonl', toLines(answers));
    const { stdout } = await terminal.run('stats', 'result.jsonl', '--field', 'respons.length', '--dist', 'topic');
    for (const path of ['respons.length', 'topic'])
      expect(stdout).toContain(`${path}: no row has a value there; without --field and --dist all fields are listed\n`);
  });

  it('sums up the numbers and counts the values that are asked for', async () => {
    using terminal = new TestTerminal();
    terminal.write('result.jsonl', toLines(answers));
    const { code, stdout } = await terminal.run(
      'stats',
      'result.jsonl',
      '--field',
      'scores[0].total',
      'response.length',
      '--dist',
      'input.topic',
    );
    expect(code).toBe(0);
    expect(stdout).toMatchInlineSnapshot(`
      "result.jsonl: 3 rows, 1 error (4 in all)

      scores[0].total: 2 numbers, 1 missing
        sum 8  mean 4  min 3  max 5  std dev 1.414
        quantiles (exact)  1 %: 3.02  5 %: 3.1  25 %: 3.5  50 %: 4  75 %: 4.5  95 %: 4.9  99 %: 4.98
        3  ████████████████████████████████████████████████████████████████████████████████████  1  50.0 %
        4                                                                                        0     0 %
        5  ████████████████████████████████████████████████████████████████████████████████████  1  50.0 %

      response.length: 3 numbers
        sum 20  mean 6.667  min 4  max 10  std dev 3.055
        quantiles (exact)  1 %: 4.04  5 %: 4.2  25 %: 5  50 %: 6  75 %: 8  95 %: 9.6  99 %: 9.92
         4  ███████████████████████████████████████████████████████████████████████████████████  1  33.3 %
         5                                                                                       0     0 %
         6  ███████████████████████████████████████████████████████████████████████████████████  1  33.3 %
         7                                                                                       0     0 %
         8                                                                                       0     0 %
         9                                                                                       0     0 %
        10  ███████████████████████████████████████████████████████████████████████████████████  1  33.3 %

      input.topic: 3 values, 2 different
        sea  ██████████████████████████████████████████████████████████████████████████████████  2  66.7 %
        sky  █████████████████████████████████████████                                           1  33.3 %
      "
    `);
  });

  it('describes every field when nothing is asked for', async () => {
    using terminal = new TestTerminal();
    terminal.write('result.jsonl', toLines(answers));
    const { stdout } = await terminal.run('stats', 'result.jsonl');
    expect(stdout).toMatchInlineSnapshot(`
      "result.jsonl: 3 rows, 1 error (4 in all), no exact duplicates

      input.topic: text, 100 % filled, 2 different values
        sea  ██████████████████████████████████████████████████████████████████████████████████  2  66.7 %

      response: text, 100 % filled, all different
        4 █ █   █ 10 characters, median 6, mean 6.667

      scores: list, 66.7 % filled, 1 empty, all different
        always 1 item
      "
    `);
  });

  it('reads numbers out of tables', async () => {
    using terminal = new TestTerminal();
    terminal.write('scores.csv', 'name,score\na,1\nb,2.5\n007,\n');
    const { stdout } = await terminal.run('stats', 'scores.csv', '--json');
    const { overview } = JSON.parse(stdout) as { overview: { fields: unknown[] } };
    expect(overview.fields).toMatchObject([
      { path: 'name', kinds: { text: 3 } },
      { path: 'score', filled: 2, missing: 1, numbers: { sum: 3.5 } },
    ]);
  });

  it('reads the rows of a dataset, and counts what ended as an error beside them', async () => {
    using terminal = new TestTerminal();
    const folder = 'output/topic';
    terminal.write(`${folder}/task_results.json`, '{}');
    terminal.write(`${folder}/data.jsonl`, toLines([{ text: 'a' }, { text: 'b' }, { text: 'c' }]));
    terminal.write(`${folder}/errors.jsonl`, toLines([{ code: 'DGT_LM_FAILED' }]));
    const read = async () => {
      const { stdout } = await terminal.run('stats', 'output', '--dist', 'text', '--json');
      const { files, total, success, errors } = JSON.parse(stdout) as Record<string, unknown>;
      return { files, total, success, errors };
    };
    // While there is no final_data yet.
    expect(await read()).toEqual({ files: [`${folder}/data.jsonl`], total: 4, success: 3, errors: 1 });
    terminal.write(`${folder}/final_data-00000.jsonl`, toLines([{ text: 'a' }]));
    terminal.write(`${folder}/final_data-00001.jsonl`, toLines([{ text: 'b' }]));
    const files = [0, 1].map((number) => `${folder}/final_data-0000${number}.jsonl`);
    expect(await read()).toEqual({ files, total: 3, success: 2, errors: 1 });
  });

  it('asks which dataset is meant where there are several', async () => {
    using terminal = new TestTerminal();
    for (const name of ['a', 'b']) terminal.write(`output/${name}/final_data.jsonl`, '{}\n');
    for (const name of ['a', 'b']) terminal.write(`output/${name}/data.jsonl`, '{}\n');
    const { code, stderr } = await terminal.run('stats', 'output');
    expect(code).toBe(1);
    expect(stderr).toContain('PATH: expected one dataset (a, b), got output');
  });

  it('writes a page beside what it prints', async () => {
    using terminal = new TestTerminal();
    terminal.write('result.jsonl', toLines(answers));
    const { stderr } = await terminal.run('stats', 'result.jsonl', '--html', 'pages/all.html');
    expect(stderr).toBe('wrote pages/all.html\n');
    expect(readFileSync(join(terminal.workingFolder, 'pages/all.html'), 'utf8')).toContain('<h1>result.jsonl</h1>');
  });

  it('names the file and the line of what is no row', async () => {
    using terminal = new TestTerminal();
    terminal.write('rows.jsonl', '{"a": 1}\n[2]\n');
    const { code, stderr } = await terminal.run('stats', 'rows.jsonl');
    expect(code).toBe(1);
    expect(stderr).toContain('rows.jsonl:2');
  });
});
