import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { TemporaryProject } from '../packages/cli/test/project.js';
import { findExamples, readDocument, repository, type Example } from './documents.js';
import { play, readSteps } from './sessions.js';

const readme = readDocument('README.md');
const examples = findExamples(readme);

function writeExamples(project: TemporaryProject, prefixes: readonly string[]): void {
  for (const { title, text } of examples) {
    if (title !== undefined && prefixes.some((prefix) => title.startsWith(prefix))) project.write(title, text);
  }
}

describe('the README', () => {
  it('begins a builder with commands that do what it says', { timeout: 120_000 }, async () => {
    using project = new TemporaryProject();
    const files = [...readme.matchAll(/`((?:builders|tasks)\/team\/quiz\/[\w.]+)`/g)].map(([, path = '']) => path);
    expect(files).toHaveLength(3);
    for (const step of readSteps(examples.find(({ title }) => title === 'own builder') as Example)) {
      const { command, code } = step;
      expect(await play(step, project)).toEqual({ command, code, missing: [] });
    }
    expect(files.filter((path) => !existsSync(`${project.folder}/${path}`))).toEqual([]);
  });

  it('shows a builder of one file that passes validation and makes its rows', { timeout: 60_000 }, async () => {
    using project = new TemporaryProject();
    writeExamples(project, ['builders/', 'tasks/']);
    expect(await project.run(['validate', 'tasks/my'])).toMatchObject({ code: 0, stderr: '' });
    const { code, stderr } = await project.run(['run', 'tasks/my']);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const rows = project.rows('output/my/flashcards/final_data.jsonl');
    expect(rows).toHaveLength(20);
    expect(Object.keys(rows[0] ?? {})).toEqual(['task_name', 'is_seed', 'front', 'back']);
  });

  it('replays recorded answers after an edit of that builder, and calls nothing', { timeout: 60_000 }, async () => {
    using project = new TemporaryProject();
    writeExamples(project, ['builders/', 'tasks/']);
    expect(await project.run(['run', 'tasks/my'])).toMatchObject({ code: 0 });
    const file = 'builders/my/flashcards/generate.ts';
    project.write(file, project.read(file).replace('not a card', 'neither front nor back'));
    const { code, stdout, stderr } = await project.run(['run', 'tasks/my', '--json']);
    expect(code).toBe(0);
    expect(stderr).toContain('files.generate.ts changed');
    const [task] = (JSON.parse(stdout) as { tasks: { calls: { answered_in_last_run: number } }[] }).tasks;
    expect(task?.calls.answered_in_last_run).toBe(0);
  });

  it('shows a block at work by itself', async () => {
    const example = examples.find(({ title }) => title === 'dedup.ts');
    const lines: string[] = [];
    const { RougeScorer } = await import('@dgt/blocks/dedup');
    const body = example?.text.replace(/^import .*$/m, '') ?? '';
    const run = new Function('RougeScorer', 'console', `return (async () => { ${body} })()`) as (
      ...args: unknown[]
    ) => Promise<void>;
    await run(RougeScorer, { log: (line: string) => lines.push(line) });
    expect(lines).toEqual(['the cat sat on the mat', 'on the mat the cat sat']);
  });

  it('lists every command that there is', { timeout: 30_000 }, async () => {
    using project = new TemporaryProject();
    const listed = new Set([...readme.matchAll(/^\| `dgt ([\w-]+)/gm)].map(([, name]) => name));
    const { stdout } = await project.run(['--help']);
    const commands = /^Commands:\n([\s\S]*?)\n\n/m.exec(stdout)?.[1] ?? '';
    const known = new Set([...commands.matchAll(/^ {2}([\w-]+)/gm)].map(([, name]) => name));
    expect(known.size).toBeGreaterThan(8);
    known.delete('help');
    listed.delete('help');
    expect([...listed].toSorted()).toEqual([...known].toSorted());
  });

  it('names only files and folders that exist', () => {
    const links = [...readme.matchAll(/\]\((?!http)([^)]+)\)/g)].map(([, path = '']) => path);
    expect(links.length).toBeGreaterThan(0);
    expect(links.filter((path) => !existsSync(`${repository}${path}`))).toEqual([]);
  });

  it('gives the test command that is run before a change lands', () => {
    expect(readme).toContain('npm ci && npm test');
    expect(readDocument('.ci/run')).toContain('npm test');
  });
});
