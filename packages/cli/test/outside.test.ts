import { startFakeServer, type FakeServer } from '@dgt/testkit';
import { copyFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TemporaryProject, repository } from './project.js';

const include = ['--include-builders', '.'];
const run = ['run', '--task-path', 'task.yaml', ...include];

const task = `
task_name: towns
task_description: Invent names of towns.
created_by: a newcomer
data_builder: towns
num_outputs_to_generate: 6
seed_examples:
  - name: Zanbor
  - name: Kalen
`;

const builder = `
name: towns
blocks:
  - name: generator
    type: ollama
    model_id_or_path: any
  - name: shorten
    type: towns/shorten
    letters: 9
  - name: first_letters
    type: towns/first_letters
    filter: true
postprocessors:
  - name: shorten
    letters: 6
  - name: first_letters
`;

const prompt = `
export function writePrompt(names: readonly string[]): string {
  return \`Towns: \${names.join(', ')}. One more:\`;
}
`;

const generate = `
import { Block, GenerationDataBuilder, GenerationTask, LMProvider, SequenceValidator, Type, dataPoint } from '@dgt/core';
import { registerBlock, registerDataBuilder, type Attempt, type Gate } from '@dgt/core';
import { writePrompt } from './prompt';

class Town extends dataPoint({ name: Type.String() }) {}
class TownTask extends GenerationTask.of({ input: Town }) {}

const name = { name: Type.String() };

@registerBlock('towns/shorten')
export class Shorten extends Block.of({ config: { letters: Type.Integer() }, input: name, output: name }) {
  process({ name }: { name: string }) {
    return { name: name.slice(0, this.config.letters) };
  }
}

@registerBlock('towns/first_letters')
export class FirstLetters extends SequenceValidator.of({ input: name }) {
  openGate(): Gate<{ name: string }> {
    const letters = new Set<string>();
    return {
      remember: ({ name }) => void letters.add(name.charAt(0)),
      judge({ name }) {
        if (letters.has(name.charAt(0))) return { valid: false, reason: 'starts like another' };
        letters.add(name.charAt(0));
        return { valid: true };
      },
    };
  }
}

@registerDataBuilder('towns')
export class Towns extends GenerationDataBuilder.of({
  task: TownTask,
  blocks: { generator: LMProvider, shorten: Shorten },
}) {
  async *generate(seeds: readonly Town[], ctx: Attempt<this['blocks']>) {
    const requests = seeds.map((seed) => ({ input: writePrompt([seed.name]) }));
    for await (const { result } of this.blocks.generator.run(requests)) {
      const named = { name: result.split('Answer: ')[1] ?? '', whole: result };
      const [row] = await this.blocks.shorten.run([named]).toArray();
      if (row === undefined || row.name.length > 9) ctx.reject('no name', result);
      else yield new Town({ name: row.name });
    }
  }
}
`;

/** Everything that a newcomer has: four files in an otherwise empty folder. */
function createTowns(): TemporaryProject {
  return new TemporaryProject()
    .write('task.yaml', task)
    .write('towns.yaml', builder)
    .write('prompt.ts', prompt)
    .write('generate.ts', generate);
}

function host(server: FakeServer) {
  return { OLLAMA_HOST: server.url };
}

/** Requests for an answer; a server is also asked for its models. */
function askedOf({ requests }: FakeServer) {
  return requests.filter(({ key }) => key !== undefined);
}

describe('a builder in an empty folder outside of the repository', () => {
  it('runs with blocks of its own, in its flow and as postprocessors of both kinds', async () => {
    await using server = await startFakeServer();
    using project = createTowns();
    expect(readdirSync(project.folder)).toEqual(['generate.ts', 'prompt.ts', 'task.yaml', 'towns.yaml']);
    const { code, stderr } = await project.run(run, host(server));
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const names = project.rows('output/towns/final_data.jsonl').map(({ name }) => String(name));
    expect(names).toHaveLength(6);
    expect(names.every((name) => name.length <= 6)).toBe(true);
    expect(new Set(names.map((name) => name.charAt(0))).size).toBe(6);
    // Seeds are compared with too.
    expect(names.some((name) => /^[ZK]/.test(name))).toBe(false);
    const rejected = project.rows('output/towns/rejected.jsonl');
    expect(rejected.length).toBeGreaterThan(0);
    expect(rejected[0]).toMatchObject({ block: 'first_letters', reason: 'starts like another' });
    // Attempts ask at once, so any of them may be the first.
    const prompts = askedOf(server).map(({ body }) => (body as { prompt: string }).prompt);
    expect(prompts).toContain('Towns: Zanbor. One more:');
  });

  it('goes on where it was when run again, with a larger quota too, though its results lie in its own folder', async () => {
    await using server = await startFakeServer();
    using project = createTowns();
    await project.run(run, host(server));
    const again = await project.run(run, host(server));
    expect(again.stdout).toContain('already complete, 6 rows, nothing called');
    expect(again.stderr).not.toContain('changed');
    project.write('task.yaml', task.replace('generate: 6', 'generate: 8'));
    const more = await project.run(run, host(server));
    expect(more).toMatchObject({ code: 0, stderr: expect.not.stringContaining('changed') });
    expect(project.rows('output/towns/final_data.jsonl')).toHaveLength(8);
    expect(Math.max(...Object.values(server.counts().answers))).toBe(1);
  });

  it('runs again on recorded answers when one of its files is edited', async () => {
    await using server = await startFakeServer();
    using project = createTowns();
    await project.run(run, host(server));
    const [asked, rows] = [askedOf(server).length, project.read('output/towns/final_data.jsonl')];
    project.write('generate.ts', generate.replace("'no name'", "'not a name'"));
    const { code, stderr } = await project.run(run, host(server));
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining('files.generate.ts changed') });
    expect(project.read('output/towns/final_data.jsonl')).toBe(rows);
    expect(askedOf(server).length).toBe(asked);
  });

  it('is checked without being run', async () => {
    using project = createTowns();
    const checked = await project.run(['validate', '--task-path', 'task.yaml', ...include]);
    expect(checked).toMatchObject({ code: 0, stdout: '1 task, 1 builder: no problems\n', stderr: '' });
    expect(readdirSync(project.folder)).not.toContain('output');
  });

  it('is listed with its task, and so are the blocks that come with dgt', async () => {
    using project = createTowns();
    const list = async (what: string, ...args: string[]) =>
      JSON.parse((await project.run(['list', what, ...args, '--json'])).stdout) as Record<string, unknown>;
    const file = (name: string) => join(project.folder, name);
    expect(await list('builders', '.')).toEqual({
      builders: expect.arrayContaining([
        expect.objectContaining({ name: 'towns', file: file('towns.yaml') }),
      ]) as unknown,
      exit_code: 0,
    });
    expect(await list('builders', ...include)).toMatchObject({
      builders: expect.arrayContaining([expect.objectContaining({ name: 'towns' })]) as unknown,
    });
    expect(await list('tasks', '.')).toEqual({
      tasks: [{ task_name: 'towns', data_builder: 'towns', file: file('task.yaml') }],
      exit_code: 0,
    });
    const { blocks } = (await list('blocks')) as { blocks: { name: string }[] };
    expect(blocks.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['llama_cpp', 'ollama', 'openai', 'rouge_scorer']),
    );
  });
});

/** What a newcomer sees when one of their files is edited like this. */
async function mistake(file: string, edit: (text: string) => string): Promise<string> {
  using project = createTowns();
  const before = project.read(file);
  project.write(file, edit(before));
  expect(project.read(file)).not.toBe(before);
  const { code, stdout, stderr } = await project.run(run);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(readdirSync(project.folder)).not.toContain('output');
  // Every new block of dgt would change the list of those that are known.
  return `\n${stderr.replaceAll(project.folder, '<folder>').replaceAll(/known: \w.*?towns\/shorten\. /g, 'known: <blocks>. ')}`;
}

describe('a mistake of a newcomer', () => {
  it('in the syntax is shown where it is', async () => {
    const shown = await mistake('generate.ts', (text) =>
      text.replace('this.config.letters) }', 'this.config.letters }'),
    );
    expect(shown).toMatchInlineSnapshot(`
      "
      error DGT_BUILDER_LOAD: data builder "towns": generate.ts:14:54 cannot be loaded: Expected ")" but found "}"
        14 |     return { name: name.slice(0, this.config.letters };
           |                                                      ^
      Correct the module; the position named above is in your file.
      "
    `);
  });

  it('in the name of a file that is imported is shown at the import', async () => {
    expect(await mistake('generate.ts', (text) => text.replace('./prompt', './promt'))).toMatchInlineSnapshot(`
      "
      error DGT_BUILDER_LOAD: data builder "towns": generate.ts:4:32 cannot be loaded: Cannot find module 'promt' imported from generate.ts
        4 | import { writePrompt } from './promt';
          |                                ^
      Correct the module; the position named above is in your file.
      "
    `);
  });

  it('such as a package that is not installed comes with the command that installs it', async () => {
    expect(await mistake('prompt.ts', (text) => `import pad from 'left-pad';\n${text.replace("', ')", "pad(', '))")}`))
      .toMatchInlineSnapshot(`
        "
        error DGT_BUILDER_LOAD: data builder "towns": prompt.ts:1:18 cannot be loaded: Cannot find package 'left-pad' imported from prompt.ts; to add it: npm install left-pad
          1 | import pad from 'left-pad';
            |                  ^
        Correct the module; the position named above is in your file.
        "
      `);
  });

  it('such as a class without decorator comes with the decorator to write', async () => {
    const shown = await mistake('generate.ts', (text) => text.replace("@registerDataBuilder('towns')\n", ''));
    expect(shown).toMatchInlineSnapshot(`
      "
      error DGT_NOT_REGISTERED: generate.ts was loaded for data builder "towns" but registered no data builder
      Put @registerDataBuilder('towns') on the class in generate.ts.
      "
    `);
  });

  it('in the name in the decorator is told from a missing decorator', async () => {
    const shown = await mistake('generate.ts', (text) => text.replace("Builder('towns')", "Builder('town')"));
    expect(shown).toMatchInlineSnapshot(`
      "
      error DGT_NOT_REGISTERED: generate.ts was loaded for data builder "towns" but registered "town" (at generate.ts:33)
      Put @registerDataBuilder('towns') on the class in generate.ts.
      "
    `);
  });

  it('such as a block that the YAML does not declare names the block and the file', async () => {
    const entry = '  - name: generator\n    type: ollama\n    model_id_or_path: any\n';
    expect(await mistake('towns.yaml', (text) => text.replace(entry, ''))).toMatchInlineSnapshot(`
      "
      error DGT_CONFIG_INVALID: 1 problem
      towns.yaml:3:1: blocks: data builder "towns" uses a block "generator" that towns.yaml does not declare; declared: shorten, first_letters. Add a block with \`name: generator\` under \`blocks:\` in towns.yaml.
      Correct the lines named above; \`dgt validate --task-path FILE\` checks task files again without running anything.
      "
    `);
  });

  it('in the type of a block comes with the type that was meant', async () => {
    const shown = await mistake('towns.yaml', (text) => text.replace('type: towns/shorten', 'type: towns/shortn'));
    expect(shown).toMatchInlineSnapshot(`
      "
      error DGT_CONFIG_INVALID: 2 problems
      towns.yaml:8:11: blocks[1].type: unknown block "towns/shortn" (did you mean "towns/shorten"?); known: anthropic, azure_openai, contains_seed, exact, field_map, flatten_field, javascript, json_schema, language, length, levenshtein, llama_cpp, llama_cpp_embedding, lm_judge, minhash, noop, ollama, ollama_embedding, openai, openai_embedding, parse_javascript, parse_json, parse_regex, parse_tag, regex, rouge_scorer, sampler, semantic, tool_call_validator, tool_calls, towns/first_letters, towns/shorten, validators/data_leak. Correct the name, or add the folder that declares it with --include-builders.
      towns.yaml:14:5: postprocessors[0].type: unknown block "towns/shortn" (did you mean "towns/shorten"?); known: anthropic, azure_openai, contains_seed, exact, field_map, flatten_field, javascript, json_schema, language, length, levenshtein, llama_cpp, llama_cpp_embedding, lm_judge, minhash, noop, ollama, ollama_embedding, openai, openai_embedding, parse_javascript, parse_json, parse_regex, parse_tag, regex, rouge_scorer, sampler, semantic, tool_call_validator, tool_calls, towns/first_letters, towns/shorten, validators/data_leak. Correct the name, or add the folder that declares it with --include-builders.
      Correct the lines named above; \`dgt validate --task-path FILE\` checks task files again without running anything.
      "
    `);
  });
});

describe('a server that speaks the API of OpenAI', () => {
  const block = (url: string) => `type: openai\n    base_url: ${url}/v1`;

  it('makes the rows by its chat, and --json prints one document', async () => {
    await using server = await startFakeServer({ models: ['any'] });
    using project = createTowns();
    project.write('towns.yaml', builder.replace('type: ollama', block(server.url)));
    const { code, stdout, stderr } = await project.run([...run, '--json']);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const document = JSON.parse(stdout) as { exit_code: number; tasks: Record<string, unknown>[] };
    expect(document).toMatchObject({
      exit_code: 0,
      tasks: [
        {
          task_name: 'towns',
          status: 'complete',
          rows: 6,
          final_data: join(project.folder, 'output/towns/final_data.jsonl'),
          calls: { answered: askedOf(server).length, failed: 0 },
        },
      ],
    });
    const paths = new Set(askedOf(server).map(({ path }) => path));
    expect([...paths]).toEqual(['/v1/chat/completions']);
    const asked = server.requests.find(({ path }) => path === '/v1/chat/completions');
    expect(asked?.body).toMatchObject({ model: 'any', messages: [{ role: 'user' }] });
  });

  it('serves a run whose YAML names another model, by --lm and OPENAI_BASE_URL', async () => {
    await using server = await startFakeServer({ requireKey: 'sk-mine' });
    using project = createTowns();
    const environment = { OPENAI_BASE_URL: `${server.url}/v1`, OPENAI_API_KEY: 'sk-mine' };
    const { code, stderr } = await project.run([...run, '--lm', 'openai:gpt-x'], environment);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(project.rows('output/towns/final_data.jsonl')).toHaveLength(6);
    const models = askedOf(server).map(({ body }) => (body as { model: string }).model);
    expect(new Set(models)).toEqual(new Set(['gpt-x']));
  });
});

describe('the fallback of a block', () => {
  it('makes all rows of a dataset that it began, though the server can be reached later', async () => {
    using project = new TemporaryProject().addGeography();
    const yaml = 'builders/public/test/geography_qa/geography_qa.yaml';
    copyFileSync(join(repository, yaml), join(project.folder, yaml));
    const args = ['run', '--task-path', 'task.yaml', '--num-outputs-to-generate'];
    const first = await project.run([...args, '5'], { OLLAMA_HOST: 'http://127.0.0.1:9' });
    expect({ code: first.code, stderr: first.stderr }).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('using the fallback llama_cpp dgt-geo-micro'),
    });
    const final = 'output/public/test/geography_qa/final_data.jsonl';
    expect(project.rows(final)).toHaveLength(5);
    const before = project.read(final);

    await using server = await startFakeServer();
    const second = await project.run([...args, '12'], host(server));
    expect({ code: second.code, stderr: second.stderr }).toMatchObject({
      code: 0,
      stderr: expect.stringContaining(
        'generator: keeping to the fallback llama_cpp dgt-geo-micro, which made the earlier rows, though ollama mistral-small3.2 can be used now',
      ),
    });
    expect(second.stderr).not.toContain('changed since');
    expect(project.rows(final)).toHaveLength(12);
    expect(project.read(final).startsWith(before)).toBe(true);
    expect(askedOf(server)).toEqual([]);
  });
});

const deferredBuilder = `
name: towns
blocks:
  - name: generator
    type: towns/slow_vendor
`;

/** A vendor that keeps its books in a file and answers whoever comes after the process that asked. */
const slowVendor = `
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LMProvider, Type, registerBlock, type BlockContext, type DeferredClient, type LMRow } from '@dgt/core';

interface Wave { readonly by: number; readonly calls: readonly { readonly id: string; readonly request: any }[] }

@registerBlock('towns/slow_vendor')
export class SlowVendor extends LMProvider {
  static override readonly inputFields = { input: Type.String() };

  override async process({ input }: LMRow, { lane }: BlockContext) {
    const result = await lane.call<string>({
      label: this.name,
      request: { prompt: input as string },
      execute: () => Promise.reject(new Error('this vendor has no live interface')),
      deferred: this.client,
    });
    return { result, addtl: { finish_reason: 'stop' as const } };
  }

  get client(): DeferredClient<string> {
    const books = join(this.services.baseFolder, '.vendor.json');
    const read = () => (existsSync(books) ? JSON.parse(readFileSync(books, 'utf8')) : {}) as Record<string, Wave>;
    return {
      async submit(waveId, calls) {
        writeFileSync(books, JSON.stringify({ ...read(), [waveId]: { by: process.pid, calls } }));
        return \`batch of \${waveId}\`;
      },
      async collect(handle) {
        const { by, calls } = read()[handle.replace('batch of ', '')];
        if (by === process.pid) return { state: 'pending' };
        return { state: 'done', answers: calls.map(({ id, request }) => ({ id, answer: \`<\${request.prompt}>\` })) };
      },
    };
  }
}
`;

const twoSteps = `
import { GenerationDataBuilder, GenerationTask, LMProvider, Type, dataPoint, registerDataBuilder, type Attempt } from '@dgt/core';
import './slow-vendor';

class Town extends dataPoint({ name: Type.String() }) {}
class TownTask extends GenerationTask.of({ input: Town }) {}

@registerDataBuilder('towns')
export class Towns extends GenerationDataBuilder.of({ task: TownTask, blocks: { generator: LMProvider } }) {
  async generate(seeds: readonly Town[], ctx: Attempt<this['blocks']>) {
    const names = await ctx.map(seeds, async ({ name }, lane) => {
      const [draft] = await lane.blocks.generator.run([{ input: \`draft \${name}\` }]).toArray();
      const [town] = await lane.blocks.generator.run([{ input: \`improve \${draft?.result}\` }]).toArray();
      return new Town({ name: town?.result ?? '' });
    });
    return names;
  }
}
`;

describe('calls that are answered after the process has ended', () => {
  it('bring a builder of two steps forward by one step a run', async () => {
    using project = createTowns()
      .write('task.yaml', task.replace('generate: 6', 'generate: 2'))
      .write('towns.yaml', deferredBuilder)
      .write('slow-vendor.ts', slowVendor)
      .write('generate.ts', twoSteps);
    const waves = () =>
      Object.values(JSON.parse(project.read('.vendor.json')) as Record<string, { calls: { request: unknown }[] }>).map(
        ({ calls }) => calls.map(({ request }) => request),
      );
    const drafts = [{ prompt: 'draft Zanbor' }, { prompt: 'draft Kalen' }];
    const improved = [{ prompt: 'improve <draft Zanbor>' }, { prompt: 'improve <draft Kalen>' }];

    const first = await project.run(run);
    expect({ code: first.code, stderr: first.stderr }).toMatchObject({ code: 75 });
    expect(first.stdout).toContain('2 deferred calls are not answered yet');
    expect(waves()).toEqual([drafts]);

    const second = await project.run(run);
    expect({ code: second.code, stderr: second.stderr }).toMatchObject({ code: 75 });
    expect(waves()).toEqual([drafts, improved]);

    const third = await project.run(run);
    expect({ code: third.code, stderr: third.stderr }).toMatchObject({ code: 0 });
    expect(waves()).toHaveLength(2);
    expect(project.rows('output/towns/final_data.jsonl').map(({ name }) => name)).toEqual([
      '<improve <draft Zanbor>>',
      '<improve <draft Kalen>>',
    ]);
  });
});
