import { ProviderError, type LMAnswer, type LMChoice, type LMRequest, type Note, type Rejection } from '@dgt/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readShape } from './answer-shape.js';
import { askInShape, type ShapedAnswer } from './ask-in-shape.js';

const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], title: 'capital' };
const shape = readShape(schema, 'generator');
const lima = '{"city": "Lima"}';

type Said = string | (Partial<LMChoice> & { readonly text: string });

const request: LMRequest = {
  version: 2,
  provider: 'stub',
  model: 'm',
  method: 'chat_completion',
  input: [{ role: 'user', content: 'Capital of Peru?' }],
  parameters: {},
};

/** Asks a model that says one thing after the other; a list is the choices of one answer. */
async function ask(
  script: readonly (Said | readonly Said[] | Error)[],
  options: Partial<LMRequest> & { maxReasks?: number } = {},
) {
  const { maxReasks = 2, ...more } = options;
  const requests: LMRequest[] = [];
  const notes: Note[] = [];
  const rejections: Rejection[] = [];
  const outcome = await askInShape(
    { ...request, ...more },
    {
      block: 'generator',
      shape,
      maxReasks,
      lane: { note: (note) => void notes.push(note), reject: (rejection) => void rejections.push(rejection) },
      ask: (asked): Promise<LMAnswer> => {
        const said = script[requests.push(asked) - 1] ?? 'the script is over';
        if (said instanceof Error) return Promise.reject(said);
        const choices = [said].flat().map((one) => finish(one));
        return Promise.resolve({ choices, usage: { prompt_tokens: 10, completion_tokens: 1 } });
      },
    },
  ).catch((error: unknown) => error as ProviderError);
  const counts = notes.map(({ counter, cause }) => `${counter}.${cause}`);
  return { outcome, requests, counts, rejections, values: (outcome as ShapedAnswer).values };
}

function finish(said: Said): LMChoice {
  return typeof said === 'string' ? { text: said, finish_reason: 'stop' } : { finish_reason: 'stop', ...said };
}

describe('asking in a shape', () => {
  it('takes what fits at once, and counts nothing', async () => {
    const { outcome, values, counts } = await ask([lima]);
    expect(outcome).toMatchObject({ answer: { choices: [{ text: lima, finish_reason: 'stop' }] } });
    expect(values).toEqual([{ city: 'Lima' }]);
    expect(counts).toEqual([]);
  });

  it('gives the text of the JSON alone, and counts what it took to find it', async () => {
    const { outcome, counts } = await ask([`Sure:\n\`\`\`json\n${lima}\n\`\`\``]);
    expect(outcome).toMatchObject({ answer: { choices: [{ text: lima }] } });
    expect(counts).toEqual(['answers_repaired.fence']);
  });

  it('asks again with the answer and what is wrong with it', async () => {
    const { values, requests, counts, outcome } = await ask(['Lima.', '{"city": 7}', lima]);
    expect(values).toEqual([{ city: 'Lima' }]);
    expect(requests.map(({ input }) => input)).toEqual([
      request.input,
      [
        ...request.input,
        { role: 'assistant', content: 'Lima.' },
        { role: 'user', content: expect.stringContaining('cannot be used: the text holds no JSON.') as string },
      ],
      [
        ...request.input,
        { role: 'assistant', content: '{"city": 7}' },
        { role: 'user', content: expect.stringContaining('city: expected a string, got 7') as string },
      ],
    ]);
    expect(counts).toEqual(['answers_reasked.not_json', 'answers_reasked.invalid']);
    expect((outcome as ShapedAnswer).answer.usage).toEqual({ prompt_tokens: 30, completion_tokens: 3 });
  });

  it('puts the same at the end of a prompt', async () => {
    const { requests } = await ask(['Lima.', lima], { method: 'completion', input: 'Capital of Peru?' });
    expect(requests[1]?.input).toMatch(/^Capital of Peru\?\n\nLima\.\n\nThis answer cannot be used: /);
  });

  it('does not answer in the name of a model that said nothing', async () => {
    const { requests } = await ask([' ', lima]);
    expect(requests[1]?.input).toEqual([
      {
        role: 'user',
        content: expect.stringMatching(
          /^Capital of Peru\?\n\nThis answer cannot be used: the answer is empty/,
        ) as string,
      },
    ]);
  });

  it('gives up after the last time, saying what was seen', async () => {
    const { outcome, requests, counts } = await ask(['Lima.', 'Lima!', 'Lima?']);
    expect(requests).toHaveLength(3);
    expect(outcome).toMatchObject({ code: 'DGT_ANSWER_SHAPE', failure: 'permanent' });
    expect((outcome as Error).message).toBe(
      'block "generator" got no capital from the model in 3 calls: the text holds no JSON; it answered "Lima?"',
    );
    expect(counts).toEqual(['answers_reasked.not_json', 'answers_reasked.not_json', 'answers_unusable.not_json']);
    expect((await ask(['Lima.'], { maxReasks: 0 })).requests).toHaveLength(1);
  });

  it('closes no bracket of an answer that max_tokens cut off', async () => {
    const cut = { text: '{"city": "Lima"', finish_reason: 'length' as const };
    expect((await ask([cut, lima])).counts).toEqual(['answers_reasked.incomplete']);
    expect((await ask([{ ...cut, finish_reason: 'stop' }])).counts).toEqual(['answers_repaired.syntax']);
  });

  it('reads what stands before a stop string, and does not look for it in what was mended', async () => {
    const { outcome } = await ask(['{"city": "Lima"} END {"city": "La Paz"}'], { parameters: { stop: ['END'] } });
    expect(outcome).toMatchObject({ values: [{ city: 'Lima' }], answer: { choices: [{ finish_reason: 'stop' }] } });
  });

  it('leaves calls of tools alone', async () => {
    const call = { id: '1', name: 'find', arguments: '{}' };
    const { outcome, values } = await ask([{ text: '', finish_reason: 'tool_calls', tool_calls: [call] }]);
    expect(outcome).toMatchObject({ answer: { choices: [{ tool_calls: [call] }] } });
    expect(values).toEqual([undefined]);
  });

  it('asks for each choice again by itself, one answer at a time', async () => {
    const { values, requests } = await ask([[lima, 'no', 'never'], '{"city": "Quito"}', '{"city": "Rome"}'], {
      parameters: { n: 3, temperature: 1 },
    });
    expect(values).toEqual([{ city: 'Lima' }, { city: 'Quito' }, { city: 'Rome' }]);
    expect(requests.map(({ parameters }) => parameters)).toEqual([
      { n: 3, temperature: 1 },
      { temperature: 1 },
      { temperature: 1 },
    ]);
  });

  it('leaves a choice out that stays unusable, as long as there is another', async () => {
    const { values, rejections, counts } = await ask([[lima, 'no']], { parameters: { n: 2 }, maxReasks: 0 });
    expect(values).toEqual([{ city: 'Lima' }]);
    expect(rejections).toMatchObject([
      { block: 'generator', reason: expect.stringContaining('it answered "no"') as string },
    ]);
    expect(counts).toEqual(['answers_unusable.not_json']);
  });

  it('blames the answer, not the prompt that became too long by asking again', async () => {
    const tooLong = new ProviderError('DGT_PROMPT_TOO_LONG', 'permanent', { tokens: 9, model: 'm', limit: 8 });
    expect((await ask(['Lima.', tooLong, tooLong])).outcome).toMatchObject({ code: 'DGT_ANSWER_SHAPE' });
    const down = new ProviderError('DGT_ENDPOINT_DOWN', 'down', {});
    expect((await ask(['Lima.', down])).outcome).toBe(down);
  });

  it('gives nothing that does not fit, whatever the model says', async () => {
    const said = fc.oneof(
      fc.string(),
      fc.json(),
      fc.constantFrom(lima, `\`\`\`\n${lima}`, '{"city": 1}', "{'city': 'x'}"),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(said, { minLength: 3, maxLength: 3 }), async (script) => {
        const { outcome, values } = await ask(script);
        if (outcome instanceof Error) expect(outcome).toMatchObject({ code: 'DGT_ANSWER_SHAPE' });
        else for (const value of values) expect(shape.check?.(value)).toEqual([]);
      }),
    );
  });
});
