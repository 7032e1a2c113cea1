import * as dedup from '@dgt/blocks/dedup';
import * as fields from '@dgt/blocks/fields';
import * as validators from '@dgt/blocks/validators';
import * as core from '@dgt/core';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { TestTerminal } from '../packages/cli/src/__fixtures__/command-line.js';
import { TemporaryProject } from '../packages/cli/test/project.js';
import { findExamples, readDocument } from './documents.js';
import { readPrinted, runScript } from './scripts.js';

const page = readDocument('docs/blocks.md');
const examples = findExamples(page);
const textOf = (title: string) => examples.find((example) => example.title === title)?.text ?? '';
const rowsOf = (title: string) =>
  textOf(title)
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as core.Row);

/** Block types and their scopes, as `dgt list blocks` has them. */
async function listBlocks(): Promise<Map<string, string>> {
  using terminal = new TestTerminal();
  const { stdout } = await terminal.run('list', 'blocks', '--json');
  const { blocks } = JSON.parse(stdout) as { blocks: { name: string; scope: string; from: string }[] };
  return new Map(blocks.filter(({ from }) => from === 'dgt').map(({ name, scope }) => [name, scope]));
}

describe('the page on blocks', () => {
  const scripts = examples.filter(({ title = '' }) => /^\w+\.ts$/.test(title));

  it.each(scripts.map(({ title, text }) => [title, text] as const))('prints what it says: %s', async (_title, text) => {
    const printed = await runScript(text, [core, dedup, fields, validators]);
    expect(printed).toEqual(readPrinted(text));
    expect(printed.length).toBeGreaterThan(0);
  });

  it('shows maps that read and write within a row', async () => {
    const block = new validators.LengthValidator(parse(textOf('maps.yaml')));
    expect(await block.run(rowsOf('maps.yaml takes')).toArray()).toEqual(rowsOf('maps.yaml gives'));
  });

  it('shows postprocessors that split rows and drop the short and the repeated ones', { timeout: 60_000 }, async () => {
    using project = new TemporaryProject();
    for (const { title = '', text } of examples) if (title.includes('/')) project.write(title, text);
    const { code, stderr } = await project.run(['run', 'tasks/sheet.yaml']);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const made = project.rows('output/sheet/final_data.jsonl');
    expect(made.map(({ question }) => question)).toEqual([
      'What is the capital of Peru?',
      'Is Peru in region 1?',
      'What is the capital of Ghana?',
      'Is Ghana in region 1?',
    ]);
    const rejected = project.rows('output/sheet/rejected.jsonl');
    const dropped = rejected.map(({ block, row }) => [block, (row as core.Row)['question']]);
    expect(dropped.slice(0, 2)).toEqual([
      ['long', 'Why?'],
      ['distinct', 'WHAT IS THE CAPITAL OF PERU?'],
    ]);
  });

  it('lists every block type that comes with dgt, with its scope', async () => {
    const rows = [...page.matchAll(/^\| (`[^|]+`) \| (row|sequence|all) \|/gm)];
    const listed = rows.flatMap(([, names = '', scope = '']) =>
      [...names.matchAll(/`([^`]+)`/g)].map(([, name = '']) => [name, scope] as const),
    );
    const known = [...(await listBlocks())];
    expect(listed.toSorted()).toEqual(known.toSorted());
  });

  it('names the places that scripts import blocks from', async () => {
    for (const folder of ['dedup', 'fields', 'parse', 'sampling', 'validators']) expect(page).toContain(`/${folder}`);
    expect(Object.keys(await import('@dgt/llm/providers/openai'))).not.toEqual([]);
  });
});
