import { blockManifest } from '@dgt/blocks/manifest';
import { blocks, createScriptServices, registerBlock, SequenceValidator, Type, ValidatorBlock } from '@dgt/core';
import type { AnyBlock, BlockConfig, Row } from '@dgt/core';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ScriptedJudge } from '../packages/blocks/src/validators/__fixtures__/scripted-judge.js';
import { findExamples, readDocument } from './documents.js';

const document = readDocument('docs/validators.md');
const examples = findExamples(document);
const folder = mkdtempSync(join(tmpdir(), 'dgt-docs-validators-'));

/** What the judge of the example says: it knows one capital. */
const judge = new ScriptedJudge((prompt) =>
  prompt.includes('Canberra') ? 'Fine.\n{"accuracy": 5, "clarity": 4}' : '{"accuracy": 1, "clarity": 4}',
);
const services = { ...createScriptServices(), baseFolder: folder, createBlock: () => Promise.resolve(judge) };

function textOf(language: string, title: string): string {
  const example = examples.find((example) => example.language === language && example.title === title);
  if (example === undefined) throw new Error(`docs/validators.md has no ${language} example "${title}"`);
  return example.text;
}

function rowsOf(title: string): Row[] {
  return textOf('jsonl', title)
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Row);
}

async function makeBlock(title: string): Promise<AnyBlock> {
  const config = parse(textOf('yaml', title)) as BlockConfig;
  const blockClass = await blocks.load(config.type);
  return new blockClass(config as never, services);
}

const sections = document.split(/^## /m).slice(1);
const names = sections.map((section) => section.split('\n', 1)[0] as string);
const fields = ['field_map', 'flatten_field'];

beforeAll(() => {
  blocks.announce(blockManifest);
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'check.js'), textOf('js', 'check.js'));
  writeFileSync(join(folder, 'test-set.jsonl'), textOf('jsonl', 'test-set.jsonl'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('docs/validators.md', () => {
  it.each(names.filter((name) => !fields.includes(name)))('shows what %s says of rows', async (name) => {
    const block = await makeBlock(name);
    const expected = rowsOf(name);
    const rows = expected.map(({ is_valid: _valid, metadata: _metadata, ...row }) => row);
    expect(await block.run(rows).toArray()).toMatchObject(expected);
  });

  it.each(fields)('shows what %s makes of rows', async (name) => {
    const block = await makeBlock(name);
    expect(await block.run(rowsOf(name)).toArray()).toEqual(rowsOf(`${name} gives`));
  });

  it.each(names)('lists exactly what %s can be configured with', async (name) => {
    const blockClass = await blocks.load(name);
    const section = sections[names.indexOf(name)] ?? '';
    const listed = [...section.matchAll(/^\| `(\w+)` \|/gm)].map(([, key]) => key);
    expect(listed.sort()).toEqual(
      Object.keys(blockClass.configFields)
        .filter((key) => key !== 'filter')
        .sort(),
    );
  });

  it.each(names)('gives the defaults that %s has', async (name) => {
    const { configFields } = await blocks.load(name);
    const section = sections[names.indexOf(name)] ?? '';
    for (const [, key = '', shown = ''] of section.matchAll(/^\| `(\w+)` \| (\S*) ?\|/gm)) {
      const { default: value } = configFields[key] as { default?: unknown };
      if (value === undefined) continue;
      expect(`${key}: ${shown}`).toBe(
        `${key}: \`${typeof value === 'string' ? value : JSON.stringify(value).replaceAll('"', '')}\``,
      );
    }
  });

  it('names every validator and field block there is', async () => {
    const { ...validators } = await import('@dgt/blocks/validators');
    const { ...fieldBlocks } = await import('@dgt/blocks/fields');
    const classes = new Set<unknown>(await Promise.all(names.map((name) => blocks.load(name))));
    const exported = Object.values({ ...validators, ...fieldBlocks }).filter(
      (value) => typeof value === 'function' && 'configFields' in value,
    );
    expect(exported.length).toBe(names.length);
    expect(exported.filter((value) => !classes.has(value))).toEqual([]);
  });

  it.each(['own.ts', 'sequence.ts'])(
    'shows in %s how a validator is written, which prints what it says',
    async (title) => {
      const script = textOf('ts', title);
      const [, named = ''] = /^import \{ (.*) \} from '@dgt\/core';$/m.exec(script) ?? [];
      const lines: string[] = [];
      const body = `return (async () => { ${script.replace(/^import .*$/m, '')} })()`;
      const run = new Function(...named.split(', '), 'console', body) as (...values: unknown[]) => Promise<void>;
      const known: Record<string, unknown> = { registerBlock, SequenceValidator, Type, ValidatorBlock };
      await run(...named.split(', ').map((name) => known[name]), { log: (line: string) => lines.push(line) });
      expect(lines).toEqual([...script.matchAll(/^\/\/ (.*)$/gm)].map(([, line]) => line));
      expect(lines).toHaveLength(1);
    },
  );

  it('gives the names that DGT has for two of them', async () => {
    expect(await blocks.load('tool_call_validator')).toBe(await blocks.load('tool_calls'));
    expect(await blocks.load('validators/data_leak')).toBe(await blocks.load('contains_seed'));
  });
});
