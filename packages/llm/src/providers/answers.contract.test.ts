import type { ProviderError, Tool } from '@dgt/core';
import { startFakeServer, type FakeServer, type FakeServerOptions } from '@dgt/testkit/fake-server';
import { describe, expect, it } from 'vitest';
import { createBlock, createLane, runRows, subjects, type Config } from './__fixtures__/subjects.js';

const area: Tool = {
  type: 'function',
  function: {
    name: 'area',
    description: 'The area of a country',
    parameters: { type: 'object', properties: { of: { type: 'string' } }, required: ['of'] },
  },
};
const question = [{ role: 'user', content: 'How large is France?' }] as const;
const call = { name: 'area', arguments: { of: 'France' } };
const image = 'data:image/png;base64,iVBORw0KGgo=';

const addtlOf = (row: object | undefined) => (row as unknown as { addtl: Config }).addtl;

describe.each(subjects)('what $name answers', (subject) => {
  const create = (server: FakeServer, config: Config = {}) => createBlock(subject, server, config);
  const run = (rows: Parameters<typeof runRows>[1], config: Config = {}, options: FakeServerOptions = {}) =>
    runRows(subject, rows, config, options);
  const bodyOf = ({ requests }: { requests: readonly { readonly body: unknown }[] }, index = 0) =>
    requests[index]?.body as Config;

  it('calls tools, with the arguments as an object', async () => {
    const answer = () => ({ toolCalls: [call] });
    const ran = await run([{ input: question, tools: [area] }], {}, { answer });
    const toolCall = { id: expect.any(String) as string, type: 'function', function: call };
    expect(ran.results[0]).toMatchObject({
      result: { role: 'assistant', content: '', tool_calls: [toolCall] },
      addtl: { finish_reason: 'tool_calls' },
    });
    const { tools } = bodyOf(ran) as { tools: Config[] };
    expect(JSON.stringify(tools)).toContain('"name":"area"');
  });

  it('calls tools for a prompt, beside its text', async () => {
    const ran = await run(
      [{ input: 'How large?' }],
      { method: 'chat_completion', tools: [area] },
      {
        answer: () => ({ toolCalls: [call] }),
      },
    );
    expect(ran.results[0]).toMatchObject({ result: '', addtl: { tool_calls: [{ function: call }] } });
  });

  it('goes on from what a tool said', async () => {
    const server = await startFakeServer({ answer: ({ body }) => ({ text: JSON.stringify(body['messages']) }) });
    const { block } = create(server);
    const toolCall = { id: 'c1', type: 'function', function: call } as const;
    const input = [
      ...question,
      { role: 'assistant', content: null, tool_calls: [toolCall] },
      { role: 'tool', tool_call_id: 'c1', content: '643801' },
    ] as const;
    const [row] = await block.run([{ input, tools: [area] }], { lane: createLane().lane }).toArray();
    await block.close();
    await server.close();
    const { content: sent } = row?.result ?? { content: '' };
    expect(sent).toContain('643801');
    expect(sent).toContain('France');
  });

  it('may be told which tool to call, or is refused when the API has no such choice', async () => {
    const named = { type: 'function', function: { name: 'area' } } as const;
    const rows = (['auto', 'none', 'required', named] as const).map((tool_choice) => ({
      input: question,
      tools: [area],
      tool_choice,
    }));
    const { results, requests } = await run(rows, {}, { answer: () => 'no' });
    if (subject.name !== 'ollama') {
      expect(results.every((row) => 'result' in row)).toBe(true);
      const choices = requests.map(({ body }) => JSON.stringify((body as Config)['tool_choice']));
      expect(new Set(choices).size).toBe(4);
      return;
    }
    expect(results.map((row) => 'error' in row)).toEqual([false, false, true, true]);
    await using server = await startFakeServer();
    expect(() => create(server, { tools: [area], tool_choice: 'required' })).toThrow('tool_choice');
    expect(create(server, { tools: [area], tool_choice: 'auto' }).block.definition).toMatchObject({ tools: [area] });
  });

  it('gives as many answers as n asks for, as a list under one call', async () => {
    const row = { input: question, gen_kwargs: { n: 3, temperature: 1 } };
    const { results, requests, tries } = await run([row, { input: question }]);
    const { result, addtl } = results[0] as unknown as { result: { content: string }[]; addtl: Config };
    expect(result).toHaveLength(3);
    expect(new Set(result.map(({ content }) => content)).size).toBe(3);
    expect(addtl['choices']).toHaveLength(3);
    expect(results[1]).toMatchObject({ result: { role: 'assistant' } });
    const ofFirst = requests.filter(({ key }) => key?.startsWith('t.0/0'));
    expect(ofFirst).toHaveLength(subject.hasChoices ? 1 : 3);
    expect(tries).toHaveLength(ofFirst.length + 1);
  });

  it('gives a list of prompts’ answers when the block has n', async () => {
    const { results } = await run([{ input: 'a' }], { n: 2 }, { answer: ({ prompt }) => `re: ${prompt}` });
    expect(results[0]).toMatchObject({ result: ['re: a', 're: a'] });
  });

  it('counts the tokens of all answers', async () => {
    const { results } = await run([{ input: question, gen_kwargs: { n: 2 } }], {}, { answer: () => 'one two' });
    expect(addtlOf(results[0])).toMatchObject({ completion_tokens: 4 });
  });

  it('sees images', async () => {
    const content = [
      { type: 'text', text: 'What is this?' },
      { type: 'image_url', image_url: { url: image } },
    ] as const;
    const ran = await run([{ input: [{ role: 'user', content }] }], {}, { answer: () => 'a dot' });
    expect(ran.results[0]).toMatchObject({ result: { content: 'a dot' } });
    const sent = JSON.stringify(bodyOf(ran)['messages']);
    expect(sent).toContain('iVBORw0KGgo=');
    expect(sent).toContain('What is this?');
  });

  it('keeps what the model thought apart from what it answered', async () => {
    const answer = () => ({ text: 'Paris', reasoning: 'France, so' });
    const { results } = await run([{ input: question }], {}, { answer });
    expect(results[0]).toMatchObject({ result: { content: 'Paris' }, addtl: { reasoning: 'France, so' } });
  });

  it('says how likely the tokens were, or refuses to', async () => {
    const ask = { input: question, gen_kwargs: { logprobs: 2 } };
    if (!subject.hasLogprobs) {
      const { results } = await run([ask]);
      expect(results[0]).toMatchObject({ error: { code: 'DGT_PARAMETER_UNSUPPORTED' } });
      return;
    }
    const { results } = await run(
      [ask, { input: question, gen_kwargs: { logprobs: true } }],
      {},
      { answer: () => 'a b' },
    );
    const [first, second] = results.map((row) => addtlOf(row)['logprobs'] as Config[]);
    expect(first?.length).toBeGreaterThan(1);
    expect(first?.[0]).toMatchObject({ token: expect.any(String) as string, logprob: expect.any(Number) as number });
    expect(first?.[0]?.['top_logprobs']).toHaveLength(2);
    expect(second?.[0]).not.toHaveProperty('top_logprobs');
  });

  it('says which tokens were cached and which were thought', async () => {
    const usage = { cachedShare: 0.5, reasoningTokens: 7 };
    const { results, tries } = await run([{ input: 'one two three four' }], {}, { usage });
    const addtl = addtlOf(results[0]);
    if (subject.name === 'ollama') expect(addtl).not.toHaveProperty('cached_tokens');
    else expect(addtl).toMatchObject({ prompt_tokens: 4, cached_tokens: 2 });
    if (subject.hasChoices) expect(addtl).toMatchObject({ reasoning_tokens: 7 });
    expect(tries[0]).toMatchObject({ outcome: 'ok', promptTokens: 4, cachedTokens: addtl['cached_tokens'] });
  });

  it('keeps an answer that max_tokens cut off, or not', async () => {
    const answer = () => 'one two three four five six';
    const cut = { input: question, gen_kwargs: { max_tokens: 2 } };
    const kept = await run([cut], {}, { answer });
    expect(kept.results[0]).toMatchObject({ addtl: { finish_reason: 'length' } });
    const refused = await run([cut], { on_length: 'error' }, { answer });
    expect(refused.results[0]).toMatchObject({ error: { code: 'DGT_ANSWER_CUT', failure: 'permanent' } });
    const retried = await run([cut], { on_length: 'retry', max_tokens: 2 }, { answer });
    expect(retried.results[0]).toMatchObject({ result: { content: 'one two three four five six' } });
    const limits = retried.requests.map(
      ({ body }) => subject.readParameters(body as Config)[subject.nativeMaxTokens('chat_completion')],
    );
    expect(limits).toEqual([2, 4, 8]);
    const ended = await run([cut], { on_length: 'retry', max_tokens: 2, max_tokens_ceiling: 3 }, { answer });
    expect((ended.results[0] as { error: ProviderError }).error.message).toContain('cut off at 3 tokens');
  });

  it('refuses a prompt that is too long, for this row alone', async () => {
    const rows = [{ input: 'word '.repeat(50) }, { input: 'short' }];
    const { results } = await run(rows, { max_tokens: 10 }, { contextLength: 40 });
    expect(results[0]).toMatchObject({ error: { code: 'DGT_PROMPT_TOO_LONG', failure: 'permanent' } });
    expect(results[1]).toHaveProperty('result');
  });

  it('shortens the field of a row that a prompt has too much of, when told to', async () => {
    const passage = 'word '.repeat(60).trim();
    const rows = [{ input: `Read: ${passage}\nThen ask.`, passage }];
    const ran = await run(rows, { max_tokens: 10, truncate: 'passage' }, { contextLength: 40, answer: () => 'asked' });
    expect(ran.results[0]).toMatchObject({ result: 'asked', passage });
    const prompt = JSON.stringify(ran.requests.at(-1)?.body);
    expect(prompt).toMatch(/Read: word( word)+\\nThen ask\./);
    expect(ran.counts.byOutcome.ok).toBe(1);
    const hopeless = await run(
      [{ input: 'word '.repeat(60), passage }],
      { max_tokens: 10, truncate: 'other' },
      { contextLength: 40 },
    );
    expect(hopeless.results[0]).toMatchObject({ error: { code: 'DGT_PROMPT_TOO_LONG' } });
  });

  it('refuses for this row alone what the model refuses', async () => {
    if (subject.name === 'ollama') return;
    const { results } = await run([{ input: question }], {}, { answer: () => ({ refusal: 'I will not.' }) });
    expect(results[0]).toMatchObject({ error: { code: 'DGT_PROVIDER_REQUEST', failure: 'permanent' } });
    expect((results[0] as { error: ProviderError }).error.message).toContain('I will not.');
  });

  it('leaves out optional parameters that it cannot honour, and writes extra_body as it stands', async () => {
    const config = { optional_parameters: ['num_ctx', 'guided_choice'], num_ctx: 512, guided_choice: ['a', 'b'] };
    const extra_body = { metadata: { run: '7' } };
    const ran = await run([{ input: question }], { ...config, extra_body });
    expect(ran.results[0]).toHaveProperty('result');
    expect(bodyOf(ran)).toMatchObject(extra_body);
    expect(bodyOf(ran)).not.toHaveProperty('guided_choice');
  });
});
