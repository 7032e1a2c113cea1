import * as dedup from '@dgt/blocks/dedup';
import { blocks } from '@dgt/core';
import { blockManifest } from '@dgt/blocks/manifest';
import { describe, expect, it } from 'vitest';
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

  it('names every deduplicator and every option that one takes', async () => {
    blocks.announce(blockManifest);
    for (const name of ['exact', 'levenshtein', 'minhash', 'rouge_scorer']) {
      expect(page).toContain(`| \`${name}\` |`);
      const { configFields } = await blocks.load(name);
      const undocumented = Object.keys(configFields).filter((option) => !page.includes(`\`${option}\``));
      expect(undocumented).toEqual(name === 'rouge_scorer' ? ['fast_rouge'] : []);
    }
  });
});
