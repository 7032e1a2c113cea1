import { describe, expect, it } from 'vitest';
import { describeProblemsOf, ProjectFolder, validBuilder, validTask } from './__fixtures__/project.js';

const load = async (builder: string, options: Parameters<ProjectFolder['load']>[0] = {}) => {
  await using folder = await ProjectFolder.write({
    'tasks/task.yaml': validTask,
    'builders/pairs/pairs.yaml': builder,
    'builders/pairs/generate.ts': '',
  });
  return await folder.load(options);
};

it('lists every problem of a builder file at once, each with its place', async () => {
  const builder = `name: pairs
stile: plain
blocks:
  - name: generator
    type: ollama
    model_id_or_paht: m
    temperature: -1
  - name: dedup
    type: rouge_scorr
  - name: shout
    type: shout
    volume: medium
  - name: shout
    type: shout
  - type: shout
postprocessors:
  - name: dedupe
  - name: shout
    volum: low
metadata: 1.0
`;
  expect(await describeProblemsOf({ builder })).toMatchInlineSnapshot(`
    "builders/pairs/pairs.yaml:2:1: unknown key "stile" (did you mean "style"?)
    builders/pairs/pairs.yaml:6:5: blocks[0]: unknown key "model_id_or_paht" (did you mean "model_id_or_path"?)
    builders/pairs/pairs.yaml:7:18: blocks[0].temperature: expected a number >= 0, got -1
    builders/pairs/pairs.yaml:9:11: blocks[1].type: unknown block "rouge_scorr" (did you mean "rouge_scorer"?); known: ollama, openai, rouge_scorer, shout. Correct the name, or add the folder that declares it with --include-builders.
    builders/pairs/pairs.yaml:12:13: blocks[2].volume: expected "low" or "high", got "medium"
    builders/pairs/pairs.yaml:13:11: blocks[3].name: the block "shout" is declared twice, first in line 10
    builders/pairs/pairs.yaml:15:5: blocks[4]: missing "name"
    builders/pairs/pairs.yaml:17:11: postprocessors[0].name: no block "dedupe" is declared under blocks: (did you mean "dedup"?)
    builders/pairs/pairs.yaml:19:5: postprocessors[1]: unknown key "volum" (did you mean "volume"?)
    builders/pairs/pairs.yaml:20:11: metadata: expected an object, got 1"
  `);
});

it('refuses a builder without a block that its class uses, or with one of another family', async () => {
  expect(await describeProblemsOf({ builder: 'name: pairs\n' })).toMatchInlineSnapshot(
    `"builders/pairs/pairs.yaml:1:1: blocks: data builder "pairs" uses a block "generator" that builders/pairs/pairs.yaml does not declare; declared: none. Add a block with \`name: generator\` under \`blocks:\` in builders/pairs/pairs.yaml."`,
  );
  const builder = 'name: pairs\nblocks:\n  - name: generator\n    type: shout\n';
  expect(await describeProblemsOf({ builder })).toMatchInlineSnapshot(
    `"builders/pairs/pairs.yaml:4:11: blocks[0].type: data builder "pairs" expects its block "generator" to extend LMProvider; builders/pairs/pairs.yaml declares type "shout". Change \`type:\` of the block "generator" to one that extends LMProvider; \`dgt list blocks\` shows what there is."`,
  );
});

it('says one thing of an entry that is wrong in one way', async () => {
  const noType = 'name: pairs\nblocks:\n  - name: generator\n    model_id_or_path: m\n';
  expect(await describeProblemsOf({ builder: noType })).toBe(
    'builders/pairs/pairs.yaml:3:5: blocks[0]: missing "type"',
  );
  const otherFamily = validBuilder.replace('ollama', 'shout');
  expect((await describeProblemsOf({ builder: otherFamily })).split('\n')).toHaveLength(1);
});

it('follows the maps of blocks, and says which way round an input map goes', async () => {
  const builder = `${validBuilder}  - name: dedup
    type: rouge_scorer
    input_map:
      input: question
  - name: other
    type: rouge_scorer
    input_map:
      question: inptu
      answer[: input
    output_map:
      valid: a..b
  - name: third
    type: rouge_scorer
    input_map:
      question: input
      answer: input
`;
  expect(await describeProblemsOf({ builder })).toMatchInlineSnapshot(`
    "builders/pairs/pairs.yaml:9:14: blocks[1].input_map.input: leads "input" to "question", which is no field of the block; it reads: input. It is the wrong way round: write \`question: input\`.
    builders/pairs/pairs.yaml:13:17: blocks[2].input_map.question: leads "question" to "inptu", which is no field of the block (did you mean "input"?); it reads: input. An entry of input_map is \`path in your row: field of the block\`.
    builders/pairs/pairs.yaml:14:16: blocks[2].input_map["answer["]: path "answer[": cannot be read from "[" on. Write it as keys joined by dots, with [0], [1:], [:2] to read from a list and [+] to append to one.
    builders/pairs/pairs.yaml:16:14: blocks[2].output_map.valid: path "a..b": cannot be read from "..b" on. Write it as keys joined by dots, with [0], [1:], [:2] to read from a list and [+] to append to one.
    builders/pairs/pairs.yaml:20:7: blocks[3].input_map: gives the field "input" two places: "question" and "answer". An entry of input_map is \`path in your row: field of the block\`."
  `);
});

it('compares what postprocessors read with what the builder makes', async () => {
  const dedup = (lines: string) =>
    describeProblemsOf({
      builder: `${validBuilder}  - name: dedup\n    type: rouge_scorer\n${lines}postprocessors:\n  - name: dedup\n`,
    });
  expect(await dedup('')).toMatchInlineSnapshot(
    `"builders/pairs/pairs.yaml:9:1: block "dedup" needs the field "input" and the row has none at "input"; the row has: question, answer, task_name, is_seed. Add an input_map entry that says where the row keeps it: \`input_map: { <path in your row>: input }\`."`,
  );
  expect(await dedup('    input_map: {qestion: input}\n')).toMatchInlineSnapshot(
    `"builders/pairs/pairs.yaml:10:1: block "dedup" needs the field "input" and the row has none at "qestion"; the row has: question, answer, task_name, is_seed (did you mean "question"?). Add an input_map entry that says where the row keeps it: \`input_map: { <path in your row>: input }\`."`,
  );
  const { builders } = await load(
    `${validBuilder}  - {name: shout, type: shout}
  - name: dedup
    type: rouge_scorer
    input_map: {what_shout_adds: input}
postprocessors: [{name: shout}, {name: dedup}]
`,
  );
  expect(builders[0]?.postprocessors).toHaveLength(2);
});

it("lays a postprocessor's own keys over the entry of its block", async () => {
  const { builders } = await load(`${validBuilder}    max_tokens: 5
  - name: dedup
    type: rouge_scorer
    input_map: {question: input}
postprocessors:
  - name: dedup
  - name: dedup
    threshold: 0.8
metadata:
  version: 1.0
style: plain
`);
  expect(builders[0]?.postprocessors.map(({ config, place }) => ({ config, line: place.line }))).toEqual([
    { config: { name: 'dedup', type: 'rouge_scorer', input_map: { question: 'input' } }, line: 11 },
    { config: { name: 'dedup', type: 'rouge_scorer', input_map: { question: 'input' }, threshold: 0.8 }, line: 12 },
  ]);
  expect(builders[0]).toMatchObject({ metadata: { version: 1 }, options: { style: 'plain' } });
});

it('refuses a name that two builders carry, naming both files', async () => {
  const files = { 'builders/twin/twin.yaml': validBuilder, 'builders/twin/generate.mts': '' };
  expect(await describeProblemsOf({ files })).toMatchInlineSnapshot(
    `"builders/twin/twin.yaml:1:7: name: a data builder "pairs" is also declared by builders/pairs/pairs.yaml. Rename one of them, or leave out the folder of one."`,
  );
});

it('shares entries of a mapping through anchors and <<', async () => {
  const { builders } = await load(`name: pairs
blocks:
  - &model
    name: generator
    type: ollama
    model_id_or_path: m
    temperature: 0.5
  - <<: *model
    name: judge
    temperature: 0
`);
  expect(builders[0]?.blocks[1]?.config).toEqual({
    name: 'judge',
    type: 'ollama',
    model_id_or_path: 'm',
    temperature: 0,
  });
});

describe('--lm', () => {
  const builder = `name: pairs
blocks:
  - name: generator
    type: openai
    model_id_or_path: gpt
    base_url: https://example.org
    api_key: \${env:NO_SUCH_KEY}
    temperature: 0.5
    fallback: {type: ollama}
  - name: shout
    type: shout
postprocessors:
  - name: generator
    max_tokens: 9
`;

  it('replaces the model of every model block, keeps its parameters and needs no key of the other provider', async () => {
    const { builders } = await load(builder, { lm: 'ollama:mistral:7b' });
    expect(builders[0]?.blocks.map(({ config }) => config)).toEqual([
      { name: 'generator', type: 'ollama', model_id_or_path: 'mistral:7b', temperature: 0.5 },
      { name: 'shout', type: 'shout' },
    ]);
    expect(builders[0]?.postprocessors[0]?.config).toEqual({
      name: 'generator',
      type: 'ollama',
      model_id_or_path: 'mistral:7b',
      temperature: 0.5,
      max_tokens: 9,
    });
  });

  it('keeps the endpoint of a block of the same type', async () => {
    const { builders } = await load(builder, { lm: 'openai:other', environment: { NO_SUCH_KEY: 'sk-1234' } });
    expect(builders[0]?.blocks[0]?.config).toEqual({
      name: 'generator',
      type: 'openai',
      model_id_or_path: 'other',
      base_url: 'https://example.org',
      api_key: 'sk-1234',
      temperature: 0.5,
    });
  });

  it('drops parameters that the other provider does not have', async () => {
    const { builders } = await load(`${validBuilder}    num_ctx: 100\n`, { lm: 'openai:other' });
    expect(builders[0]?.blocks[0]?.config).toEqual({ name: 'generator', type: 'openai', model_id_or_path: 'other' });
  });

  it('replaces a type that is not known here', async () => {
    const { builders } = await load(validBuilder.replace('ollama', 'watsonx'), { lm: 'ollama:m' });
    expect(builders[0]?.blocks[0]?.type).toBe('ollama');
  });

  it.each([
    ['ollama', '--lm: expected TYPE:MODEL such as ollama:mistral-small3.2, got "ollama"'],
    ['olama:m', '--lm: unknown block "olama" (did you mean "ollama"?); known: ollama, openai, rouge_scorer, shout'],
    ['shout:m', '--lm: expected the type of a model block, got "shout"'],
  ])('refuses %j', async (lm, message) => {
    expect(await describeProblemsOf({}, { lm })).toBe(message);
  });
});
