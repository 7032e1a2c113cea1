import { blocks, EmbeddingProvider, innerBlock, Type, ValidatorBlock, type BlockClass } from '@dgt/core';
import { expect, it } from 'vitest';
import { describeProblemsOf, ProjectFolder, validBuilder, validTask } from './__fixtures__/project.js';

class Judge extends ValidatorBlock.of({
  config: {
    lm_config: Type.Optional(innerBlock('language model')),
    embedder: Type.Optional(innerBlock('embedding model')),
  },
}) {
  override validate() {
    return true;
  }
}
class Embedder extends EmbeddingProvider {
  static override readonly configFields = { model: Type.String() };
  override process(): never {
    throw new Error('embeds nothing');
  }
}
blocks.add('inner-judge', Judge as unknown as BlockClass, 'the test');
blocks.add('inner-embedder', Embedder as unknown as BlockClass, 'the test');

const withJudge = (lines: string) => `${validBuilder}  - name: judge\n    type: inner-judge\n${lines}`;
const openaiJudge = withJudge(`    lm_config:
      type: openai
      model_id_or_path: gpt
      api_key: \${env:JUDGE_KEY}
      temperature: 0
`);

async function loadJudge(builder: string, lm?: string): Promise<unknown> {
  await using folder = await ProjectFolder.write({
    'tasks/task.yaml': validTask,
    'builders/pairs/pairs.yaml': builder,
    'builders/pairs/generate.ts': '',
  });
  const { builders } = await folder.load({ lm, environment: lm === undefined ? { JUDGE_KEY: 'sk-1234' } : {} });
  return builders[0]?.blocks[1]?.config['lm_config'];
}

it('checks the model of a judge against the type that it names', async () => {
  expect(await loadJudge(openaiJudge)).toEqual({
    type: 'openai',
    model_id_or_path: 'gpt',
    api_key: 'sk-1234',
    temperature: 0,
  });
  expect(
    await describeProblemsOf({ builder: withJudge('    lm_config: { type: openai, temprature: 1, api_key: 5 }\n') }),
  ).toMatchInlineSnapshot(`
    "builders/pairs/pairs.yaml:8:5: blocks[1].lm_config: missing "model_id_or_path"
    builders/pairs/pairs.yaml:8:32: blocks[1].lm_config: unknown key "temprature" (did you mean "temperature"?)
    builders/pairs/pairs.yaml:8:56: blocks[1].lm_config.api_key: expected a string, got 5"
  `);
});

it('says that the type of a model is unknown, of DGT, or no model', async () => {
  const describeType = (type: string) =>
    describeProblemsOf({ builder: withJudge(`    lm_config: { type: ${type} }\n`) });
  expect(await describeType('opnai')).toMatchInlineSnapshot(
    `"builders/pairs/pairs.yaml:8:24: blocks[1].lm_config.type: unknown block "opnai" (did you mean "openai"?); known: inner-embedder, inner-judge, ollama, openai, rouge_scorer, shout. Correct the name, or add the folder that declares it with --include-builders."`,
  );
  expect(await describeType('vllm-remote')).toMatchInlineSnapshot(
    `"builders/pairs/pairs.yaml:8:24: blocks[1].lm_config.type: the block type "vllm-remote" is of the Python DGT. Write \`type: openai\`, with \`base_url\` of the vLLM server."`,
  );
  expect(await describeType('rouge_scorer')).toMatchInlineSnapshot(
    `"builders/pairs/pairs.yaml:8:24: blocks[1].lm_config.type: expected the type of a block that is a language model, got "rouge_scorer""`,
  );
  expect(await describeType('[ollama]')).toMatchInlineSnapshot(
    `"builders/pairs/pairs.yaml:8:24: blocks[1].lm_config.type: expected a string, got a list of 1"`,
  );
  expect(
    await describeProblemsOf({ builder: withJudge('    embedder: { type: ollama, model_id_or_path: m }\n') }),
  ).toMatchInlineSnapshot(
    `"builders/pairs/pairs.yaml:8:23: blocks[1].embedder.type: expected the type of a block that is an embedding model, got "ollama""`,
  );
  expect(
    await describeProblemsOf({ builder: withJudge('    embedder: { type: inner-embedder }\n') }),
  ).toMatchInlineSnapshot(`"builders/pairs/pairs.yaml:8:5: blocks[1].embedder: missing "model""`);
});

it('replaces the language model of a judge with --lm, without asking for the key of the one that it replaces', async () => {
  expect(await loadJudge(openaiJudge, 'ollama:small')).toEqual({
    type: 'ollama',
    model_id_or_path: 'small',
    temperature: 0,
  });
});

it('leaves a judge without a model of its own, and an embedding model, as they are with --lm', async () => {
  expect(
    await loadJudge(withJudge('    embedder: { type: inner-embedder, model: m }\n'), 'ollama:small'),
  ).toBeUndefined();
});

it("checks what a postprocessor changes of a judge's model where it says it", async () => {
  const builder = `${openaiJudge.replace('${env:JUDGE_KEY}', 'k')}postprocessors:
  - name: judge
    lm_config:
      type: ollama
      model_id_or_path: m
      api_key: k
`;
  expect(await describeProblemsOf({ builder })).toMatchInlineSnapshot(
    `"builders/pairs/pairs.yaml:18:7: postprocessors[0].lm_config: unknown key "api_key"; known: name, type, input_map, output_map, model_id_or_path, temperature, max_tokens, fallback, base_url, num_ctx"`,
  );
});
