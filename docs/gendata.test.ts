import { startFakeServer, type FakeServer } from '@dgt/testkit/fake-server';
import { Command } from 'commander';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TestTerminal } from '../packages/cli/src/__fixtures__/command-line.js';
import { defineGendata } from '../packages/cli/src/commands/gendata-flags.js';
import { promptOf, type OutputRow } from '../builders/core/__fixtures__/task-folder.js';
import { findExamples, readDocument } from './documents.js';
import { readSteps } from './sessions.js';

const page = readDocument('docs/gendata.md');
const examples = findExamples(page);
const textOf = (title: string) => examples.find((example) => example.title === title)?.text ?? '';

/** The first cells of a table, by the heading that it stands under. */
function readTable(heading: string): string[] {
  const [, section = ''] = page.split(`\n${heading}\n`);
  const [table = ''] = /(?:^\|.*\n)+/m.exec(section) ?? [];
  return table
    .trimEnd()
    .split('\n')
    .slice(2)
    .map((line) => line.split(' | ')[0]?.replace(/^\| /, '') ?? '');
}

function startServer(): Promise<FakeServer> {
  return startFakeServer({
    answer: ({ body }) => {
      const said = promptOf(body as OutputRow);
      return said.startsWith('user: create conversation') ? '[{"role": "user", "content": "hi"}]' : `on ${said}`;
    },
  });
}

/** Runs a command of the page in a folder that has its files. */
function call(line: string, terminal: TestTerminal, server: FakeServer) {
  const [name, ...args] = line
    .replaceAll(/\\\n|"/g, '')
    .trim()
    .replaceAll('http://localhost:8080', server.url)
    .split(/\s+/);
  if (name === 'dgt') return terminal.run(...args);
  execFileSync('sh', ['-c', line], { cwd: terminal.workingFolder });
  return { code: 0, stdout: '', stderr: '' };
}

function openFolder(): TestTerminal {
  const terminal = new TestTerminal();
  for (const { title = '', text } of examples) if (/^[\w.]+$/.test(title)) terminal.write(title, text);
  return terminal;
}

const read = (terminal: TestTerminal, file: string) => readFileSync(join(terminal.workingFolder, file), 'utf8');

describe('the page on gendata', () => {
  it('says of every flag, key and field of gendata what it is here', () => {
    const { options } = defineGendata(new Command());
    const shown = readTable('## Flags').map((cell) => /--[\w-]+/.exec(cell)?.[0]);
    const only = [...(/^Only here: .*$/m.exec(page)?.[0] ?? '').matchAll(/`(--[\w-]+)`/g)].map(([, flag]) => flag);
    const defined = options.map(({ long, short }) => (long === '--concurrency' ? short : long));
    expect(defined.filter((flag) => !shown.includes(flag ?? '') && !only.includes(flag ?? ''))).toEqual([]);
    const known = new Set([...defined, '--json', '--debug', undefined]);
    expect([...shown, ...only].filter((flag) => !known.has(flag))).toEqual([]);
    expect(readTable('## Keys of the task file')).toEqual(
      ['messages_list', 'output_keys', 'output_types', 'random_extra_keys'].map((key) => `\`${key}\``),
    );
    expect(readTable('## Fields of the output')).toEqual([
      'fields of placeholders',
      'output keys',
      'the unique key',
      '`model`',
    ]);
  });

  it.each(['task.yml', 'messages.yml'])('runs %s with the flags of the quick start', async (task) => {
    await using server = await startServer();
    using terminal = openFolder();
    const { code, stderr } = await call(textOf('quick start').replace('task.yml', task), terminal, server);
    expect(code, stderr).toBe(0);
    const rows = read(terminal, 'output/data.jsonl').trimEnd().split('\n');
    const [first = '', second = ''] = rows;
    expect(Object.keys(JSON.parse(first) as object)).toEqual(
      Object.keys(JSON.parse(textOf('a row of output/data.jsonl')) as object),
    );
    expect(rows).toHaveLength(3);
    expect(JSON.parse(second)).toMatchObject({
      persona: 'A nurse',
      language: 'Spanish',
      conversation: [{ role: 'user', content: 'hi' }],
      system_prompt: expect.stringContaining('And conversation: [{"role":"user","content":"hi"}]\n') as string,
      _index: 1,
      model: 'DeepSeek-V3',
    });
    const sent = server.requests.find(({ key }) => key !== undefined);
    expect(sent?.body).toMatchObject({ model: 'DeepSeek-V3', temperature: 0.3, max_tokens: 10_000 });
    const written = read(terminal, 'output/data.dgt/dgt.yaml');
    expect(written).not.toContain('your_api_key');
    // The file that it came to is one of dgt.
    terminal.environment['DGT_GENDATA_API_KEY'] = 'your_api_key';
    const again = await terminal.run(
      'run',
      '--config-path',
      'output/data.dgt/dgt.yaml',
      '--output-dir',
      'output/data.dgt',
    );
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('already complete') as string });
  });

  it('shows how rows that were made before are gone on with', async () => {
    await using server = await startServer();
    using terminal = openFolder();
    await call(textOf('quick start'), terminal, server);
    for (const { command, code, printed } of readSteps({ language: 'console', title: '', text: textOf('going on') })) {
      const done = await call(command, terminal, server);
      expect(done.code, done.stderr).toBe(code);
      const lines = `${done.stderr}${done.stdout}`.split('\n');
      expect(printed.filter((line) => !lines.includes(line))).toEqual([]);
    }
    expect(JSON.parse(read(terminal, 'more/data.json'))).toHaveLength(3);
  });
});
