import { describe, expect, it } from 'vitest';
import { TemporaryProject } from '../packages/cli/test/project.js';
import { findExamples, readDocument } from './documents.js';

const examples = findExamples(readDocument('docs/plug-ins.md'));

describe('docs/plug-ins.md', () => {
  it('shows a package whose builder, block and formatter run where it is installed', async () => {
    using project = new TemporaryProject();
    project.write('package.json', '{ "dependencies": { "dgt-towns": "1.0.0" } }');
    for (const { title = '', text } of examples) {
      project.write(title.startsWith('tasks/') ? title : `node_modules/dgt-towns/${title}`, text);
    }
    const { code, stderr } = await project.run(['run', 'tasks/towns']);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const names = project.rows('output/towns/final_data.jsonl').map(({ name }) => String(name));
    expect(names).toHaveLength(4);
    expect(names.every((name) => /^NEW (YORK|BERLIN) \d+$/.test(name))).toBe(true);
    const formatted = project.rows('output/towns/formatted_data.jsonl');
    expect(formatted).toEqual(names.map((name) => ({ text: `${name} is a town.` })));
    const listed = await project.run(['list', 'blocks', '--json']);
    const { blocks } = JSON.parse(listed.stdout) as { blocks: { name: string; from: string }[] };
    expect(blocks.find(({ name }) => name === 'towns/shout')?.from).toMatch(/^dgt-towns /);
  });

  it('is right that the author of the package runs its builders in its folder', async () => {
    using project = new TemporaryProject();
    for (const { title = '', text } of examples) project.write(title, text);
    expect(await project.run(['run', 'tasks/towns'])).toMatchObject({ code: 0 });
    expect(project.rows('output/towns/final_data.jsonl')).toHaveLength(4);
  });
});
