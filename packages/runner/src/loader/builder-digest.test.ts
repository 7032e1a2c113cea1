import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { digestBuilder } from './builder-digest.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dgt-digest-'));
  await write({ 'generate.ts': 'a', 'prompts/main.md': 'b', 'builder.yaml': 'name: x' });
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

it('names each file that makes the builder what it is, and nothing else', async () => {
  await write({
    'README.md': 'text',
    'generate.test.ts': 'test',
    '.hidden': 'h',
    'node_modules/x/index.js': 'm',
    'dist/generate.js': 'd',
    '.git/config': 'g',
  });
  expect(Object.keys(await digestBuilder(folder))).toEqual(['builder.yaml', 'generate.ts', 'prompts/main.md']);
  expect(Object.keys(await digestBuilder(folder, { leaveOut: [join(folder, 'builder.yaml')] }))).toEqual([
    'generate.ts',
    'prompts/main.md',
  ]);
});

it('leaves out task files and what earlier runs wrote, where a builder is run in its own folder', async () => {
  const before = await digestBuilder(folder);
  await write({ 'task.yaml': 'task_name: x', 'sub/qna.yaml': 'task_name: y' });
  await write({ 'output/x/ledger.db': '', 'output/x/final_data.jsonl': '{}', 'output/x/.previous/data.jsonl': '' });
  expect(await digestBuilder(folder)).toEqual(before);
});

it('changes the digest of the file that changed, and only that', async () => {
  const before = await digestBuilder(folder);
  await write({ 'prompts/main.md': 'c' });
  const after = await digestBuilder(folder);
  expect(Object.keys(after).filter((path) => after[path] !== before[path])).toEqual(['prompts/main.md']);
});
