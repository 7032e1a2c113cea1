import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { DefaultDatastore } from '@dgt/stores/datastores';
import { createTestServices } from '../../../stores/src/__fixtures__/store-services.js';
import { collect } from '../../../stores/src/__fixtures__/temporary-folder.js';
import { StandInHub } from '../../../stores/src/__fixtures__/stand-in-hub.js';
import type { StartedTask, TaskProgress } from '@dgt/runner';
import { TestTerminal } from '../__fixtures__/command-line.js';
import { CommandSession } from '../command-session.js';
import { RunCards } from './run-cards.js';
import { HeldServer } from '../__fixtures__/held-server.js';
import { InferTerminal, standardRun } from '../__fixtures__/infer-terminal.js';

const readme = `${standardRun}/synth/README.md`;
const flags = ['--examples-per-chunk', '1', '--max-concurrent-generations', '1'];

/** What a page of a hub says before its text. */
const frontMatterOf = (page: string) => parse(page.split('---\n')[1] ?? '') as Record<string, unknown>;

/** The rows that somebody else finds by what the page says. */
function readRows(hub: StandInHub, config: object): Promise<unknown[]> {
  return collect(new DefaultDatastore(config, createTestServices('/', { environment: hub.environment })).read());
}

/** A terminal whose run does something in the middle: while the last of three questions waits for its answer. */
async function openBusy(act: (terminal: InferTerminal) => Promise<void>): Promise<InferTerminal> {
  const terminal = await InferTerminal.open();
  const failures: unknown[] = [];
  const server = await HeldServer.open(terminal.server.url, async (body) => {
    if (body.includes('q3')) await act(terminal).catch((error: unknown) => failures.push(error));
  });
  terminal.environment['DGT_ENDPOINT_URL'] = `${server.url}/v1`;
  const dispose = terminal[Symbol.asyncDispose].bind(terminal);
  terminal[Symbol.asyncDispose] = async () => {
    await server[Symbol.asyncDispose]();
    await dispose();
    expect(failures).toEqual([]);
  };
  return terminal.ask(3);
}

describe('the cards of a run', () => {
  it('show how far it is while it goes on, as `dgt card` does, and its figures at the end', async () => {
    await using hub = await StandInHub.start();
    const seen: string[] = [];
    let shown = '';
    await using terminal = await openBusy(async (busy) => {
      await hub.untilThere('ada/made', 'default/train-00001.parquet');
      expect(existsSync(join(busy.workingFolder, readme))).toBe(false);
      for (const seconds of [10, 20, 10]) {
        await busy.passTime(seconds * 1000);
        seen.push(busy.readText(readme));
      }
      shown = (await busy.run('card', `${standardRun}/synth`)).stdout;
    });
    Object.assign(terminal.environment, hub.environment);
    const { code, stderr } = await terminal.infer(...flags, '--output-dataset-name', 'made');
    expect(code, stderr).toBe(0);
    const [first = '', second, third = ''] = seen;
    expect(first).toContain('**2 rows so far**: a run is at work. The files hold what is finished.');
    expect(first).toContain('2 inputs, 12 inputs a minute in this run, at 2026-01-02 03:04 UTC');
    expect(frontMatterOf(first)['configs']).toEqual([
      { config_name: 'default', data_files: [{ split: 'train', path: 'final_data-*.parquet' }] },
    ]);
    expect(second).toBe(first);
    expect(third).toContain('2 inputs, 3 inputs a minute in this run');
    // What it knows by itself is what the ledger says; when it began is told by another clock here.
    const withoutTime = (card: string) => card.replace(/^2 inputs, .*$/m, '').replace(/\n<!-- Written by.*\n$/, '');
    expect(withoutTime(shown)).toBe(withoutTime(third));
    expect(terminal.readText(readme)).toContain('**3 rows**: complete');
    expect(terminal.readText(readme)).not.toContain('at work');
  });

  it('have a bar where it is known how much there is to do', async () => {
    using terminal = new TestTerminal();
    terminal.write('task_card.json', '{"data_builder":"team/colours","definition":null}');
    const usage = { tries: 0, failed_tries: 0, uncounted_tries: 0, prompt_tokens: 0, cached_tokens: 0 };
    const bill = { lines: [], total: { ...usage, completion_tokens: 0, reasoning_tokens: 0 }, known_cost: 0 };
    const task: StartedTask = {
      taskName: 'colours',
      folder: terminal.workingFolder,
      quota: 100,
      progress: () => ({ ending: undefined }) as TaskProgress,
      datasetProgress: () => ({
        rows: 40,
        lost: 3,
        attempts: 43,
        inputs: undefined,
        bill,
        made: { attempts: 10, rows: 10, lost: 0 },
      }),
      frontPages: async () => [],
    };
    const cards = new RunCards(new CommandSession(terminal, {}, () => {}));
    cards.start([task]);
    await terminal.passTime(10_000);
    await cards.close();
    // Of the 40 rows 10 were made in these seconds, so that the other 60 take a minute.
    expect(readFileSync(join(terminal.workingFolder, 'README.md'), 'utf8')).toContain(
      '`████████░░░░░░░░░░░░ 40 %` 40 of 100 rows, 3 lost, 60 rows a minute in this run, about 1 min 0 s left',
    );
  });

  it('leave alone what somebody wrote meanwhile, and are not begun by parts', async () => {
    await using terminal = await openBusy(async (busy) => {
      busy.write(readme, 'My own words.\n');
      await busy.passTime(10_000);
    });
    expect((await terminal.infer(...flags)).code).toBe(0);
    expect(terminal.readText(readme)).toBe('My own words.\n');
    const sleepless = await terminal.infer(...flags, '--tasks', '3', '--shard', '1/3');
    expect(sleepless.code, sleepless.stderr).toBe(0);
    expect(existsSync(join(terminal.workingFolder, `${standardRun}/synth/shards/1-of-3/README.md`))).toBe(false);
  });

  it('do not say that a run is at work which has failed', async () => {
    await using hub = await StandInHub.start();
    await using terminal = await openBusy(async (busy) => {
      await busy.passTime(10_000);
      expect(busy.readText(readme)).toContain('a run is at work');
      hub.faults.push({ when: /\/commit\//, status: 403, times: 99 });
    });
    Object.assign(terminal.environment, hub.environment);
    const { code, stderr } = await terminal.infer(...flags, '--output-dataset-name', 'made');
    expect([code, stderr]).toEqual([1, expect.stringContaining('DGT_HUB_UPLOAD')]);
    expect(terminal.readText(readme)).toMatch(/\*\*\d rows?\*\*: failed, the last run ended on/);
  });

  it('say what DataTrove says of a dataset', async () => {
    await using terminal = await InferTerminal.open();
    const prompts = ['--prompt-template', 'Sum up: [[DOCUMENT]]\nIn three words.', '--system-prompt', 'Be brief.'];
    await terminal.ask(3).infer(...prompts, '--temperature', '0.5', '--max-tokens', '99');
    const card = terminal.readText(readme);
    expect(frontMatterOf(card)).toMatchObject({
      tags: ['synthetic', 'dgt', 'datatrove', 'Qwen3-0.6B', 's1K-1.1'],
      annotations_creators: ['machine-generated'],
      language_creators: ['found'],
      task_categories: ['text-generation'],
      task_ids: ['language-modeling'],
    });
    expect(card).toContain('| `generator` | `openai` | `Qwen/Qwen3-0.6B` | `max_tokens: 99`, `temperature: 0.5` |');
    expect(card).toContain('<summary>System prompt</summary>\n\n```text\nBe brief.\n```');
    expect(card).toContain('<summary>Prompt template</summary>\n\n```text\nSum up: [[DOCUMENT]]\nIn three words.\n```');
    expect(card).toMatch(/\d+ tokens, \d+ in and \d+ out for each row/);
  });
});

describe('the front page of a dataset on a hub', () => {
  const made = [...flags, '--output-dataset-name', 'made'];
  const pageOf = (hub: StandInHub, name = 'ada/made') => hub.files(name)?.['README.md']?.toString() ?? '';
  const commits = /POST .*\/commit\//;

  it('is there soon after the start, follows chunks now and then, and has the figures at the end', async () => {
    await using hub = await StandInHub.start();
    const seen: string[] = [];
    await using terminal = await openBusy(async (busy) => {
      await hub.untilThere('ada/made', 'default/train-00001.parquet');
      await busy.passTime(10_000);
      // The upload goes on beside the run.
      await hub.untilThere('ada/made', 'README.md');
      seen.push(pageOf(hub));
      await busy.passTime(30_000);
    });
    Object.assign(terminal.environment, hub.environment);
    const { code, stderr } = await terminal.infer(...made);
    expect(code, stderr).toBe(0);
    expect(seen[0]).toContain('**2 rows so far**: a run is at work.');
    expect(frontMatterOf(seen[0] as string)['configs']).toEqual([
      { config_name: 'default', data_files: [{ split: 'train', path: 'default/train-*.parquet' }] },
    ]);
    // Three chunks, the card at the start and at the end; 30 seconds later there was nothing new.
    expect(hub.count(commits)).toBe(5);
    const page = pageOf(hub);
    expect(frontMatterOf(page)).toMatchObject({ pretty_name: 'ada/made', size_categories: ['n<1K'] });
    expect(page).toContain('# ada/made\n');
    expect(page).toContain('**3 rows**: complete');
    expect(page).toContain('dataset = load_dataset("ada/made")');
    expect(page).not.toContain(hub.token);
    expect(await readRows(hub, { data_path: 'hf://datasets/ada/made' })).toHaveLength(3);
  });

  it('tells of all prompts whose rows are there, whichever run was last', async () => {
    await using hub = await StandInHub.start();
    await using terminal = await InferTerminal.open();
    Object.assign(terminal.environment, hub.environment);
    terminal.ask(2);
    const runs = ['["math", "Solve <!-- dgt: {} -->: [[DOCUMENT]]"]', '["faq", "Ask: [[DOCUMENT]]"]'];
    for (const prompt of [...runs, runs[0] as string]) {
      const { code, stderr } = await terminal.infer(...made, '--prompt-template', prompt, '--retry-errors');
      expect(code, stderr).toBe(0);
    }
    const page = pageOf(hub);
    expect(frontMatterOf(page)['configs']).toEqual([
      { config_name: 'faq', data_files: [{ split: 'train', path: 'faq/train-*.parquet' }] },
      { config_name: 'math', data_files: [{ split: 'train', path: 'math/train-*.parquet' }] },
    ]);
    expect(page.match(/^# .*$/gm)).toEqual(['# ada/made', '# faq', '# math']);
    expect(page).toContain('2 datasets, 4 rows in all.');
    for (const said of [
      'Ask: [[DOCUMENT]]',
      'Solve <!-- dgt: {} -->: [[DOCUMENT]]',
      'load_dataset("ada/made", "math")',
    ])
      expect(page.split(said)).not.toHaveLength(1);
  });

  it('is composed again when another writer was first, and tried again as rows are', async () => {
    await using hub = await StandInHub.start();
    await using terminal = await InferTerminal.open();
    Object.assign(terminal.environment, hub.environment);
    hub.put('ada/made', { 'default/other.txt': 'x' });
    hub.faults.push({ when: /revision\/main$/, act: () => hub.put('ada/made', { 'default/soon.txt': 'x' }) });
    hub.faults.push({ when: /preupload/, times: 2, act: () => hub.put('ada/made', { 'default/later.txt': 'x' }) });
    const { code, stderr } = await terminal.ask(1).infer(...made);
    expect(code, stderr).toBe(0);
    expect(Object.keys(hub.files('ada/made') ?? {})).toContain('default/later.txt');
    expect(pageOf(hub)).toContain('**1 row**: complete');
    expect(frontMatterOf(pageOf(hub))['configs']).toEqual([
      { config_name: 'default', data_files: [{ split: 'train', path: 'default/train-00000.parquet' }] },
    ]);
  });

  it('that is not of dgt stays, and one that cannot be uploaded is said and no failure', async () => {
    await using hub = await StandInHub.start();
    await using terminal = await InferTerminal.open();
    Object.assign(terminal.environment, hub.environment);
    hub.put('ada/made', { 'README.md': '# By hand\n' });
    const first = await terminal.ask(1).infer(...made);
    expect([first.code, pageOf(hub)]).toEqual([0, '# By hand\n']);
    // Rows are uploaded without asking for this.
    hub.faults.push({ when: /ada\/refused\/revision\/main$/, status: 403, error: 'no pages here' });
    const second = await terminal.infer(...flags, '--output-dataset-name', 'refused');
    expect([second.code, second.stderr]).toEqual([0, expect.stringContaining('synth: no card was written')]);
  });

  it('names the split that the rows are called after', async () => {
    await using hub = await StandInHub.start();
    await using terminal = await InferTerminal.open();
    Object.assign(terminal.environment, hub.environment);
    terminal.ask(2).write(
      'task.yaml',
      `task_name: answers
task_description: Answers
data_builder: core/rollout
data: { type: default, data_path: simplescaling/s1K-1.1 }
rollout: single
prompt_column: question
final_datastore:
  type: multi_target
  primary: { type: default }
  additional: [{ type: hub, path: hf://datasets/ada/split/data, data_split: held.out }]
`,
    );
    terminal.write(
      'models.yaml',
      `databuilders: { core/rollout: { blocks: [{ name: generator, type: openai, base_url: "${terminal.server.url}/v1", model_id_or_path: our-model }] } }\n`,
    );
    const { code, stderr } = await terminal.run('run', 'task.yaml', '--config-path', 'models.yaml');
    expect(code, stderr).toBe(0);
    expect(frontMatterOf(pageOf(hub, 'ada/split'))['configs']).toEqual([
      { config_name: 'default', data_files: [{ split: 'held.out', path: 'data/held.out-00000-of-00001.parquet' }] },
    ]);
    expect(await readRows(hub, { data_path: 'hf://datasets/ada/split', data_split: 'held.out' })).toHaveLength(2);
    expect(readFileSync(join(terminal.workingFolder, 'output/answers/README.md'), 'utf8')).toContain(
      'path: final_data.jsonl',
    );
  });
});
