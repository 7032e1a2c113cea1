import { describeNotices, translateInfer, type InferTranslation } from '@dgt/compat/infer';
import { inferFlags, type InferFlag } from '@dgt/compat/infer/flags';
import type { Row } from '@dgt/core';
import { describe, expect, it } from 'vitest';
import { TestTerminal } from '../packages/cli/src/__fixtures__/command-line.js';
import { StandInHub } from '../packages/stores/src/__fixtures__/stand-in-hub.js';
import { InferTerminal, standardRun } from '../packages/cli/src/__fixtures__/infer-terminal.js';
import { findExamples, readDocument } from './documents.js';

const page = readDocument('docs/infer.md');
const examples = findExamples(page);
const sky = 'What color is the sky?';

const exampleOf = (title: string) => examples.find((example) => example.title === title)?.text ?? '';

/** The words of a command as a shell takes them, without the command itself. */
function argumentsOf(command: string): string[] {
  const words =
    command
      .replaceAll('\\\n', ' ')
      .trim()
      .match(/'[^']*'|"[^"]*"|\S+/g) ?? [];
  return words.slice(2).map((word) => word.replaceAll(/^(['"])(.*)\1$/g, '$2'));
}

/** The cells of the rows of a table, by the heading of its first column. */
function readTable(heading: string): string[][] {
  const [, rows = ''] = page.split(new RegExp(`^\\| ${heading}.*\\n\\|[-|]+\\n`, 'm'));
  const lines = rows.split('\n');
  const end = lines.findIndex((line) => !line.startsWith('|'));
  return lines.slice(0, end).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}

describe('the page on generate_data.py', () => {
  it.each(['local', 'cluster'])('runs the command of the document as it stands: %s', async (title) => {
    await using hub = await StandInHub.start();
    await using terminal = await InferTerminal.open();
    Object.assign(terminal.environment, hub.environment);
    const questions = Array.from({ length: 60 }, (_, index) => ({ question: `q${index}`, solution: `s${index}` }));
    terminal.give(questions);
    const { code, stderr } = await terminal.infer(...argumentsOf(exampleOf(title)));
    expect(code, stderr).toBe(0);
    const results = /The results are in `(.*?)\/`/.exec(page)?.[1];
    const rows = [await terminal.readChunk(0, results), await terminal.readChunk(1, results)];
    expect(rows.map(({ length }) => length)).toEqual([50, 10]);
    expect(rows.flat().map(({ text, solution }) => ({ question: text, solution }))).toEqual(questions);
    expect(terminal.bodies[0]).toEqual({
      model: 'Qwen/Qwen3-4B-Thinking-2507',
      messages: [{ role: 'user', content: expect.stringMatching(/^q\d+$/) }],
      max_tokens: 16_384,
    });
    const [, dataset = ''] = /--output-dataset-name (\S+)/.exec(exampleOf(title)) ?? [];
    expect(Object.keys(hub.files(`ada/${dataset}`) ?? {})).toHaveLength(3);
    expect(stderr.includes('On a cluster: sbatch --array=1-20%10, with')).toBe(title === 'cluster');
  });

  it('shows a job of which every number of the array is a part', () => {
    const job = exampleOf('array.sbatch');
    const [, last] = /--array=1-(\d+)%/.exec(job) ?? [];
    expect(job).toContain(`--tasks ${last} --shard \${SLURM_ARRAY_TASK_ID}/${last}`);
  });

  it('shows the command line that the flags of a server come to', async () => {
    await using terminal = await InferTerminal.open();
    const { stderr } = await terminal.ask(1).infer(...argumentsOf(exampleOf('a server')));
    const said = stderr.replaceAll(terminal.server.url, 'http://localhost:8000');
    const { port } = new URL(terminal.server.url);
    expect(said.replace(`--port ${port}`, '--port 8000')).toContain(exampleOf('says'));
  });

  const formats = readTable('\\| the column holds').map(([what = '', holds = '', request = '']) => ({
    what,
    row: JSON.parse(holds.replaceAll('`', '')) as Record<string, unknown>,
    request: request.split(' / ').map((message) => {
      const [, role, content] = /^(\w+): (.*)$/.exec(message) ?? [];
      return { role, content };
    }),
  }));

  it.each(formats)('asks what it shows for $what', async ({ what, row, request }) => {
    await using terminal = await InferTerminal.open();
    const [column = ''] = Object.keys(row);
    const [, template] = /--prompt-template "(.*)"/.exec(what) ?? [];
    const flags = ['--prompt-column', column, ...(template === undefined ? [] : ['--prompt-template', template])];
    const plain = await terminal.give([row]).infer(...flags, '--name', 'plain');
    const system = await terminal.infer(...flags, '--name', 'system', '--system-prompt', 'Be brief.');
    expect([plain.code, system.code], plain.stderr + system.stderr).toEqual([0, 0]);
    const rest = { model: 'Qwen/Qwen3-0.6B', max_tokens: 16_384 };
    expect(terminal.bodies).toEqual([
      { ...rest, messages: request },
      { ...rest, messages: [{ role: 'system', content: 'Be brief.' }, ...request] },
    ]);
  });

  it('has all three formats of the document', () => {
    expect(formats.map(({ row }) => Object.keys(row))).toEqual([['question'], ['text'], ['messages']]);
  });
});

/** A value for each kind of flag, and for those of which not any will do. */
const values: Readonly<Record<string, string>> = {
  text: 'sample',
  count: '7',
  whole: '2',
  number: '0.5',
  '--prompt-template': 'Sum up: [[DOCUMENT]]',
  '--server-type': 'sglang',
  '--kv-cache-dtype': 'fp8_e4m3',
  '--speculative-config': '{"method":"suffix"}',
  '--model-max-context': '40000',
};

describe('the table of flags', () => {
  const rows = readTable('flag').map(([flag = '', standard = '', meaning = '']) => ({
    flag: flag.replaceAll('`', ''),
    standard: standard.replaceAll('`', ''),
    meaning,
  }));
  const flags = Object.entries<InferFlag>(inferFlags);

  it('has every flag, with its default', () => {
    const own = flags.map(([, { flag, standard = '' }]) => `${flag} ${standard}`);
    expect(rows.map(({ flag, standard }) => `${flag} ${standard}`).toSorted()).toEqual(own.toSorted());
  });

  /** What dgt makes of one flag: the task, the model and what it says. */
  function translate(flag: string) {
    const [name = '', { kind }] = flags.find(([, known]) => known.flag === flag) as (typeof flags)[number];
    const value = values[flag] ?? values[kind] ?? true;
    const given = { [name]: value };
    const translation = translateInfer(given, { workingFolder: '/nowhere', environment: {} });
    const builder = translation.databuilders['core/rollout'] as { blocks: Row[] };
    const notices = describeNotices(translation, { given, shard: undefined });
    const task = Object.values(translation.tasks)[0] as Row;
    return { value, task, model: builder.blocks[0] as Row, translation, said: notices.join('\n') };
  }

  const read = (from: unknown, path: string) =>
    path.split('.').reduce((part: unknown, key) => (part as Row | undefined)?.[key], from);

  it.each(rows)('says what becomes of $flag', ({ flag, meaning }) => {
    const { value, task, model, translation, said } = translate(flag);
    const [, owner, name = ''] = /(?:^|; )(task|model|server|)\s?`(.*?)`/.exec(meaning) ?? [];
    const shown = typeof value === 'string' && /[^\w.-]/.test(value) ? `'${value}'` : value;
    if (owner === 'task')
      expect(String(read(task, name))).toBe(flag === '--input-dataset-name' ? `hf://datasets/${value}` : value);
    else if (owner === 'model') expect(String(read(model, name))).toBe(value);
    else if (flag === '--nodes-per-task') expect(said).toContain(`${name} ray of the server`);
    else if (owner === 'server')
      expect(said).toMatch(
        new RegExp(`vllm serve .* ${name}${kindOf(flag) === 'switch' ? '' : ` ${shown}`}( |$)`, 'm'),
      );
    else if (name.startsWith('sbatch ') && flag !== '--workers')
      expect(said).toContain(`sbatch --array=1-10%10 ${flag}=${value}`);
    else if (elsewhere[flag] === undefined) expect.unreachable(`nothing shows what ${flag} does`);
    else elsewhere[flag]({ translation, said, value: String(value) });
  });

  const kindOf = (flag: string) => flags.find(([, known]) => known.flag === flag)?.[1].kind;

  type Shown = { translation: InferTranslation; said: string; value: string };

  const elsewhere: Readonly<Record<string, (shown: Shown) => void>> = {
    '--output-dir': ({ translation, value }) => expect(translation.folder).toBe(`${value}/default/Qwen3_0.6B`),
    '--name': ({ translation, value }) => expect(translation.results).toBe(`${standardRun}/${value}`),
    '--tasks': ({ said, value }) => expect(said).toContain(`--shard \${SLURM_ARRAY_TASK_ID}/${value} as the job`),
    '--workers': ({ said, value }) => expect(said).toContain(`sbatch --array=1-10%${value}`),
    '--local-execution': ({ said }) => expect(said).not.toContain('sbatch'),
    '--benchmark-mode': ({ said }) => expect(said).toContain('--benchmark-mode leaves the Hub alone'),
    '--enable-monitoring': ({ said }) => expect(said).toContain(`\`dgt status ${standardRun}/synth\``),
    '--metric-interval': ({ said }) => expect(said).toContain('--metric-interval does nothing'),
    '--output-dataset-name': ({ said, value }) => expect(said).toContain(`nothing goes to ${value}`),
    '--output-private': () => {
      const surroundings = { workingFolder: '/nowhere', environment: {}, hubAccount: 'ada' };
      const given = { outputDatasetName: 'made', outputPrivate: false };
      const { synth } = translateInfer(given, surroundings).tasks;
      expect(read(synth, 'final_datastore.to')).toEqual({
        type: 'hub',
        path: 'hf://datasets/ada/made/default',
        private: false,
      });
    },
  };

  it('knows every flag of the original under its own spelling', async () => {
    using terminal = new TestTerminal();
    const { stdout } = await terminal.run('infer', '--help');
    expect(rows.filter(({ flag }) => !stdout.includes(`${flag} `) && !stdout.includes(`${flag}\n`))).toEqual([]);
    const switches = flags
      .filter(([, { kind }]) => kind === 'switch')
      .map(([, { flag }]) => flag.replace('--', '--no-'));
    terminal.write('simplescaling/s1K-1.1/train.jsonl', '');
    const { stderr } = await terminal.run('infer', '--num-workers', '0', ...switches);
    expect(stderr).toContain('--workers: expected a whole number, at least 1, got "0"');
  });
});

describe('the table of results', () => {
  it('names the columns and figures that there are', async () => {
    await using terminal = await InferTerminal.open({
      answer: () => ({ text: 'Blue.', reasoning: 'Hm.' }),
      usage: { cachedShare: 0.5 },
    });
    terminal.give([{ question: sky, level: 1 }]);
    expect((await terminal.infer('--max-tokens', '50')).code).toBe(0);
    const [row = {}] = await terminal.readChunk();
    const [result = {}] = row['rollout_results'] as Row[];
    const [reader, model] = terminal.readStats();
    const table = readTable('in the original');
    const named = [
      ...table.map(([, here = '']) => /^`(?:rollout_results\[\]\.)?(\w+)`/.exec(here)?.[1]),
      ...table.flatMap(([original = '']) => Array.from(original.matchAll(/`stats\.(\w+)`/g), ([, name]) => name)),
    ].filter((name) => name !== undefined);
    const usage = /`rollout_results\[\]\.usage`: (.*?), empty/.exec(page)?.[1]?.replaceAll('`', '').split(', ');
    expect(Object.keys(result['usage'] as Row)).toEqual(usage);
    expect(result).toMatchObject({ reasoning: 'Hm.', usage: { cached_tokens: expect.any(Number) } });
    const known = [row, result, reader, model].flatMap((part) => Object.keys(part));
    expect(known.filter((name) => name !== 'level').toSorted()).toEqual(named.toSorted());
  });
});

describe('a remote server', () => {
  it('is asked at its address with its key, in every try, and what the model thought is kept', async () => {
    await using terminal = await InferTerminal.open({
      requireKey: 'a-secret-of-tests',
      faults: { rates: { rateLimit: 1 }, maxPerCall: 1 },
      answer: () => ({ text: 'Blue.', reasoning: 'Rayleigh.' }),
    });
    terminal.environment['DGT_ENDPOINT_KEY'] = 'a-secret-of-tests';
    const { code, stderr } = await terminal.give([{ question: sky }]).infer('--server-type', 'endpoint');
    expect(code, stderr).toBe(0);
    const [first, second] = terminal.server.requests.filter(({ key }) => key !== undefined);
    expect([first?.outcome, second?.outcome, second?.body]).toEqual(['rateLimit', 'ok', first?.body]);
    expect(new Set(terminal.server.requests.map(({ path }) => path.split('/v1').length))).toEqual(new Set([2]));
    expect(terminal.server.requests.filter(({ outcome }) => outcome === 'unauthorized')).toEqual([]);
    expect((await terminal.readChunk())[0]?.['rollout_results']).toMatchObject([{ reasoning: 'Rayleigh.' }]);
  });
});

describe('the table of defects', () => {
  const shown = readTable('\\| here').map(([defect = '', , by = '']) => ({ defect, by }));

  it.each(shown)('names tests that there are: $defect', ({ by }) => {
    const files = [...by.matchAll(/`([\w/.-]+\.test\.ts)`/g)].map(([, file = '']) => file);
    const texts = (files.length === 0 ? ['packages/cli/src/commands/infer.test.ts'] : files).map(readDocument);
    const quoted = [...by.matchAll(/"(.*?)"/g)].map(([, title = '']) => title);
    expect(quoted.filter((title) => !texts.some((text) => text.includes(title)))).toEqual([]);
  });
});
