import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startFakeServer } from '@dgt/testkit/fake-server';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { TestTerminal } from '../packages/cli/src/__fixtures__/command-line.js';
import { defineBatch, defineBatchCreate, defineBatchIngest } from '../packages/cli/src/commands/batch-flags.js';
import { defineConvert } from '../packages/cli/src/commands/convert-flags.js';
import { usualFields } from '../packages/compat/src/convert/dataset-row.js';
import { Command } from 'commander';
import { findExamples, readDocument } from './documents.js';
import { play, readSteps } from './sessions.js';

const pages = ['docs/batch.md', 'docs/convert.md'];

afterEach(() => {
  vi.unstubAllEnvs();
});

describe.each(pages)('the page %s', (path) => {
  const page = readDocument(path);
  const examples = findExamples(page);

  it('shows sessions that go as it says, and the files that they write', async () => {
    using terminal = new TestTerminal();
    await using server = await startFakeServer({ answer: ({ prompt }) => `<${prompt}>` });
    vi.stubEnv('OPENAI_BASE_URL', `${server.url}/v1`);
    vi.stubEnv('OPENAI_API_KEY', 'a-key-of-tests');
    const stage = { folder: terminal.workingFolder, run: (args: readonly string[]) => terminal.run(...args) };
    for (const { language, title = '', text } of examples) {
      if (/jsonl|yaml/.test(language) && !title.startsWith('written ')) terminal.write(title, text);
      if (language !== 'console') continue;
      for (const step of readSteps({ language, title, text })) {
        const { command, code } = step;
        expect(await play(step, stage)).toEqual({ command, code, missing: [] });
      }
    }
    for (const { title = '', text } of examples)
      if (title.startsWith('written ')) expect(readFileSync(join(stage.folder, title.slice(8)), 'utf8')).toBe(text);
  });

  it('names every option', () => {
    const batch = defineBatch(new Command());
    const defined =
      path === 'docs/batch.md' ? [defineBatchCreate(batch), defineBatchIngest(batch)] : [defineConvert(new Command())];
    const names = defined.flatMap(({ options }) => options).map(({ long, short }) => short ?? long ?? '');
    expect(names.length).toBeGreaterThan(2);
    expect(names.filter((name) => !page.includes(name))).toEqual([]);
  });
});

describe('the page docs/convert.md', () => {
  it.each(['id', 'prompt', 'text'] as const)('lists the fields in which the %s is looked for', (what) => {
    const [, named = ''] =
      new RegExp(`\\| \\w+ \\| (.*) \\| \`--${what}-field\` \\|`).exec(readDocument('docs/convert.md')) ?? [];
    const [fields = ''] = named.split(', else');
    const listed = [...fields.replaceAll(/\(.*?\)/g, '').matchAll(/`(\w+)`/g)].map(([, name]) => name);
    expect(listed).toEqual(usualFields[what]);
  });
});
