import type { Command } from 'commander';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TestTerminal } from '../packages/cli/src/__fixtures__/command-line.js';
import { createProgram } from '../packages/cli/src/program.js';
import { readDocument, repository } from './documents.js';

const page = readDocument('docs/other-systems.md');

/** The anchors of a page, as they are made of its headings. */
function anchorsOf(document: string): string[] {
  return [...document.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

/** The command that a line begins with, and the rest of the line. */
function findCommand(words: readonly string[], from: Command): readonly [Command, readonly string[]] {
  const [name, ...rest] = words;
  const next = from.commands.find((command) => command.name() === name);
  return next === undefined ? [from, words] : findCommand(rest, next);
}

/** The names of an option: one that is written in two ways has both. */
const namesOf = (command: Command) => new Set(command.options.flatMap(({ long, short }) => [long, short]));

describe('docs/other-systems.md', () => {
  it('is linked from the README', () => {
    expect(readDocument('README.md')).toContain('(docs/other-systems.md)');
  });

  it('leads to pages and sections that there are', () => {
    const links = [...page.matchAll(/\]\(([^)#]*)(?:#([^)]*))?\)/g)];
    expect(links.length).toBeGreaterThan(20);
    const broken = links.filter(([, path = '', anchor]) => {
      const file = path === '' ? 'docs/other-systems.md' : join(dirname('docs/other-systems.md'), path);
      if (!existsSync(join(repository, file))) return true;
      return anchor !== undefined && !anchorsOf(readDocument(file)).includes(anchor);
    });
    expect(broken.map(([link]) => link)).toEqual([]);
  });

  it('names commands and options that there are', () => {
    using terminal = new TestTerminal();
    const program = createProgram(terminal, () => undefined);
    const lines = [...page.matchAll(/`dgt ([^`]+)`/g)].map(([, line = '']) => line);
    expect(lines.length).toBeGreaterThan(20);
    const unknown = lines.filter((line) => {
      const [command, rest] = findCommand(line.split(' '), program);
      const options = namesOf(command);
      return command === program || !rest.every((word) => !word.startsWith('--') || options.has(word));
    });
    expect(unknown).toEqual([]);
  });

  it.each([
    ['batch_utils.py', ['--run', '--file', '--download', '--check', '--cancel', '--id']],
    [
      'generate_data_finetuned.py',
      ['--model_name_or_path', '--adapter_path', '--input_file', '--output_file', '--batch_size'],
    ],
  ])('says of every option of %s what it is here', (_script, options) => {
    const [, section = ''] = page.split('## The other scripts around the batch API\n');
    const cells = section.split('\n## ')[0]?.match(/^\| [^|]*\|/gm) ?? [];
    expect(options.filter((option) => !cells.some((cell) => new RegExp(`${option}\\b`).test(cell)))).toEqual([]);
  });
});
