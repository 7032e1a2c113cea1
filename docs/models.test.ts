import { blocks, createScriptServices, EmbeddingProvider, type BlockConfig, type LMProvider } from '@dgt/core';
import { LlamaCpp } from '@dgt/llama-cpp';
import { modelBlocks, ModelProvider, parameterAliases } from '@dgt/llm';
import { AnthropicProvider } from '@dgt/llm/providers/anthropic';
import { AzureOpenAIProvider } from '@dgt/llm/providers/azure-openai';
import { OllamaProvider } from '@dgt/llm/providers/ollama';
import { OpenAIProvider } from '@dgt/llm/providers/openai';
import { startFakeServer, type FakeServer } from '@dgt/testkit/fake-server';
import { beforeAll, describe, expect, it } from 'vitest';
import { Command } from 'commander';
import { parse } from 'yaml';
import { TestTerminal } from '../packages/cli/src/__fixtures__/command-line.js';
import { ChangeNotifier, type ChangeMessage } from '../packages/cli/src/checking/change-notifier.js';
import { defineLMCheck } from '../packages/cli/src/commands/lm-flags.js';
import { findExamples, readDocument } from './documents.js';
import { readSteps } from './sessions.js';

const page = readDocument('docs/models.md');
const examples = findExamples(page);
const textOf = (language: string, title: string): string =>
  examples.find((example) => example.language === language && example.title === title)?.text ?? '';
const entries = examples
  .filter(({ language, title = '' }) => language === 'yaml' && !title.endsWith('.yaml'))
  .map(({ title = '' }) => title);
const rows = examples.filter(({ language }) => language === 'jsonl').map(({ title = '' }) => title);

/** The rows of the table whose heading has these columns, each as its cells without backticks. */
function readTable(...columns: string[]): string[][] {
  const heading = `| ${columns.join(' | ')} |\n`;
  const start = page.indexOf(heading);
  if (start < 0) throw new Error(`docs/models.md has no table ${heading}`);
  const lines = page.slice(start).split('\n\n')[0]?.split('\n').slice(2) ?? [];
  return lines.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
}

beforeAll(() => blocks.announce({ ...modelBlocks, llama_cpp: () => import('@dgt/llama-cpp') }));

/** An entry of the page as a block, with the fake server at its address. */
async function makeBlock(title: string, server: FakeServer) {
  const entry = parse(textOf('yaml', title)) as BlockConfig;
  const blockClass = await blocks.load(entry.type);
  const base = { openai: '/v1', openai_embedding: '/v1' }[entry.type] ?? '';
  const place = entry.type === 'llama_cpp' ? {} : { base_url: `${server.url}${base}`, api_key: 'k' };
  return new blockClass({ ...entry, ...place } as never, createScriptServices());
}

/** Columns are as wide as the times in them. */
function withoutWidths(text: string): string {
  return text.replaceAll(/ +/g, ' ').replaceAll(/\d+ ms/g, 'TIME');
}

describe('docs/models.md', () => {
  it('shows checks that go as it says', async () => {
    await using server = await startFakeServer({ models: ['our-model'], requireKey: 'key-of-ours' });
    using terminal = new TestTerminal();
    terminal.environment['OUR_KEY'] = 'key-of-ours';
    const atServer = (text: string) => text.replaceAll('http://127.0.0.1:8900', server.url);
    terminal.write('models.yaml', atServer(textOf('yaml', 'models.yaml')));
    const example = examples.find(({ title }) => title === 'check') as (typeof examples)[number];
    for (const { command, code, printed } of readSteps(example)) {
      const ended = await terminal.run(...atServer(command).split(' ').slice(1));
      expect(withoutWidths(ended.stdout)).toBe(withoutWidths(atServer(`${printed.join('\n')}\n`)));
      expect(ended.code).toBe(code);
    }
  });

  it('shows the message that a webhook gets', async () => {
    const shown = JSON.parse(textOf('json', 'message')) as ChangeMessage;
    const posted: ChangeMessage[] = [];
    const notifier = new ChangeNotifier({ post: async (message) => void posted.push(message), say: () => {} });
    const { provider, model, time } = shown;
    const probe = { provider, model, endpoint: shown.endpoint as string, mode: 'non-stream', totalMs: 1 } as const;
    await notifier.tell([{ ...probe, state: 'down' }], 0);
    await notifier.tell([{ ...probe, state: 'up' }], Date.parse(time));
    expect(posted[1]).toEqual(shown);
  });

  it('names the options of a check', () => {
    const { options } = defineLMCheck(new Command());
    expect(options.map(({ long }) => long as string).filter((name) => !page.includes(name))).toEqual([]);
  });

  it.each(entries)('shows an entry that works: %s', async (title) => {
    await using server = await startFakeServer();
    const block = await makeBlock(title, server);
    const input = title === 'llama_cpp' ? 'Question:' : 'Name a river.';
    if (block instanceof EmbeddingProvider) {
      const [row] = await block.run([{ input }]).toArray();
      expect(row?.embedding).toHaveLength(256);
      expect(server.requests[0]?.body).toMatchObject({ dimensions: 256 });
    } else {
      const [row] = await (block as LMProvider).run([{ input, gen_kwargs: { max_tokens: 20 } }]).toArray();
      expect(row?.result).toBeTypeOf('string');
    }
    await block.close();
  });

  it.each(rows)('shows what comes of a row: %s', async (title) => {
    const shown = JSON.parse(textOf('jsonl', title)) as Record<string, unknown>;
    const { result: _result, addtl: _addtl, ...row } = shown;
    const toolCalls = [{ name: 'area', arguments: { of: 'France' } }];
    const says = title === 'images' ? 'A dot.' : 'The Rhine.';
    const answer = () => (title === 'tools' ? { toolCalls } : { text: says });
    await using server = await startFakeServer({ answer });
    const block = (await makeBlock('openai', server)) as LMProvider;
    const given = await block.run([row as never]).toArray();
    expect(given).toMatchObject([shown]);
    await block.close();
  });

  it('shows a script that prints what it says', async () => {
    const script = textOf('ts', 'alone.ts');
    await using server = await startFakeServer({ answer: () => 'The Rhine.' });
    const Served = class extends OpenAIProvider {
      constructor(config: object) {
        super({ ...config, base_url: `${server.url}/v1` });
      }
    };
    const lines: string[] = [];
    const body = script.replace(/^import .*$/m, '');
    const run = new Function('OpenAIProvider', 'console', `return (async () => { ${body} })()`) as (
      ...given: unknown[]
    ) => Promise<void>;
    await run(Served, { log: (...values: unknown[]) => lines.push(values.join(' ')) });
    expect(lines).toEqual([...script.matchAll(/^\/\/ (.*)$/gm)].map(([, line]) => line));
  });

  it('lists every provider that there is', async () => {
    const listed = [...readTable('type', 'serves', 'found at', 'key', 'a string is'), ...readTable('type', 'serves')];
    const names = [...Object.keys(modelBlocks), 'llama_cpp', 'llama_cpp_embedding'];
    expect(listed.map(([name]) => name).sort()).toEqual(names.sort());
  });

  it('says of every parameter what each API calls it', async () => {
    const providers = {
      openai: AzureOpenAIProvider,
      anthropic: AnthropicProvider,
      ollama: OllamaProvider,
      llama_cpp: LlamaCpp,
    };
    const table = readTable('parameter', 'also', ...Object.keys(providers).map((name) => `\`${name}\``));
    const aliases = Object.entries(parameterAliases);
    for (const [name = '', also, ...cells] of table) {
      expect(also).toBe(aliases.flatMap(([alias, own]) => (own === name ? [alias] : [])).join(', '));
      const names = Object.values(providers).map((provider) => {
        const table = (provider as unknown as typeof ModelProvider).parameterNames.chat_completion;
        return (table as Record<string, string>)[name] ?? (name === 'n' ? 'several requests' : '');
      });
      expect([name, ...cells]).toEqual([name, ...names]);
    }
    const known = Object.keys((OpenAIProvider as unknown as typeof ModelProvider).parameterNames.chat_completion);
    expect(table.map(([name]) => name)).toEqual(expect.arrayContaining(known));
  });

  it('says in what the servers of OpenAI’s API differ', async () => {
    const { serverNames, serverProfiles } = await import('../packages/llm/src/providers/openai/servers.js');
    const table = readTable('parameter', ...serverNames.map((name) => `\`${name}\``));
    const nameAt = (server: (typeof serverNames)[number], name: string): string =>
      (serverProfiles[server].parameters.chat_completion as Record<string, string>)[name] ?? '';
    for (const [name = '', ...cells] of table) {
      const names = serverNames.map((server) => nameAt(server, name) || (name === 'n' ? 'several requests' : ''));
      expect([name, ...cells]).toEqual([name, ...names]);
    }
    const all = new Set(
      serverNames.flatMap((server) => Object.keys(serverProfiles[server].parameters.chat_completion)),
    );
    const alike = [...all].filter((name) => new Set(serverNames.map((server) => nameAt(server, name))).size === 1);
    expect([...table.map(([name]) => name as string), ...alike].sort()).toEqual([...all].sort());
  });

  it('lists what decides about lengths, with keys that every provider takes', () => {
    const keys = readTable('key', 'default', 'meaning').map(([key]) => key);
    expect(Object.keys(ModelProvider.configFields)).toEqual(expect.arrayContaining(keys));
    expect(keys).toEqual(['on_length', 'max_tokens_ceiling', 'truncate', 'optional_parameters']);
  });
});
