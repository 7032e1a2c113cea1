import { blockManifest } from '@dgt/blocks/manifest';
import * as core from '@dgt/core';
import { blocks, createScriptServices, errorTable, Lane, unrecorded, type BlockConfig, type Row } from '@dgt/core';
import { modelBlocks } from '@dgt/llm';
import { runBuilder } from '@dgt/testkit';
import { startFakeServer, type FakeRequest } from '@dgt/testkit/fake-server';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { findExamples, readDocument } from './documents.js';

const page = readDocument('docs/structured-output.md');
const examples = findExamples(page);
const folder = mkdtempSync(join(tmpdir(), 'dgt-docs-structured-'));
const services = { ...createScriptServices(), baseFolder: folder };
const parsers = ['parse_json', 'parse_tag', 'parse_regex', 'parse_javascript'];
const lima = '{"question": "Capital of Peru?", "answer": "Lima"}';

function textOf(language: string, title: string): string {
  const example = examples.find((example) => example.language === language && example.title === title);
  if (example === undefined) throw new Error(`docs/structured-output.md has no ${language} example "${title}"`);
  return example.text;
}

function rowsOf(title: string): Row[] {
  return textOf('jsonl', title)
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Row);
}

async function makeBlock(config: BlockConfig): Promise<core.AnyBlock> {
  const blockClass = await blocks.load(config.type);
  return new blockClass(config as never, services);
}

/** Runs a block on each row by itself, and gives what came of it or why it was rejected. */
async function runEach(block: core.AnyBlock, rows: readonly Row[]): Promise<Row[]> {
  const { signal } = new AbortController();
  return Promise.all(
    rows.map(async (row) => {
      let rejected: string | undefined;
      const recorder = {
        ...unrecorded,
        reject: (_lane: string, { reason }: core.Rejection) => void (rejected = reason),
      };
      const lane = new Lane('t', { recorder, randomName: '0', signal, log: services.log });
      const [result] = await block.run([row], { lane }).toArray();
      return (result ?? { ...row, rejected }) as Row;
    }),
  );
}

/** The classes that the example exports. */
function loadBuilder(): Record<string, never> {
  const target = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, experimentalDecorators: true };
  const script = ts.transpileModule(textOf('ts', 'generate.ts'), { compilerOptions: target }).outputText;
  const names = [...script.matchAll(/^(?:export )?(?:class|let) (\w+)/gm)].map(([, name]) => name);
  const body = script
    .replaceAll(/^import .*$/gm, '')
    .replaceAll(/^export \{.*\};?$/gm, '')
    .replaceAll(/^export /gm, '');
  const execute = new Function(...Object.keys(core), `${body}\nreturn { ${names.join(', ')} };`) as (
    ...values: unknown[]
  ) => Record<string, never>;
  return execute(...Object.values(core));
}

beforeAll(() => {
  blocks.announce({ ...blockManifest, ...modelBlocks });
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'score.js'), textOf('js', 'score.js'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('docs/structured-output.md', () => {
  it('shows a builder that gets data points from a model', async () => {
    await using server = await startFakeServer({ answer: () => `Sure!\n${lima}` });
    const generator = await makeBlock({ type: 'openai', model_id_or_path: 'm', base_url: `${server.url}/v1` });
    const { GeographyQABuilder } = loadBuilder();
    const seeds = [{ question: 'Capital of Chile?', answer: 'Santiago' }];
    const { rows } = await runBuilder(GeographyQABuilder as never, { seeds, blocks: { generator } });
    expect(rows).toEqual([JSON.parse(lima)]);
  });

  it('shows a block of YAML and what it gives', async () => {
    await using server = await startFakeServer({ answer: () => lima });
    const config = parse(textOf('yaml', 'generator')) as BlockConfig;
    const block = await makeBlock({ ...config, base_url: `${server.url}/v1` });
    const expected = rowsOf('generator gives');
    expect(await block.run(expected.map(({ input }) => ({ input }))).toArray()).toMatchObject(expected);
  });

  it('quotes what is said to a model without an option for it', async () => {
    const instruction = textOf('text', 'instruction').trimEnd();
    const seen: FakeRequest[] = [];
    await using server = await startFakeServer({
      answer: (request) => {
        seen.push(request);
        return '{"answer": "Lima"}';
      },
    });
    const block = await makeBlock({
      type: 'openai',
      model_id_or_path: 'm',
      base_url: `${server.url}/v1`,
      method: 'completion',
      response_format: JSON.parse(instruction.split('\n')[1] ?? '') as object,
    });
    await block.run([{ input: 'Capital of Peru?' }]).toArray();
    expect(seen[0]?.prompt).toBe(`Capital of Peru?\n\n${instruction}\n\n`);
  });

  it('gives the default of max_reasks, and names the error of an answer that never fits', async () => {
    await using server = await startFakeServer({ answer: () => 'no' });
    const config = { type: 'openai', model_id_or_path: 'm', base_url: `${server.url}/v1` };
    const block = await makeBlock({ ...config, response_format: { type: 'json_object' } });
    const [row] = await block.run([{ input: 'x' }], { failures: 'yield' }).toArray();
    expect(page).toContain(`\`max_reasks\` | \`${server.requests.length - 1}\``);
    expect((row as core.FailedRow).error.code).toBe('DGT_ANSWER_SHAPE');
    expect(page).toContain('[DGT_ANSWER_SHAPE]');
    expect(errorTable).toHaveProperty('DGT_ANSWER_SHAPE');
  });

  it.each(parsers)('shows what %s makes of rows', async (name) => {
    const block = await makeBlock(parse(textOf('yaml', name)) as BlockConfig);
    const expected = rowsOf(name);
    const given = expected.map(({ rejected: _rejected, parsed: _parsed, pair: _pair, score: _score, ...row }) => row);
    expect(await runEach(block, given)).toEqual(expected);
  });

  it.each(parsers)('lists exactly what %s can be configured with, and its defaults', async (name) => {
    const { configFields } = await blocks.load(name);
    const section = page.split(/^### /m).find((section) => section.startsWith(`${name}\n`)) ?? '';
    const listed = [...section.matchAll(/^\| `(\w+)` \| (\S*) ?\|/gm)];
    expect(listed.map(([, key]) => key).sort()).toEqual(Object.keys(configFields).sort());
    for (const [, key = '', shown] of listed) {
      const { default: value } = configFields[key] as { default?: unknown };
      if (value !== undefined)
        expect(`${key}: ${shown}`).toBe(`${key}: \`${typeof value === 'string' ? value : JSON.stringify(value)}\``);
    }
  });

  it('names every parser there is', async () => {
    const { ...exported } = await import('@dgt/blocks/parse');
    const classes = await Promise.all(parsers.map((name) => blocks.load(name)));
    expect(Object.values(exported).filter((value) => 'configFields' in value).length).toBe(classes.length);
  });
});
