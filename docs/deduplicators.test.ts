import * as dedup from '@dgt/blocks/dedup';
import { blocks, createScriptServices } from '@dgt/core';
import { blockManifest } from '@dgt/blocks/manifest';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { TrigramEmbedder } from '../packages/blocks/src/dedup/__fixtures__/trigram-embedder.js';
import { TemporaryProject } from '../packages/cli/test/project.js';
import { findExamples, readDocument, type Example } from './documents.js';

const page = readDocument('docs/deduplicators.md');
const scripts = findExamples(page).filter(({ language }) => language === 'ts');

/** Runs a script whose only import is of the deduplicators, and gives what it prints. */
async function run({ text }: Example): Promise<string[]> {
  const lines: string[] = [];
  const print = (...values: unknown[]) => lines.push(values.join(' ').trim());
  const body = text.replace(/^import .*$/m, '');
  const script = new Function(...Object.keys(dedup), 'console', `return (async () => { ${body} })()`) as (
    ...values: unknown[]
  ) => Promise<void>;
  await script(...Object.values(dedup), { log: print });
  return lines;
}

/** The builder and the task of the README, with the YAML of this page. */
function writeExamples(project: TemporaryProject): void {
  for (const { title = '', text } of [...findExamples(readDocument('README.md')), ...findExamples(page)]) {
    if (/^(builders|tasks)\//.test(title)) project.write(title, text);
  }
}

describe('the page on deduplicators', () => {
  it.each(scripts.map((example) => [example.title, example] as const))(
    '%s prints what it says',
    async (_title, example) => {
      const said = [...example.text.matchAll(/^\/\/ (.*)$/gm)].map(([, line]) => line);
      expect(said.length).toBeGreaterThan(0);
      expect(await run(example)).toEqual(said);
    },
  );

  it('shows a builder whose two deduplicators let no front and no card pass twice', { timeout: 60_000 }, async () => {
    using project = new TemporaryProject();
    writeExamples(project);
    const { code, stderr } = await project.run(['run', 'tasks/my']);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const rows = project.rows('output/my/flashcards/final_data.jsonl');
    expect(rows).toHaveLength(20);
    expect(new Set(rows.map((row) => row['front'])).size).toBe(20);
    const judge = new dedup.RougeScorer({ threshold: 0.9, filter: true, fields: ['front', 'back'] });
    expect(await judge.run(rows).toArray()).toHaveLength(20);
  });

  it('lets tasks of a run share a memory, and the same rows pass every time', { timeout: 60_000 }, async () => {
    const runBoth = async () => {
      using project = new TemporaryProject();
      writeExamples(project);
      const file = 'builders/my/flashcards/flashcards.yaml';
      project.write(file, project.read(file).replace('threshold: 0.9', 'threshold: 0.7\n    within: run'));
      const quota = /num_outputs_to_generate: \d+/;
      const task = project.read('tasks/my/flashcards/task.yaml').replace(quota, 'num_outputs_to_generate: 15');
      const names = ['one', 'two'];
      for (const name of names)
        project.write(`tasks/both/${name}/task.yaml`, task.replace(/^task_name: .*$/m, `task_name: ${name}`));
      const { code, stderr } = await project.run(['run', 'tasks/both']);
      expect({ code, stderr }).toMatchObject({ code: 0 });
      const rows = names.flatMap((name) => project.rows(`output/${name}/final_data.jsonl`));
      return { rows, rejected: project.rows('output/two/rejected.jsonl') };
    };
    const { rows, rejected } = await runBoth();
    const judge = new dedup.RougeScorer({ threshold: 0.7, filter: true, fields: ['front', 'back'] });
    expect(await judge.run(rows).toArray()).toHaveLength(30);
    expect(rejected.map(({ against }) => (against as { task?: string }).task)).toContain('one');
    expect((await runBoth()).rows).toEqual(rows);
  });

  it('names fields that are found before a run not to be there', { timeout: 60_000 }, async () => {
    using project = new TemporaryProject();
    writeExamples(project);
    const file = 'builders/my/flashcards/flashcards.yaml';
    project.write(file, project.read(file).replace('[front, back]', '[front, bakc]'));
    const { code, stderr } = await project.run(['validate', 'tasks/my']);
    expect(code).toBe(1);
    expect(stderr).toContain('block "close_card": fields: there is nothing at "bakc"');
    expect(stderr).toContain('did you mean "back"?');
  });

  it('shows entries that compare with files and by meaning, and they do', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dgt-docs-dedup-'));
    const embedder = new TrigramEmbedder();
    const createBlock = () => Promise.resolve(embedder);
    const services = { ...createScriptServices(), baseFolder: folder, workingFolder: folder, createBlock };
    const entryOf = (title: string) =>
      parse(findExamples(page).find((example) => example.title === title)?.text ?? '') as Record<string, unknown>;
    try {
      for (const name of ['benchmarks', 'earlier']) mkdirSync(join(folder, name));
      writeFileSync(join(folder, 'benchmarks/one.jsonl'), '{"prompt": "What is the capital of Peru?"}\n');
      writeFileSync(join(folder, 'earlier/questions.txt'), 'Who wrote Faust?\n');
      const questions = ['what is the capital of Peru', 'Who wrote Faust?', 'Who wrote Hamlet, and when?'];
      const rows = questions.map((question) => ({ question }));
      const apart = new dedup.RougeScorer(entryOf('against.yaml'), services);
      expect((await apart.run(rows).toArray()).map(({ question }) => question)).toEqual([questions[2]]);
      const meaning = new dedup.SemanticDeduplicator(entryOf('semantic.yaml'), services);
      expect(await meaning.run([...rows, ...rows]).toArray()).toHaveLength(3);
      expect(embedder.embedded).toHaveLength(6);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('names every deduplicator and every option that one takes', async () => {
    blocks.announce(blockManifest);
    for (const name of ['exact', 'levenshtein', 'minhash', 'rouge_scorer', 'semantic']) {
      expect(page).toContain(`| \`${name}\` |`);
      const { configFields } = await blocks.load(name);
      const undocumented = Object.keys(configFields).filter((option) => !page.includes(`\`${option}\``));
      expect(undocumented).toEqual(name === 'rouge_scorer' ? ['fast_rouge'] : []);
    }
  });
});
