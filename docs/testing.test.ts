import { startFakeServer } from '@dgt/testkit';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TestTerminal } from '../packages/cli/src/__fixtures__/command-line.js';
import { findExamples, readDocument } from './documents.js';

const document = readDocument('docs/testing.md');
const examples = findExamples(document);

function textOf(title: string): string {
  const example = examples.find((example) => example.title === title);
  if (example === undefined) throw new Error(`docs/testing.md has no example "${title}"`);
  return example.text;
}

/** The words of a command after `dgt`, at any free port. */
function readCommand(title: string): string[] {
  const words = [...textOf(title).matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
  expect(words[0]).toBe('dgt');
  return words.slice(1).map((word, index, all) => (all[index - 1] === '--port' ? '0' : word));
}

/** Runs the command of an example while something is done with its server. */
async function serve(args: readonly string[], use: (url: string) => Promise<void>): Promise<string> {
  using terminal = new TestTerminal();
  writeFileSync(join(terminal.workingFolder, 'answers.jsonl'), textOf('answers.jsonl'));
  writeFileSync(join(terminal.workingFolder, 'fixtures.jsonl'), '');
  const running = terminal.run(...args);
  await terminal.stdout.untilWritten('\n');
  await use(terminal.stdout.text.trim());
  terminal.signals.emit('SIGINT');
  const { code, stderr } = await running;
  expect(code).toBe(0);
  return stderr;
}

async function chat(url: string): Promise<{ status: number; message: unknown }> {
  const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Where?' }] });
  const response = await fetch(`${url}/v1/chat/completions`, { method: 'POST', body });
  const reply = (await response.json()) as { choices?: { message: unknown }[] };
  return { status: response.status, message: reply.choices?.[0]?.message };
}

describe('the model server of docs/testing.md', () => {
  it.each(['start', 'faulty', 'batches', 'record', 'replay'])('starts as shown: %s', async (title) => {
    const said = await serve(readCommand(title), async (url) => {
      expect((await fetch(`${url}/report`)).status).toBe(200);
    });
    expect(said).toMatch(/^0 requests;/);
  });

  it('has every path that is listed', async () => {
    const rows = /\| API \| paths \|\n[^\n]+\n([\s\S]*?)\n\n/.exec(document)?.[1] ?? '';
    const paths = [...rows.matchAll(/`(\/[^`]+)`/g)].map(([, path = '']) => path);
    expect(paths).toHaveLength(15);
    await serve(readCommand('start'), async (url) => {
      for (const path of paths) {
        const statuses = await Promise.all(
          ['GET', 'POST'].map(async (method) => {
            const body = method === 'POST' ? '{"model":"m","input":"a","prompt":"a"}' : undefined;
            return (await fetch(`${url}${path}`, { method, ...(body && { body }) })).status;
          }),
        );
        // 400: the path is there, and wants more than this.
        expect(
          statuses.some((status) => status === 200 || status === 400),
          `${path}: ${statuses}`,
        ).toBe(true);
      }
    });
  });

  it('answers with the template', async () => {
    await serve(readCommand('template'), async (url) => {
      const { message } = await chat(url);
      expect(message).toMatchObject({
        content: expect.stringMatching(/^Where\? I live in [A-Z]\w+, number \d+\.$/) as string,
      });
    });
  });

  it('answers with the lines of the file', async () => {
    await serve([...readCommand('start'), '--answer', 'file:answers.jsonl'], async (url) => {
      expect((await chat(url)).message).toMatchObject({ content: 'The Rhine.' });
    });
    const texts = textOf('answers.jsonl').trim().split('\n');
    expect(texts.map((line) => typeof JSON.parse(line))).toEqual(['string', 'object', 'object']);
  });

  it('names every answer, option and fault that there is', async () => {
    using terminal = new TestTerminal();
    const { stdout } = await terminal.run('fake-server', '--help');
    const options = [...stdout.matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, option = '']) => option);
    expect(options.length).toBeGreaterThan(20);
    const common = new Set(['--json', '--debug']);
    expect(options.filter((option) => !document.includes(option) && !common.has(option))).toEqual([]);
    const { faultNames } = await import('@dgt/testkit');
    expect(faultNames.filter((name) => !document.includes(`\`${name}\``))).toEqual([]);
  });

  it('works in a test as shown', async () => {
    const lines: string[] = [];
    const body = textOf('in-process.js').replace(/^import .*$/m, '');
    const run = new Function('startFakeServer', 'console', `return (async () => { ${body} })()`) as (
      ...args: unknown[]
    ) => Promise<void>;
    await run(startFakeServer, { log: (line: unknown) => lines.push(String(line)) });
    expect(`${lines.join('\n')}\n`).toBe(textOf('in-process.txt'));
  });
});
