import * as core from '@dgt/core';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { TestTerminal } from '../packages/cli/src/__fixtures__/command-line.js';
import { announcePlugIns } from '../packages/cli/src/plug-ins.js';
import { dgtDifferences } from '../packages/runner/src/config/dgt-differences.js';
import { folderDefaults } from '../packages/runner/src/config/environment.js';
import { outputNames } from '@dgt/runner';
import { readDocument } from './documents.js';

const page = readDocument('docs/migrate.md');

/** The cells of the table below a heading, without its first two lines. */
function readTable(heading: string): string[][] {
  const section = page.slice(page.indexOf(`\n## ${heading}\n`) + 1);
  const table = /(?:^\|.*\n)+/m.exec(section)?.[0] ?? '';
  const lines = table.trimEnd().split('\n').slice(2);
  return lines.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** What stands in backticks. */
function readCode(cell = ''): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
}

describe('the page for those who come from DGT', () => {
  it('lists each thing that dgt tells of, as it tells it, and no other', () => {
    const told = Object.entries(dgtDifferences).flatMap(([place, names]) =>
      Object.entries(names).map(([name, write]) => [place, `\`${name}\``, write]),
    );
    expect(readTable('YAML')).toEqual(told);
  });

  it('names only types that there are', () => {
    announcePlugIns(import.meta.dirname);
    const registries = { 'dataloader type': core.dataloaders, 'formatter type': core.formatters };
    for (const [place = '', , write = ''] of readTable('YAML')) {
      for (const [, type = ''] of write.matchAll(/`(?:\w+: \{ )?type: (\w+)/g)) {
        const registry = registries[place as keyof typeof registries] ?? core.blocks;
        expect([...registry.names(), ...core.dataloaders.names()]).toContain(type);
      }
    }
  });

  it('names only things of DGT that are no names here', () => {
    announcePlugIns(import.meta.dirname);
    const known = { 'block type': core.blocks, 'dataloader type': core.dataloaders, 'formatter type': core.formatters };
    for (const [place, registry] of Object.entries(known))
      for (const name of Object.keys(dgtDifferences[place as keyof typeof known]))
        expect(registry.names()).not.toContain(name);
  });

  it('names only classes that a package has', () => {
    const rows = readTable('Classes and methods').filter(([, , from]) => from !== '');
    expect(rows.length).toBeGreaterThan(8);
    for (const [, here, from] of rows) {
      expect(from).toBe('`@dgt/core`');
      for (const code of readCode(here)) {
        const [name = '', method] = code.split(/[.({]/);
        if (!/^[A-Z]|^(register|dataPoint)/.test(name)) continue;
        expect(core).toHaveProperty(name);
        if (method !== undefined && code.startsWith(`${name}.`)) expect(core).toHaveProperty([name, method]);
      }
    }
  });

  it('names only methods of a task that it has', () => {
    const methods = readTable('Classes and methods').flatMap(([, here]) =>
      readCode(here).filter((code) => /^(instantiate|isComplete|sample|record)/.test(code)),
    );
    expect(methods).toHaveLength(5);
    for (const method of methods) expect(core.GenerationTask.prototype).toHaveProperty(method);
  });

  it('names only options that dgt run takes, and files that it writes', async () => {
    using terminal = new TestTerminal();
    const { stdout } = await terminal.run('run', '--help');
    const options = readTable('Command line').flatMap(([, here]) =>
      readCode(here).filter((code) => code.startsWith('--')),
    );
    expect(options.length).toBeGreaterThan(10);
    for (const option of options) expect(stdout).toContain(option);
    const written = new Set<string>(Object.values(outputNames));
    const files = readTable('Files').flatMap(([, here]) =>
      readCode(here).filter((code) => /^\w+\.(jsonl?|db)$/.test(code)),
    );
    expect(files.filter((file) => !written.has(file))).toEqual([]);
  });

  it('names variables that dgt reads', () => {
    for (const name of Object.keys(folderDefaults)) expect(page).toContain(`\`${name}\``);
    const providers = ['openai', 'azure-openai', 'anthropic', 'ollama'].map((name) =>
      readFileSync(new URL(`../packages/llm/src/providers/${name}/provider.ts`, import.meta.url), 'utf8'),
    );
    const row = readTable('Environment').find(([there]) => there?.includes('OPENAI_API_KEY'));
    for (const name of readCode(row?.[0])) expect(providers.some((text) => text.includes(`'${name}'`))).toBe(true);
  });
});
