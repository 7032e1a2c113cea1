import { describe, expect, it } from 'vitest';
import { chooseExitCode } from '../packages/cli/src/running/exit-code.js';
import { TemporaryProject } from '../packages/cli/test/project.js';
import { findExamples, readDocument, type Example } from './documents.js';
import { play, readSteps } from './sessions.js';

const page = readDocument('docs/outputs.md');
const examples = findExamples(page);

/** The names between backticks in a section, up to the next heading. */
function namesUnder(heading: string): Set<string> {
  const start = page.indexOf(`\n${heading}\n`);
  expect(start).toBeGreaterThan(0);
  const section = page.slice(start + heading.length + 2).split(/^#/m, 1)[0] ?? '';
  return new Set([...section.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name));
}

/** A project with what other pages show. */
function createProject(path: string): TemporaryProject {
  const project = new TemporaryProject();
  for (const { title = '', text } of findExamples(readDocument(path))) {
    if (title.includes('/') && !title.startsWith('output/')) project.write(title, text);
  }
  return project;
}

const keysOf = (rows: readonly object[]) => [...new Set(rows.flatMap((row) => Object.keys(row)))];

describe('the page on results', () => {
  it('shows sessions that go as it says', { timeout: 300_000 }, async () => {
    using project = new TemporaryProject();
    for (const title of ['first', 'edit', 'choose', 'adopt']) {
      const steps = readSteps(examples.find((example) => example.title === title) as Example);
      for (const step of steps) {
        const { command, code } = step;
        expect(await play(step, project)).toEqual({ command, code, missing: [] });
      }
    }
    expect(project.rows('output/team/quiz/final_data.jsonl')).toHaveLength(85);
    const [, inspect = ''] = /`dgt (inspect [^`]+)`/.exec(page) ?? [];
    expect(await project.run(inspect.split(' '))).toMatchObject({ code: 0 });
  });

  it('describes every field of the files of a generation', { timeout: 60_000 }, async () => {
    using project = createProject('docs/blocks.md');
    expect(await project.run(['run', 'tasks/sheet.yaml'])).toMatchObject({ code: 0 });
    const read = (name: string) => JSON.parse(project.read(`output/sheet/${name}`)) as Record<string, object>;
    const results = read('task_results.json');
    const described = namesUnder('### `task_results.json`');
    const inner = ['funnel', 'calls', 'tokens'].flatMap((key) => Object.keys(results[key] ?? {}));
    const losses = (results['funnel'] as { losses: object[] }).losses;
    expect([...Object.keys(results), ...inner, ...keysOf(losses)].filter((key) => !described.has(key))).toEqual([]);
    const card = read('task_card.json');
    const namesOfCard = new Set([...described, ...namesUnder('### `task_card.json`')]);
    expect(Object.keys(card).filter((key) => !namesOfCard.has(key))).toEqual([]);
    expect(Object.keys(card['definition'] ?? {}).filter((key) => !page.includes(`\`${key}\``))).toEqual([]);
    const rejected = project.rows('output/sheet/rejected.jsonl');
    const namesOfRejected = namesUnder('### `rejected.jsonl` and `errors.jsonl`');
    expect(keysOf(rejected).filter((key) => !namesOfRejected.has(key))).toEqual([]);
    expect(keysOf(rejected)).toEqual(expect.arrayContaining(['block', 'reason', 'score', 'row']));
  });

  it('describes every field of the files of a transformation', { timeout: 60_000 }, async () => {
    using project = createProject('docs/transformations.md');
    project.write('towns.txt', 'Cusco: 1\n');
    expect(await project.run(['run', 'tasks/lookup.yaml'])).toMatchObject({ code: 2 });
    const results = JSON.parse(project.read('output/lookup/task_results.json')) as object;
    const described = namesUnder('### `task_results.json`');
    expect(Object.keys(results).filter((key) => !described.has(key))).toEqual([]);
    const card = JSON.parse(project.read('output/lookup/task_card.json')) as { definition: object };
    expect(Object.keys(card.definition).filter((key) => !page.includes(`\`${key}\``))).toEqual([]);
    const failed = project.rows('output/lookup/errors.jsonl');
    const namesOfErrors = namesUnder('### `rejected.jsonl` and `errors.jsonl`');
    expect(failed).toHaveLength(2);
    expect(keysOf(failed).filter((key) => !namesOfErrors.has(key))).toEqual([]);
  });

  it('names every file of an output folder', async () => {
    const { outputNames } = await import('../packages/runner/src/output/output-files.js');
    const named = namesUnder('## The files');
    expect(Object.values(outputNames).filter((name) => !named.has(name) && !named.has(`${name}/`))).toEqual([]);
  });

  it('gives the exit code of every way in which a run ends', () => {
    const rows = [...page.matchAll(/^\| (\d+) \| ((?:`\w+`(?:, )?)+) \|/gm)];
    const shown = rows.flatMap(([, code, names = '']) =>
      [...names.matchAll(/`(\w+)`/g)].map(([, name = '']) => [name, Number(code)] as const),
    );
    expect(shown).toHaveLength(9);
    expect(shown.map(([name]) => [name, chooseExitCode([name as never], 130)])).toEqual(shown);
  });
});
