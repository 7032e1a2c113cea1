import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { Ledger } from '../../../runner/src/ledger/ledger.js';
import { TestTerminal } from '../__fixtures__/command-line.js';
import { writeCard } from './write-card.js';

const readme = 'output/topic/README.md';

class CardTerminal extends TestTerminal {
  path(name: string): string {
    return join(this.workingFolder, name);
  }

  read(name: string): string {
    return readFileSync(this.path(name), 'utf8');
  }

  frontMatter(name: string): unknown {
    return parse(this.read(name).split('---\n')[1] ?? '');
  }

  /** Writes the ledger and the holder of a run that goes on: half of its rows come from an earlier one. */
  async beginRun(folder: string): Promise<void> {
    this.write(
      `${folder}/.run.json`,
      JSON.stringify({
        pid: process.pid,
        host: hostname(),
        started_at: new Date(this.time).toISOString(),
        num_outputs_to_generate: 100,
      }),
    );
    const ledger = Ledger.open(this.path(`${folder}/ledger.db`));
    const made = {
      durationMs: 1,
      outcome: 'ok',
      provider: 'openai',
      model: 'gpt',
      promptTokens: 9,
      completionTokens: 1,
    } as const;
    for (let number = 1; number <= 20; number++) {
      const startedAt = number <= 10 ? this.time - 1e9 : this.time + number;
      await ledger.recordTry(number, 'generator', { ...made, startedAt });
      const rows = [0, 1].map((position) => ({
        kind: 'accepted' as const,
        attempt: number,
        position,
        row: { number, position },
        detail: {},
      }));
      await ledger.commitAttempts([{ number, outcomes: rows }]);
    }
    ledger.close();
  }
}

describe('the card of a dataset', () => {
  it('lies beside its rows once a run has ended, with what the task and the files say and nothing else', async () => {
    using terminal = new CardTerminal();
    terminal.writeTask('task.yaml', {
      more: 'card: { license: cc-by-4.0, language: en, tags: [lines], pretty_name: "Lines: all of them" }\n',
    });
    await terminal.runTask('task.yaml');
    expect(terminal.frontMatter(readme)).toEqual({
      language: ['en'],
      license: 'cc-by-4.0',
      pretty_name: 'Lines: all of them',
      size_categories: ['n<1K'],
      tags: ['synthetic', 'dgt', 'lines'],
      configs: [{ config_name: 'default', data_files: [{ split: 'train', path: 'final_data.jsonl' }] }],
    });
    const text = terminal.read(readme);
    expect(text).toContain('# Lines: all of them\n\nLines\n\n**5 of 5 rows**: complete, the last run ended on 2');
    expect(text).toMatch(/\| made by \| `test\/counting`, dgt \d/);
    expect(text).toContain('load_dataset("path/to/topic")');
  });

  it('states no licence where the task states none', async () => {
    using terminal = new CardTerminal();
    terminal.writeTask('task.yaml');
    await terminal.runTask('task.yaml');
    expect(terminal.frontMatter(readme)).not.toHaveProperty('license');
    expect(terminal.read(readme)).toContain('| licence | none is stated |');
  });

  it('is left alone once it was edited, comes again when it was removed, and follows the dataset otherwise', async () => {
    using terminal = new CardTerminal();
    terminal.writeTask('task.yaml');
    await terminal.runTask('task.yaml');
    const first = terminal.read(readme);
    await terminal.runTask('task.yaml', '--num-outputs-to-generate', '6');
    expect(terminal.read(readme)).toContain('**6 of 6 rows**');
    writeFileSync(terminal.path(readme), first.replace('Lines', 'My own words'));
    await terminal.runTask('task.yaml', '--num-outputs-to-generate', '7');
    expect(terminal.read(readme)).toBe(first.replace('Lines', 'My own words'));
    const { stdout } = await terminal.run('card', 'output/topic', '--write');
    expect(stdout).toBe(`${readme}: was edited, and stays; \`dgt card\` prints what it would be\n`);
    rmSync(terminal.path(readme));
    await terminal.runTask('task.yaml', '--num-outputs-to-generate', '7');
    expect(terminal.read(readme)).toContain('**7 of 7 rows**');
  });

  it('holds no secret, also where one stands in the task itself', async () => {
    using terminal = new CardTerminal();
    terminal.environment['TASK_WORD'] = 'open-sesame-1234';
    terminal.writeTask('task.yaml', { name: 'topic', more: 'created_by: ${env:TASK_WORD}\n' });
    await terminal.runTask('task.yaml');
    expect(terminal.read(readme)).not.toContain('open-sesame');
    expect((await terminal.run('card', 'output')).stdout).not.toContain('open-sesame');
  });

  it('shows how far a run is that goes on, at the pace of this run alone', async () => {
    using terminal = new CardTerminal();
    await terminal.beginRun('output/topic');
    terminal.time += 60_000;
    const { code, stdout } = await terminal.run('card', 'output/topic');
    expect(code).toBe(0);
    // 20 of the 40 rows were made in this minute, so that the other 60 take three.
    expect(stdout).toContain(
      '`████████░░░░░░░░░░░░ 40 %` 40 of 100 rows, 20 rows a minute in this run, about 3 min 0 s left, at 2026-01-02 03:05 UTC',
    );
    expect(stdout).toContain('**40 of 100 rows so far**: a run is at work.');
    expect(stdout).toContain('| `generator` | `openai gpt` | 20 | 180 | 20 | unknown |');
    expect(stdout).not.toContain('configs:');
    expect(existsSync(terminal.path(readme))).toBe(false);
  });

  it('is not older than what it tells of, where a run ends while it is written', async () => {
    using terminal = new CardTerminal();
    terminal.writeTask('task.yaml');
    await terminal.runTask('task.yaml');
    await terminal.beginRun('output/other');
    const results = terminal.read('output/topic/task_results.json').replaceAll('"topic"', '"other"');
    const now = () => {
      // The run ends between what is read and what is written.
      rmSync(terminal.path('output/other/.run.json'), { force: true });
      terminal.write('output/other/task_results.json', results);
      return terminal.time;
    };
    const { outcome } = await writeCard(terminal.path('output/other'), { now, redact: (text) => text });
    expect(outcome).toBe('written');
    expect(terminal.read('output/other/README.md')).toContain('**5 of 5 rows**: complete');
  });

  it('tells of all datasets of a folder, each with a configuration of its own', async () => {
    using terminal = new CardTerminal();
    for (const name of ['team/a', 'team/b']) {
      terminal.writeTask('task.yaml', {
        name,
        more: `card: { license: ${name === 'team/a' ? 'mit' : 'apache-2.0'} }\n`,
      });
      await terminal.runTask('task.yaml');
    }
    // Several at once leave a whole card, and no drafts.
    const written = await Promise.all([1, 2, 3].map(() => terminal.run('card', 'output/team', '--write')));
    expect(written.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(terminal.frontMatter('output/team/README.md')).toMatchObject({
      license: ['mit', 'apache-2.0'],
      configs: [
        { config_name: 'a', data_files: [{ split: 'train', path: 'a/final_data.jsonl' }] },
        { config_name: 'b', data_files: [{ split: 'train', path: 'b/final_data.jsonl' }] },
      ],
    });
    expect(terminal.read('output/team/README.md')).toContain('2 datasets, 10 rows in all.');
    expect(terminal.read('output/team/README.md').match(/^# team\/[ab]$/gm)).toEqual(['# team/a', '# team/b']);
  });

  it('names files of every form, and only those that loaders read together', async () => {
    using terminal = new CardTerminal();
    terminal.writeTask('task.yaml');
    await terminal.runTask('task.yaml');
    const folder = 'output/topic';
    rmSync(terminal.path(`${folder}/final_data.jsonl`));
    for (const name of [
      'final_data-00000.jsonl',
      'final_data-00001.jsonl',
      'formatted_data/test.jsonl',
      'formatted_data/train.jsonl',
    ])
      terminal.write(`${folder}/${name}`, '{}\n');
    const configsOf = async () => {
      const { stdout } = await terminal.run('card', folder, '--json');
      const { front_matter: read, text } = JSON.parse(stdout) as { front_matter: { configs: unknown }; text: string };
      return { configs: read.configs, beside: /Beside it: (.*)\./.exec(text)?.[1] };
    };
    expect(await configsOf()).toEqual({
      configs: [
        { config_name: 'default', data_files: [{ split: 'train', path: 'final_data-*.jsonl' }] },
        {
          config_name: 'formatted',
          data_files: [
            { split: 'train', path: 'formatted_data/train.jsonl' },
            { split: 'test', path: 'formatted_data/test.jsonl' },
          ],
        },
      ],
      beside: undefined,
    });
    for (const number of [0, 1]) rmSync(terminal.path(`${folder}/final_data-0000${number}.jsonl`));
    terminal.write(`${folder}/final_data.parquet`, '');
    expect(await configsOf()).toEqual({
      configs: [{ config_name: 'default', data_files: [{ split: 'train', path: 'final_data.parquet' }] }],
      beside: '`formatted_data/train.jsonl`, `formatted_data/test.jsonl`',
    });
  });
});
