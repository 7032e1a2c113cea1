import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as pipelineModule from '@dgt/cli/pipeline';
import { startFakeServer, type FakeServer } from '@dgt/testkit/fake-server';
import { parse, stringify } from 'yaml';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { PipelineProject, type ReadRecord } from '../packages/cli/src/__fixtures__/pipeline-project.js';
import { TemporaryProject } from '../packages/cli/test/project.js';
import { findExamples, readDocument } from './documents.js';
import { readPrinted, runScript } from './scripts.js';
import { readSteps } from './sessions.js';

const page = readDocument('docs/pipeline.md');
const examples = findExamples(page);
const exampleOf = (title: string) => examples.find((example) => example.title === title)?.text ?? '';

const answer = ({ prompt }: { prompt: string }) => `<draft>${prompt.split('，放在')[0]}</draft>`;

/** The configuration of the page, at the fake server and as fast as it will go. */
function aim(server: FakeServer): string {
  return exampleOf('config.yaml')
    .replace('https://api.openai.com/v1', `${server.url}/v1`)
    .replace('rate_limit: 20', 'rate_limit: 60000');
}

afterEach(() => void vi.restoreAllMocks());

/** The class takes the folder, the environment and the streams of its process. */
function enter(folder: string): void {
  vi.spyOn(process, 'cwd').mockReturnValue(folder);
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
}

describe('the page for those who have the template', () => {
  it('shows a project that runs as it is written, and again on what is recorded', async () => {
    await using server = await startFakeServer({ answer });
    using project = new TemporaryProject();
    for (const { title = '', text } of examples) if (/\.(txt|ts)$/.test(title)) project.write(title, text);
    project.write('config.yaml', aim(server));
    const steps = ['run', 'again'].flatMap((title) =>
      readSteps({ language: 'console', title, text: exampleOf(title) }),
    );
    let stamp = '';
    for (const { command, code, printed } of steps) {
      const finished = await project.run(command.replace('STAMP', stamp).split(' ').slice(1));
      [stamp = ''] = readdirSync(join(project.folder, 'output/initial_test'));
      const lines = `${finished.stderr}\n${finished.stdout}`.replaceAll(stamp, 'STAMP').split('\n');
      expect(lines, finished.stderr).toEqual(expect.arrayContaining([...printed]));
      expect(finished.code).toBe(code);
    }
    const records = project.rows(`output/initial_test/${stamp}/result.jsonl`) as unknown as ReadRecord[];
    expect(records[0]?.extracted).toEqual(['请写一段关于人工智能的文字，100字']);
    expect(server.requests.filter(({ key }) => key !== undefined)).toHaveLength(3);
    for (const [cell] of readTable('An experiment')) {
      const [name = ''] = codes(cell);
      expect([name, existsSync(join(project.folder, 'output/initial_test', stamp, name))]).toEqual([name, true]);
    }
  });

  it('shows a script that prints what it says, under its own names and those of Python', async () => {
    await using project = await PipelineProject.open({ answer });
    project.write('config.yaml', aim(project.server));
    for (const { title = '', text } of examples) if (title.endsWith('.txt')) project.write(title, text);
    enter(project.terminal.workingFolder);
    const script = exampleOf('generate.mts');
    expect(await runScript(script, [pipelineModule])).toEqual(readPrinted(script));
    expect(project.records('output/demo_test')).toHaveLength(2);
    const python = script
      .replaceAll(/\b(?!systemP|userP)[a-z]+(?:[A-Z][a-z]+)+(?=:)|\b(?:system|user)PromptPath/g, (name) =>
        name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      )
      .replace('demo_test', 'python_test');
    expect(python).toContain('need_time_stamp: false');
    expect(python).toContain("extract_function: pipeline.makeDefaultExtractor({ pattern_name: 'draft' })");
    expect(await runScript(python, [pipelineModule])).toEqual(readPrinted(script));
    const extracted = (name: string) => project.records(`output/${name}`).map((record) => record.extracted);
    expect(extracted('python_test')).toEqual(extracted('demo_test'));
  });
});

/** The cells of the table below a heading, without its first two lines. */
function readTable(heading: string): string[][] {
  const [lines = ''] = /(?:^\|.*\n)+/m.exec(page.slice(page.indexOf(`\n## ${heading}\n`))) ?? [];
  const rows = lines.trimEnd().split('\n').slice(2);
  return rows.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const table = readTable('What is what');

/** What is in backticks. */
const codes = (cell = '') => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);

/** Settings that are not those of any default. */
const settings: Record<string, Record<string, unknown>> = {
  model: { provider: 'somebody', model: 'a-model', rate_limit: 59_999, max_tokens: 77, temperature: 0.25 },
  prompts: { system_prompt_path: 'system.txt', user_prompt_path: 'user.txt' },
  output_data: { experiment_name: 'named', need_time_stamp: false },
};

const row = { user_prompt_kwargs: { topic: 'a', flag: true }, system_prompt_kwargs: { topic: 'b' }, kept: [1] };

describe('each row of the table', () => {
  const ways = ['file', 'command', 'code'] as const;
  const seen = new Map<string, { body: Record<string, unknown>; headers: Record<string, unknown>; dgt: string }>();
  const records = new Map<string, ReadRecord[]>();
  let project: PipelineProject;

  beforeAll(async () => {
    project = await PipelineProject.open({
      answer: ({ prompt }) => `<DRAFT n="1">\n ${prompt}\n</draft> <draft>two</draft>`,
      badRequest: 'refused',
    });
    project.write('system.txt', 'System {topic}');
    project.write('user.txt', 'User {topic} {flag}');
    project.write('one.jsonl', JSON.stringify(row));
    project.write('parse.ts', 'export const parse_response = (response: string, row: object) => Object.keys(row);');
    await runEach();
  });

  afterAll(() => project[Symbol.asyncDispose]());

  /** Runs a pipeline three times, told in each way. */
  async function runEach() {
    const key = { api_key: 'a-key-of-tests', base_url: `${project.server.url}/v1` };
    const everything = { ...settings['model'], ...settings['prompts'], ...settings['output_data'] };
    const write = (extra: object) => project.write('config.yaml', stringify(extra));
    write({
      ...settings,
      model: { ...settings['model'], ...key },
      output_data: { ...settings['output_data'], output_dir: 'file' },
    });
    expect((await project.run('--data', 'one.jsonl')).code).toBe(0);
    note('file');
    write({ model: { api_key: key.api_key } });
    const given = Object.entries({ ...everything, base_url: key.base_url, output_dir: 'command' });
    const flags = given.flatMap(([name, value]) => [`--${name.replaceAll('_', '-')}`, String(value)]);
    const command = await project.run(
      ...flags,
      '--data',
      'one.jsonl',
      '--parse',
      'parse.ts',
      '--concurrency-limit',
      '3',
    );
    expect(command.code, command.stderr).toBe(0);
    note('command');
    enter(project.terminal.workingFolder);
    const options = { ...everything, ...key, output_dir: 'code', config: undefined };
    const pipeline = new pipelineModule.DataGenerationPipeline(options as never);
    await pipeline.run([row, { ...row, user_prompt_kwargs: { topic: 'refused', flag: 1 } }], {
      concurrencyLimit: 3,
      extractFunction: async (response, input) => Promise.resolve([response.length, input]),
    });
    note('code');
  }

  function note(way: string) {
    const asked = project.server.requests.filter(({ key }) => key !== undefined);
    const { body, headers } = asked.find(({ body: other }) => !JSON.stringify(other).includes('refused')) as never;
    seen.set(way, { body, headers, dgt: project.read(`${way}/named/dgt.yaml`) });
    records.set(way, project.records(`${way}/named`));
    project.server.reset();
  }

  const each = (look: (way: (typeof ways)[number]) => unknown) => ways.map(look);
  const bodies = (name: string) => each((way) => seen.get(way)?.body[name]);
  const blocks = (name: string) =>
    each((way) => {
      const { databuilders } = parse(seen.get(way)?.dgt ?? '') as {
        databuilders: { 'core/prompt_chain': { blocks: [Record<string, unknown>] } };
      };
      return databuilders['core/prompt_chain'].blocks[0][name];
    });
  const thrice = (value: unknown) => [value, value, value];
  const messages = () => bodies('messages') as { role: string; content: string }[][];
  const first = (way = 'file') => records.get(way)?.[0] as ReadRecord;
  const failure = () => records.get('code')?.[1] as ReadRecord;
  const extract = (text: string, options = {}) =>
    pipelineModule.makeDefaultExtractor({ patternName: 'draft', ...options })(text);

  const checks: Record<string, () => unknown> = {
    'model.provider': () => expect(blocks('type')).toEqual(thrice('openai')),
    'model.api_key': () =>
      expect(each((way) => seen.get(way)?.headers['authorization'])).toEqual(thrice('Bearer a-key-of-tests')),
    'model.base_url': () => expect(blocks('base_url')).toEqual(thrice(`${project.server.url}/v1`)),
    'model.model': () => expect(bodies('model')).toEqual(thrice('a-model')),
    'model.rate_limit': () => expect(blocks('rpm')).toEqual(thrice(59_999)),
    'model.max_tokens': () => expect(bodies('max_tokens')).toEqual(thrice(77)),
    'model.temperature': () => expect(bodies('temperature')).toEqual(thrice(0.25)),
    'prompts.system_prompt_path': () =>
      expect(messages().map(([message]) => message)).toEqual(thrice({ role: 'system', content: 'System b' })),
    'prompts.user_prompt_path': () =>
      expect(messages().map(([, message]) => message)).toEqual(thrice({ role: 'user', content: 'User a True' })),
    'output_data.output_dir': () => expect(each((way) => existsSync(project.path(way)))).toEqual(thrice(true)),
    'output_data.experiment_name': () =>
      expect(each((way) => existsSync(project.path(way, 'named')))).toEqual(thrice(true)),
    'output_data.need_time_stamp': () => expect(each((way) => project.stamps(`${way}/named`))).toEqual(thrice([])),
    user_prompt_kwargs: () => expect(first().input).toEqual(row),
    '{name}': () => expect(messages()[0]?.[1]?.content).toBe('User a True'),
    data_pool: () => expect(each((way) => first(way).input)).toEqual(thrice(row)),
    concurrency_limit: () => expect(blocks('call_limit')).toEqual([5, 3, 3]),
    parse_response: () => {
      expect(first('command').extracted).toEqual(Object.keys(row));
      expect(first('code').extracted).toEqual([first('code').response?.length, row]);
    },
    make_default_extractor: () => expect(extract(first().response ?? '')).toEqual(['User a True', 'two']),
    pattern_name: () => expect(extract('<b>x</b>', { patternName: 'b' })).toEqual(['x']),
    to_list: () => {
      expect([extract('none'), extract('none', { toList: false })]).toEqual([[], null]);
      expect(extract('<draft>1</draft><draft>2</draft>', { toList: false })).toBe('1');
    },
    'result.jsonl': () =>
      expect(readFileSync(project.path('code/named/result.jsonl'), 'utf8').split('\n')).toHaveLength(3),
    input: () => expect(failure().input['kept']).toEqual([1]),
    response: () => expect(first().response).toBe('<DRAFT n="1">\n User a True\n</draft> <draft>two</draft>'),
    naive_response: () => {
      expect(Object.keys(first().naive_response ?? {})).toEqual(namesOf('naive_response'));
    },
    timestamp: () => expect(new Date(first().timestamp).toISOString()).toBe(first().timestamp),
    extracted: () => expect([first(), failure()].map((record) => 'extracted' in record)).toEqual([false, false]),
    error: () => {
      expect(Object.keys(failure().error ?? {})).toEqual(namesOf('error'));
      expect(failure().error).toMatchObject({ status: 400, attempts: 1, body: 'this request cannot be served' });
    },
    'logs/': () => expect(project.read('file/named/run/events.jsonl')).toContain('run_finished'),
  };

  /** The names in the last cell of a row. */
  const namesOf = (name: string) => codes(table.find(([cell]) => cell === `\`${name}\``)?.[3]);

  it('is checked below', () => {
    expect(table.map(([cell]) => codes(cell)[0])).toEqual(Object.keys(checks));
  });

  it.each(table.map((cells) => [codes(cells[0])[0] ?? '', cells] as const))('%s', async (name, [, command, code]) => {
    await checks[name]?.();
    const { stdout } = await project.terminal.run('pipeline', '--help');
    for (const flag of codes(command)) expect(stdout).toContain(flag);
    for (const option of codes(code))
      expect(readFileSync(declarations, 'utf8')).toMatch(new RegExp(`\\b${option.replace(/\(.*/, '')}\\b`));
  });

  const declarations = new URL('../packages/compat/src/pipeline/data-generation-pipeline.ts', import.meta.url);
});
