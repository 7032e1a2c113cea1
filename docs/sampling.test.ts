import * as sampling from '@dgt/blocks/sampling';
import { createRandom, createScriptServices, type Random } from '@dgt/core';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { findExamples, readDocument } from './documents.js';

const page = readDocument('docs/sampling.md');
const textOf = (title: string) => findExamples(page).find((example) => example.title === title)?.text ?? '';

/** Runs a script whose only import is of the samplers, and gives what it prints and what its last expression is. */
async function run(script: string, last = 'undefined') {
  const lines: string[] = [];
  const body = `${script.replace(/^import .*$/m, '')}\nreturn ${last};`;
  const [names, values] = [Object.keys(sampling), Object.values(sampling)];
  const execute = new Function(...names, 'console', `return (async () => { ${body} })()`) as (
    ...values: unknown[]
  ) => Promise<unknown>;
  const print = (...values: unknown[]) => lines.push(values.join(' '));
  return {
    result: await execute(...values, { log: print }),
    lines,
  };
}

interface Plan {
  readonly level: string;
  readonly words: number;
  readonly asked: string;
  readonly answered: string;
}

describe('the page on sampling', () => {
  it('shows a block whose rows keep to what it says', async () => {
    const sampler = new sampling.Sampler(
      parse(textOf('sampler.yaml')) as sampling.SamplerConfig,
      createScriptServices(),
    );
    const rows = await sampler.run(Array.from({ length: 200 }, () => ({}))).toArray();
    for (const { level, words, asked, answered } of rows as unknown as Plan[]) {
      expect(level === 'easy' ? words >= 10 && words <= 20 : words >= 30 && words <= 60).toBe(true);
      expect(asked <= answered).toBe(true);
    }
    expect(new Set(rows.map((row) => (row as { topic?: string }).topic)).size).toBe(3);
  });

  it('shows a script that prints what it says', async () => {
    const script = textOf('alone.ts');
    const said = [...script.matchAll(/^\/\/ (.*)$/gm)].map(([, line]) => line);
    expect(said).toHaveLength(3);
    expect((await run(script)).lines).toEqual(said);
  });

  it('shows functions that draw', async () => {
    const { result } = await run(textOf('functions.ts'), 'plan');
    const plan = result as (random: Random) => Record<string, unknown>;
    expect(plan(createRandom('a'))).toEqual(plan(createRandom('a')));
    expect(plan(createRandom('b'))).toMatchObject({
      level: expect.stringMatching(/easy|hard/) as string,
      day: expect.stringMatching(/^\d+ [A-Z]\w+ 2024$/) as string,
    });
  });

  it('names every kind and every option that one takes', async () => {
    const { fieldKinds } = await import('../packages/blocks/src/sampling/sampler-plan.js');
    for (const [name, { schema }] of Object.entries(fieldKinds)) {
      const row = page.split('\n').find((line) => line.startsWith(`| \`${name}\` |`));
      for (const option of Object.keys(schema.properties)) expect(row).toMatch(new RegExp(`\`${option}[:\`]`));
    }
    for (const option of Object.keys(sampling.Sampler.configFields)) expect(page).toContain(option);
  });
});
