import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InstalledProject, Tarballs } from './packed.js';
import { TemporaryProject } from './project.js';

const manifest = {
  name: 'dgt-towns',
  version: '1.2.3',
  type: 'module',
  files: ['builders', 'dist'],
  peerDependencies: { '@dgt/core': '*' },
  dgt: {
    builders: './builders',
    blocks: {
      'towns/shorten': './dist/shorten.js',
      'towns/broken': './dist/broken.js',
      'towns/gone': './dist/gone.js',
    },
    formatters: { towns: './dist/format.js' },
  },
};

const shorten = `
import { Block, registerBlock, Type } from '@dgt/core';
const text = { text: Type.String() };
class Shorten extends Block.of({ config: { letters: Type.Integer({ default: 60 }) }, input: text, output: text }) {
  process({ text }) {
    return { text: text.slice(0, this.config.letters) };
  }
}
registerBlock('towns/shorten')(Shorten);
`;

const format = `
import { Formatter, registerFormatter } from '@dgt/core';
class Towns extends Formatter.of() {
  format({ question, answer }) {
    return { town: answer, about: question };
  }
}
registerFormatter('towns')(Towns);
`;

const builder = `
name: towns/quiz
blocks:
  - name: generator
    type: llama_cpp
    model_id_or_path: dgt-geo-micro
    temperature: 0.8
    max_tokens: 128
  - name: shorten
    type: towns/shorten
    letters: 12
    input_map: { question: text }
    output_map: { text: question }
postprocessors:
  - name: shorten
`;

const generate = `
import { dataPoint, GenerationDataBuilder, GenerationTask, LMProvider, registerDataBuilder, Type, type Attempt } from '@dgt/core';
import { instruction } from '../../dist/instruction.js';

class Town extends dataPoint({ question: Type.String(), answer: Type.String() }) {}
class TownTask extends GenerationTask.of({ input: Town }) {}

@registerDataBuilder('towns/quiz')
export class TownBuilder extends GenerationDataBuilder.of({ task: TownTask, blocks: { generator: LMProvider } }) {
  async *generate(seeds: readonly Town[], ctx: Attempt) {
    const requests = seeds.map(() => {
      const shown = ctx.random.choices(seeds, 3).map(({ question, answer }) => \`Question: \${question}\\nAnswer: \${answer}\`);
      return { input: \`\${shown.join('\\n\\n')}\\n\\n\${instruction}\\n\\n\` };
    });
    for await (const { result } of this.blocks.generator.run(requests)) {
      const [question, answer] = result.replace('Question:', '').split('Answer:');
      if (question?.trim() && answer?.trim()) yield new Town({ question: question.trim(), answer: answer.trim() });
    }
  }
}
`;

const task = `
task_name: towns
task_description: Towns
data_builder: towns/quiz
num_outputs_to_generate: 5
formatter:
  type: towns
seed_examples:
  - question: What is the capital of Australia?
    answer: Canberra
  - question: What is the capital of Mexico?
    answer: Mexico City
  - question: What is the capital of Peru?
    answer: Lima
`;

/** The package as its author has it, packed. */
async function packTowns(tarballs: Tarballs): Promise<void> {
  using author = new TemporaryProject();
  author
    .write('package.json', JSON.stringify(manifest))
    .write('dist/shorten.js', shorten)
    .write('dist/broken.js', `export const size = 1;\nthrow new Error('no towns today');\n`)
    .write('dist/format.js', format)
    .write('dist/instruction.js', `export const instruction = 'Now write one more in the same format.';\n`)
    .write('builders/quiz/quiz.yaml', builder)
    .write('builders/quiz/generate.ts', generate);
  await tarballs.add(author.folder);
}

describe('a package of a third party', { timeout: 120_000 }, () => {
  let tarballs: Tarballs;
  let project: InstalledProject;

  beforeAll(async () => {
    tarballs = await Tarballs.ofRepository();
    await packTowns(tarballs);
    project = await new InstalledProject().install(tarballs);
    project
      .write(
        'package.json',
        JSON.stringify({ dependencies: { 'dgt-towns': '1.2.3', '@dgt/cli': '*', 'not-installed': '1' } }),
      )
      .write('tasks/towns/task.yaml', task);
  }, 120_000);

  afterAll(() => {
    project[Symbol.dispose]();
    tarballs[Symbol.dispose]();
  });

  it('adds a builder, a block and a formatter, which run', async () => {
    const { code, stderr } = await project.dgt('run', 'tasks/towns');
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const rows = project.rows('output/towns/final_data.jsonl');
    expect(rows).toHaveLength(5);
    expect(rows.every(({ question }) => String(question).length <= 12)).toBe(true);
    expect(project.rows('output/towns/formatted_data.jsonl')).toEqual(
      rows.map(({ question, answer }) => ({ town: answer, about: question })),
    );
  });

  it('is named where things are listed', async () => {
    const builders = await project.dgt('list', 'builders', '--json');
    const { builders: found } = JSON.parse(builders.stdout) as { builders: object[] };
    expect(found).toContainEqual(expect.objectContaining({ name: 'towns/quiz', from: 'dgt-towns' }));
    const listed = await project.dgt('list', 'blocks');
    expect(listed.stdout).toMatch(/^towns\/shorten .* dgt-towns +node_modules\/dgt-towns\/dist\/shorten\.js:\d+$/m);
    expect(listed.stdout).toMatch(/^towns\/broken .*cannot be loaded.*no towns today/m);
  });

  it('is loaded only for what a file names, and blamed by name where that fails', async () => {
    const own = (type: string) =>
      builder.replace('towns/quiz', 'own/quiz').replace('type: towns/shorten\n    letters: 12', `type: ${type}`);
    project.write(
      'builders/own/generate.ts',
      generate.replace('towns/quiz', 'own/quiz').replace('../../dist', '../../node_modules/dgt-towns/dist'),
    );
    project.write(
      'tasks/own/task.yaml',
      task.replace('towns/quiz', 'own/quiz').replace('task_name: towns', 'task_name: own'),
    );
    project.write('builders/own/own.yaml', own('towns/broken'));
    const broken = await project.dgt('validate', 'tasks/own');
    expect(broken.code).toBe(1);
    expect(broken.stderr).toContain(
      'error DGT_PLUG_IN_LOAD: plug-in dgt-towns, dgt.blocks.towns/broken: node_modules/dgt-towns/dist/broken.js:2:7 cannot be loaded: no towns today',
    );
    project.write('builders/own/own.yaml', own('towns/gone'));
    const gone = await project.dgt('validate', 'tasks/own');
    expect(gone.stderr).toContain('plug-in dgt-towns, dgt.blocks.towns/gone: ');
    expect(gone.stderr).toContain('dist/gone.js cannot be loaded: no such file');
    rmSync(`${project.folder}/builders`, { recursive: true });
  });

  it('may not have a block of a name that is taken; both places are named', async () => {
    project.write('blocks/towns/shorten/block.ts', `throw new Error('not asked for');\n`);
    const { code, stderr } = await project.dgt('validate', 'tasks/towns');
    rmSync(`${project.folder}/blocks`, { recursive: true });
    expect(code).toBe(1);
    expect(stderr).toContain(
      'block "towns/shorten" is registered twice: at dgt-towns (dgt.blocks in node_modules/dgt-towns/package.json) and at blocks',
    );
  });

  it.each([
    [{ block: {} }, 'dgt: unknown key "block" (did you mean "blocks"?)'],
    [
      { blocks: { a: 'dist/a.js' } },
      'dgt.blocks.a: expected a path below the package such as "./dist/block.js", got "dist/a.js"',
    ],
    [{ formatters: { a: './../a.js' } }, 'dgt.formatters.a: expected a path below the package'],
    [{ builders: './absent' }, 'dgt.builders: there is no folder ./absent'],
    ['./builders', 'dgt: expected an object, got "./builders"'],
  ])('whose dgt field is %j is refused by package and field', async (dgt, message) => {
    const file = 'node_modules/dgt-towns/package.json';
    const before = project.read(file);
    project.write(file, JSON.stringify({ ...manifest, dgt }));
    const { code, stderr } = await project.dgt('validate', 'tasks/towns');
    project.write(file, before);
    expect(code).toBe(1);
    expect(stderr).toContain(`error DGT_PLUG_IN_INVALID: plug-in dgt-towns: ${message}`);
    expect(stderr).toContain('node_modules/dgt-towns/package.json');
  });
});
