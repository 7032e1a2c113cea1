import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { TestTerminal } from '../src/__fixtures__/command-line.js';
import { TemporaryProject } from './project.js';

const builders = join(import.meta.dirname, '__fixtures__/shards');

function writeLines(questions: readonly string[]): string {
  return questions.map((question, id) => `${JSON.stringify({ question, id: id % 3 })}\n`).join('');
}

function taskText(more: string): string {
  return `task_name: rate\ntask_description: Rates\ndata_builder: test/rated\ndata: { type: default, data_path: input.jsonl }\n${more}`;
}

function configText(calls: string, postprocessors: readonly string[], model: object = {}): string {
  const stages = postprocessors.map((name) => `{ name: ${name}, filter: true }`).join(', ');
  const generator = JSON.stringify({ name: 'generator', calls, ...model });
  return `databuilders:\n  test/rated:\n    blocks: [${generator}]\n    postprocessors: [${stages}]\n`;
}

/** A project with an input and a task that rates each of its rows. */
class RatingProject implements Disposable {
  readonly terminal = new TestTerminal();
  #counted = 0;

  constructor(options: { task?: string; postprocessors?: readonly string[] } = {}) {
    const { task = '', postprocessors = ['short'] } = options;
    this.terminal.write('config.yaml', configText(this.#calls, postprocessors));
    this.terminal.write('task.yaml', taskText(task));
    writeFileSync(this.#calls, '');
  }

  get #calls(): string {
    return join(this.terminal.workingFolder, 'calls.txt');
  }

  /** Writes the input, or appends to it. */
  give(questions: readonly string[], { append = false } = {}): this {
    const text = writeLines(questions);
    const file = join(this.terminal.workingFolder, 'input.jsonl');
    if (append) appendFileSync(file, text);
    else writeFileSync(file, text);
    return this;
  }

  run(...args: string[]) {
    return this.#command('run', args);
  }

  merge(...args: string[]) {
    return this.#command('merge', args);
  }

  shard(number: number, of: number, ...args: string[]) {
    return this.run('--shard', `${number}/${of}`, ...args);
  }

  /** Runs all parts, in an order of no meaning. */
  async shards(of: number): Promise<void> {
    const numbers = Array.from({ length: of }, (_, index) => ((index * 5) % of) + 1);
    for (const number of new Set(numbers)) expect(await this.shard(number, of)).toMatchObject({ stderr: '' });
    expect(new Set(numbers).size).toBe(of);
  }

  /** What was asked of the model since the last time. */
  asked(): string[] {
    const all = readFileSync(this.#calls, 'utf8').split('\n').filter(Boolean);
    const fresh = all.slice(this.#counted);
    this.#counted = all.length;
    return fresh;
  }

  read(path: string): string {
    return readFileSync(join(this.terminal.workingFolder, 'output/rate', path), 'utf8');
  }

  has(path: string): boolean {
    return existsSync(join(this.terminal.workingFolder, 'output/rate', path));
  }

  remove(path: string): void {
    rmSync(join(this.terminal.workingFolder, 'output/rate', path), { recursive: true });
  }

  [Symbol.dispose](): void {
    this.terminal[Symbol.dispose]();
  }

  #command(name: string, args: readonly string[]) {
    const config = ['--config-path', 'config.yaml', '--include-builders', builders];
    return this.terminal.run(name, 'task.yaml', ...config, '--quiet', ...args);
  }
}

/** Questions of which some stand there several times, far from each other. */
function askMany(count: number): string[] {
  return Array.from({ length: count }, (_, index) => (index % 7 === 0 ? `repeated ${index % 5}` : `question ${index}`));
}

const results = ['final_data.jsonl', 'data.jsonl', 'rejected.jsonl', 'errors.jsonl'];

/** What one process makes of an input. */
async function makeWhole(questions: readonly string[], options?: ConstructorParameters<typeof RatingProject>[0]) {
  using whole = new RatingProject(options).give(questions);
  await whole.run();
  return Object.fromEntries(results.map((name) => [name, whole.read(name)]));
}

function readAll(project: RatingProject) {
  return Object.fromEntries(results.map((name) => [name, project.read(name)]));
}

describe('parts of an input', () => {
  it('make what one process makes, byte by byte, and ask nothing twice', async () => {
    const questions = [...askMany(950), 'none', 'throw', 'repeated 1', 'repeated 1'];
    const whole = await makeWhole(questions);
    using project = new RatingProject().give(questions);
    for (const number of [4, 2, 5, 1, 3]) await project.shard(number, 5);
    expect(project.asked()).toHaveLength(questions.length - 1);
    expect(await project.merge()).toMatchObject({ code: 2 });
    expect(project.asked()).toEqual([]);
    expect(readAll(project)).toEqual(whole);
    expect(project.read('task_results.json')).toContain('"prompt": 6671');
  });

  it.each(['dedup', 'balanced'])('leave a postprocessor that sees several rows to the merge: %s', async (last) => {
    const postprocessors = ['short', last];
    const questions = askMany(450);
    const whole = await makeWhole(questions, { postprocessors });
    using project = new RatingProject({ postprocessors }).give(questions);
    await project.shards(3);
    project.asked();
    expect(await project.merge()).toMatchObject({ code: 0 });
    expect(project.asked()).toEqual([]);
    expect(readAll(project)).toEqual(whole);
    const more = [...questions, 'new', 'question 5'];
    project.give(more);
    await project.shards(3);
    expect(project.asked().toSorted()).toEqual(['new', 'question 5']);
    expect(await project.merge()).toMatchObject({ code: 0 });
    expect(project.asked()).toEqual([]);
    expect(readAll(project)).toEqual(await makeWhole(more, { postprocessors }));
  });

  it('may be more than there are chunks of the input', async () => {
    using project = new RatingProject().give(askMany(120));
    await project.shards(4);
    expect(await project.merge()).toMatchObject({ code: 0 });
    expect(readAll(project)).toEqual(await makeWhole(askMany(120)));
  });

  it('know rows by a unique key, which none may share', async () => {
    const task = 'unique_key: question\n';
    const questions = Array.from({ length: 250 }, (_, index) => `question ${index}`);
    using project = new RatingProject({ task }).give(questions);
    await project.shards(2);
    expect(await project.merge()).toMatchObject({ code: 0 });
    expect(readAll(project)).toEqual(await makeWhole(questions, { task }));
    using repeated = new RatingProject({ task }).give([...questions, 'question 105']);
    await repeated.shards(2);
    const { code, stderr } = await repeated.merge();
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('rows 106 and 251 of the input have the same question'),
    ]);
  });

  it('are left alone when they are finished', async () => {
    using project = new RatingProject().give(askMany(300));
    await project.shard(2, 3);
    const manifest = project.read('shards/2-of-3/manifest.json');
    expect(JSON.parse(manifest)).toMatchObject({ shard: '2/3', chunk: 100, units: 300, own_units: 100 });
    project.asked();
    expect(await project.shard(2, 3)).toMatchObject({ code: 0 });
    expect([project.asked(), project.read('shards/2-of-3/manifest.json')]).toEqual([[], manifest]);
  });
});

describe('parts in several processes', () => {
  /** Eight parts, some in one process after the other, each process at its own pace. */
  const plan = [
    [1, 4, 7],
    [2, 5, 8],
    [3, 6],
  ] as const;

  it('give the bytes of one process, though one is killed and another refused', { timeout: 120_000 }, async () => {
    const questions = askMany(2000);
    const whole = await makeWhole(questions);
    using project = new TemporaryProject();
    const calls = join(project.folder, 'calls.txt');
    project
      .write('input.jsonl', writeLines(questions))
      .write('task.yaml', taskText('runner_config: { records_per_chunk: 50 }\n'))
      .write('calls.txt', '');
    const start = (command: string, ...args: string[]) =>
      project.start([
        command,
        'task.yaml',
        '--config-path',
        'config.yaml',
        '--include-builders',
        builders,
        ...args,
        '--quiet',
      ]);
    const countCalls = () => readFileSync(calls, 'utf8').split('\n').length - 1;

    // The first process falls silent at work and is killed; what it has closed stands.
    project.write('config.yaml', configText(calls, ['short'], { answers: 130 }));
    const doomed = start('run', '--shard', '1/8');
    const closed = 'output/rate/shards/1-of-8/final_data-00008.jsonl';
    while (!existsSync(join(project.folder, closed)) && doomed.process.exitCode === null) await delay(10);
    const second = await start('run', '--shard', '1/8').finished;
    expect([second.code, second.stderr]).toEqual([1, expect.stringContaining('DGT_RUN_LOCKED')]);
    doomed.process.kill('SIGKILL');
    expect((await doomed.finished).signal).toBe('SIGKILL');
    const lost = await start('merge').finished;
    expect([lost.code, lost.stderr]).toEqual([75, expect.stringContaining('parts are missing: 1/8, 2/8')]);
    expect(project.read(closed)).toContain('question 401 ');
    project.write('config.yaml', configText(calls, ['short'], { delay_ms: 5 }));

    const work = async (shards: readonly number[]) => {
      for (const shard of shards) {
        const { code, stderr } = await start('run', '--shard', `${shard}/8`).finished;
        expect([code, stderr]).toEqual([0, '']);
      }
    };
    await Promise.all(plan.map(work));
    const merged = await start('merge').finished;
    expect([merged.code, merged.stderr]).toEqual([0, '']);
    const chunks = Array.from({ length: 40 }, (_, index) => `final_data-${String(index).padStart(5, '0')}.jsonl`);
    expect(chunks.map((name) => project.read(`output/rate/${name}`)).join('')).toBe(whole['final_data.jsonl']);
    for (const name of ['data.jsonl', 'rejected.jsonl', 'errors.jsonl'])
      expect(project.read(`output/rate/${name}`)).toBe(whole[name]);
    // Beside the answers that were under way when the process was killed, nothing was asked twice.
    expect(countCalls() - questions.length).toBeLessThanOrEqual(30);
  });
});

describe('a merge', () => {
  it('says which parts are missing, touches nothing, and ends with 75', async () => {
    using project = new RatingProject().give(askMany(400));
    await project.shard(1, 4);
    await project.shard(3, 4);
    const { code, stderr } = await project.merge();
    expect(code).toBe(75);
    expect(stderr).toContain('task "rate" cannot be merged, parts are missing: 2/4, 4/4');
    expect(stderr).toContain('dgt run TASK --shard 2/4');
    expect(project.has('ledger.db')).toBe(false);
    await project.shard(2, 4);
    await project.shard(4, 4);
    expect(await project.merge()).toMatchObject({ code: 0 });
  });

  it('knows a part that was made of another input, and takes the rows that were appended once it is made of this one', async () => {
    using project = new RatingProject().give(askMany(300));
    await project.shards(2);
    await project.merge();
    project.asked();
    const more = ['new', 'question 1', 'new'];
    project.give(more, { append: true });
    const { code, stderr } = await project.merge();
    expect([code, stderr]).toEqual([
      75,
      expect.stringContaining('1/2, 2/2 (the input has changed since they were made)'),
    ]);
    await project.shards(2);
    expect(project.asked().toSorted()).toEqual(more.toSorted());
    expect(await project.merge()).toMatchObject({ code: 0 });
    expect(project.asked()).toEqual([]);
    using whole = new RatingProject().give(askMany(300)).give(more, { append: true });
    await whole.run();
    expect(readAll(project)).toEqual(readAll(whole));
  });

  it('is what one process goes on from', async () => {
    using project = new RatingProject().give(askMany(300));
    await project.shards(3);
    await project.merge();
    project.asked();
    expect(await project.run()).toMatchObject({ code: 0 });
    expect(project.asked()).toEqual([]);
    project.give(['new'], { append: true });
    await project.run();
    expect(project.asked()).toEqual(['new']);
  });

  it('follows parts whose input was edited', async () => {
    using project = new RatingProject().give(askMany(300));
    await project.shards(2);
    await project.merge();
    const edited = ['in front', ...askMany(290), 'at the end'];
    project.give(edited);
    project.asked();
    await project.shards(2);
    expect(await project.merge()).toMatchObject({ code: 0 });
    expect(readAll(project)).toEqual(await makeWhole(edited));
  });

  it('gives the same when it is made again', async () => {
    using project = new RatingProject().give(askMany(250));
    await project.shards(2);
    await project.merge();
    const before = readAll(project);
    expect(await project.merge()).toMatchObject({ code: 0 });
    project.remove('ledger.db');
    project.remove('final_data.jsonl');
    project.remove('data.jsonl');
    expect(await project.merge()).toMatchObject({ code: 0 });
    expect(readAll(project)).toEqual(before);
  });
});

describe('output in chunks', () => {
  const task = 'runner_config: { records_per_chunk: 120 }\n';
  const chunks = ['00000', '00001', '00002'].map((number) => `final_data-${number}.jsonl`);

  it('holds what one file would, each chunk the rows of as many of the input', async () => {
    const whole = await makeWhole(askMany(300));
    using project = new RatingProject({ task }).give(askMany(300));
    expect(await project.run()).toMatchObject({ code: 0 });
    expect(project.has('final_data.jsonl')).toBe(false);
    expect(chunks.map((name) => project.read(name)).join('')).toBe(whole['final_data.jsonl']);
    expect(project.read(chunks[0] as string)).toContain('question 118 ');
    expect(project.read(chunks[1] as string)).toContain('question 120 ');
    project.give(askMany(200));
    await project.run();
    expect([project.has(chunks[1] as string), project.has(chunks[2] as string)]).toEqual([true, false]);
    expect(project.read(chunks[1] as string)).not.toContain('question 200 ');
  });

  it('is that of the parts, which are its chunks', async () => {
    using project = new RatingProject({ task }).give(askMany(300));
    await project.shards(2);
    const parts = ['1-of-2', '2-of-2', '1-of-2'].map((part, index) => `shards/${part}/${chunks[index]}`);
    await project.merge();
    expect(chunks.map((name) => project.read(name))).toEqual(parts.map((name) => project.read(name)));
    expect(chunks.map((name) => project.read(name)).join('')).toBe((await makeWhole(askMany(300)))['final_data.jsonl']);
  });

  it('cannot be made where a postprocessor needs to see all rows', async () => {
    using project = new RatingProject({ task, postprocessors: ['balanced'] }).give(askMany(10));
    const { code, stderr } = await project.run();
    expect([code, stderr]).toEqual([1, expect.stringContaining('"balanced" needs to see all rows')]);
  });
});

describe('stats.json', () => {
  it('counts all runs, however many it took, and parts as one process', async () => {
    using project = new RatingProject().give(askMany(150));
    await project.run();
    project.give(['new', 'new'], { append: true });
    await project.run();
    const stats = readStats(project);
    const rows = project.read('final_data.jsonl').split('\n').length - 1;
    const tokens = (each: number) => ({
      total: 152 * each,
      n: 152,
      mean: each,
      variance: 0,
      std_dev: 0,
      min: each,
      max: each,
    });
    expect(stats).toMatchObject([
      { name: 'input', stats: { documents: 152 } },
      {
        name: 'model calls',
        stats: { successful_requests: 152, failed_requests: 0, prompt_tokens: tokens(7), completion_tokens: tokens(3) },
      },
      { name: 'output', stats: { rows, dropped: 152 - rows } },
    ]);
    using parts = new RatingProject().give(askMany(150)).give(['new', 'new'], { append: true });
    await parts.shards(2);
    await parts.merge();
    const withoutTime = (entries: readonly object[]) => entries.map((entry) => ({ ...entry, time_stats: undefined }));
    expect(withoutTime(readStats(parts))).toEqual(withoutTime(stats));
  });
});

function readStats(project: RatingProject): readonly object[] {
  return JSON.parse(project.read('stats.json')) as readonly object[];
}

describe('--shard', () => {
  it.each(['0/3', '4/3', '1', 'a/b', '1/0'])('refuses %s', async (shard) => {
    using project = new RatingProject().give(['a']);
    const { code, stderr } = await project.run('--shard', shard);
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('--shard: expected a part and their count, from 1/N to N/N'),
    ]);
  });

  it('is not for a task that makes rows until its quota', async () => {
    using terminal = new TestTerminal();
    terminal.writeTask('task.yaml');
    const { code, stderr } = await terminal.runTask('task.yaml', '--shard', '1/2');
    expect(code).toBe(1);
    expect(stderr).toContain('makes rows until its quota is met');
    expect(stderr).toContain('call_limit');
  });
});
