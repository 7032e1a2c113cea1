import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blocks, createScriptLane, createScriptServices, dataPoint, Type, type BlockServices } from '@dgt/core';
import { expect, it } from 'vitest';
import { geographyPrompt, parsePair } from './__fixtures__/geography-prompt.js';
import { LlamaCpp } from './llama-cpp.js';
import { findModelFile } from './model-files.js';

function listeningServices(): { services: BlockServices; lines: string[]; shared: string[] } {
  const lines: string[] = [];
  const shared: string[] = [];
  const services = createScriptServices();
  const made = new Set<string>();
  return {
    lines,
    shared,
    services: {
      ...services,
      log: { write: (level, message) => void lines.push(`${level}: ${message}`) },
      share: <T>(key: string, make: () => T): T => {
        if (key.startsWith('llama_cpp/model') && !made.has(key)) shared.push(key);
        made.add(key);
        return services.share(key, make);
      },
    },
  };
}

function rows(count: number, gen_kwargs: Record<string, unknown> = {}) {
  return Array.from({ length: count }, (_, id) => ({ id, input: geographyPrompt(id), gen_kwargs }));
}

it('is registered as llama_cpp', () => {
  expect(blocks.find('llama_cpp')).toBe(LlamaCpp);
});

it('answers rows in their order, the same in every run with the same random seed', async () => {
  const runOnce = async (randomSeed: number) => {
    const block = new LlamaCpp({ model_id_or_path: 'dgt-geo-micro', top_k: 40 }, listeningServices().services);
    const answers = await block.run(rows(6), { lane: createScriptLane({ randomSeed }) }).toArray();
    await block.close();
    return answers;
  };
  const first = await runOnce(1);
  expect(first.map(({ id }) => id)).toEqual([0, 1, 2, 3, 4, 5]);
  expect(first.filter(({ result }) => parsePair(result)).length).toBeGreaterThanOrEqual(5);
  expect(await runOnce(1)).toEqual(first);
  expect(await runOnce(2)).not.toEqual(first);
});

it('says once what the bundled model is, and warns of temperature 0', async () => {
  const { services, lines } = listeningServices();
  const block = new LlamaCpp({ model_id_or_path: 'dgt-geo-micro', max_tokens: 2 }, services);
  await block.run(rows(3)).toArray();
  expect(lines).toEqual([expect.stringMatching(/^info: dgt-geo-micro .* geography question-answer pairs, about 96 %/)]);
  await block.run(rows(2, { temperature: 0, max_tokens: 16 })).toArray();
  await block.close();
  expect(lines.slice(1)).toEqual([expect.stringMatching(/^warning: dgt-geo-micro at temperature 0/)]);
});

it('gives typed values in the shape of a data point, which its grammar holds it to', async () => {
  class Pair extends dataPoint({
    question: Type.String({ maxLength: 40 }),
    level: Type.Union([Type.Literal('easy'), Type.Literal('hard')]),
  }) {}
  const { services } = listeningServices();
  const block = new LlamaCpp({ model_id_or_path: 'dgt-geo-micro', max_tokens: 200, max_reasks: 0 }, services);
  const results = await block.run(rows(4), { response_format: Pair }).toArray();
  await block.close();
  expect(results).toHaveLength(4);
  for (const { result } of results) expect(new Pair(result)).toMatchObject(result);
});

it('shares one copy of a model among blocks, until the last is closed', async () => {
  const { services, shared } = listeningServices();
  const config = { model_id_or_path: 'dgt-geo-micro', max_tokens: 4 };
  const first = new LlamaCpp({ ...config, name: 'first' }, services);
  const second = new LlamaCpp({ ...config, name: 'second', temperature: 1 }, services);
  await first.run(rows(2)).toArray();
  await second.run(rows(2)).toArray();
  expect(shared).toHaveLength(1);
  await first.close();
  expect(await second.run(rows(2)).toArray()).toHaveLength(2);
  await second.close();
});

it('does not count the way of computing as part of what defines the rows', () => {
  const define = (config: object) => new LlamaCpp({ model_id_or_path: 'dgt-geo-micro', ...config }).definition;
  expect(define({ threads: 2, sequences: 3, gpu: true, reproducible: false })).toEqual(define({}));
  expect(define({ temperature: 0.5 })).not.toEqual(define({}));
});

it('ends with what llama.cpp says of a file that was cut off', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dgt-llama-cpp-'));
  const whole = readFileSync(findModelFile('dgt-geo-micro', folder).path);
  writeFileSync(join(folder, 'broken.gguf'), whole.subarray(0, 5_000_000));
  const { services } = listeningServices();
  const block = new LlamaCpp({ model_id_or_path: 'broken.gguf' }, { ...services, baseFolder: folder });
  await expect(block.run(rows(1)).toArray()).rejects.toMatchObject({
    code: 'DGT_MODEL_FILE_INVALID',
    message: expect.stringContaining('model is corrupted or incomplete') as string,
  });
  await block.close();
  rmSync(folder, { recursive: true });
});

it('gives several answers under one call, each with a seed of its own', async () => {
  const block = new LlamaCpp({ model_id_or_path: 'dgt-geo-micro', top_k: 40 }, listeningServices().services);
  const ask = async () => {
    const lane = createScriptLane({ randomSeed: 3 });
    return (await block.run([{ input: geographyPrompt(1), gen_kwargs: { n: 4 } }], { lane }).toArray())[0];
  };
  const first = await ask();
  expect(first?.result).toHaveLength(4);
  expect(new Set(first?.result).size).toBeGreaterThan(1);
  expect(first?.addtl.choices).toHaveLength(4);
  expect(await ask()).toEqual(first);
  await block.close();
});

it('documents tools to the model, and refuses a choice that it cannot hold to', async () => {
  const { services } = listeningServices();
  const tools = [{ type: 'function', function: { name: 'area', parameters: { type: 'object' } } }] as const;
  const block = new LlamaCpp({ model_id_or_path: 'dgt-geo-micro', max_tokens: 20 }, services);
  const input = [{ role: 'user', content: geographyPrompt(1) }] as const;
  const [plain, withTools] = await block.run([{ input }, { input, tools }]).toArray();
  const tokensOf = (row: typeof plain) => row?.addtl.prompt_tokens ?? 0;
  expect(tokensOf(withTools)).toBeGreaterThan(tokensOf(plain));
  const rows = [{ input, tools, tool_choice: 'required' as const }];
  const [refused] = await block.run(rows, { failures: 'yield' }).toArray();
  expect(refused).toMatchObject({ error: { code: 'DGT_PARAMETER_UNSUPPORTED' } });
  await block.close();
  expect(() => new LlamaCpp({ model_id_or_path: 'dgt-geo-micro', logprobs: 1 }, services)).toThrow('"logprobs"');
});

it('holds answers to a grammar, and says what is wrong with one', async () => {
  const block = new LlamaCpp({ model_id_or_path: 'dgt-geo-micro' }, listeningServices().services);
  const ask = (guided_grammar: string) =>
    block.run([{ input: geographyPrompt(1), gen_kwargs: { guided_grammar } }]).toArray();
  const [row] = await ask('root ::= "Paris" | "Lima"');
  expect(['Paris', 'Lima']).toContain(row?.result);
  await expect(ask('root ::= (')).rejects.toThrow('guided_grammar: llama.cpp cannot read it');
  await block.close();
});
