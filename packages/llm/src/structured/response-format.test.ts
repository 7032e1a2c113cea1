import { dataPoint, Lane, ProviderError, Type, unrecorded, type FailedRow, type Message, type Note } from '@dgt/core';
import { startFakeServer, type FakeServer, type FakeServerOptions } from '@dgt/testkit/fake-server';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { createTestServices } from '../__fixtures__/services.js';
import { AnthropicProvider } from '../providers/anthropic/provider.js';
import { OllamaProvider } from '../providers/ollama/provider.js';
import { OpenAIProvider } from '../providers/openai/provider.js';

class Capital extends dataPoint({ country: Type.String(), city: Type.String() }) {}

const lima = { country: 'Peru', city: 'Lima' };
const json = JSON.stringify(lima);
const schema = Capital.schema as unknown as { readonly [keyword: string]: never };

type Config = Readonly<Record<string, unknown>>;

const providers = {
  anthropic: (server: FakeServer, config: Config, services: never) =>
    new AnthropicProvider(
      { model_id_or_path: 'm', base_url: server.url, max_tokens: 99, api_key: 'k', ...config } as never,
      services,
    ),
  ollama: (server: FakeServer, config: Config, services: never) =>
    new OllamaProvider({ model_id_or_path: 'm', base_url: server.url, ...config } as never, services),
  openai: (server: FakeServer, config: Config, services: never) =>
    new OpenAIProvider({ model_id_or_path: 'm', base_url: `${server.url}/v1`, ...config } as never, services),
};

async function open(
  options: {
    readonly config?: Config;
    readonly server?: FakeServerOptions;
    readonly provider?: keyof typeof providers;
  } = {},
) {
  const server = await startFakeServer({ answer: () => json, ...options.server });
  const { services } = createTestServices();
  const block = providers[options.provider ?? 'openai'](server, options.config ?? {}, services as never);
  const notes: Note[] = [];
  const { signal } = new AbortController();
  const recorder = { ...unrecorded, note: (_lane: string, note: Note) => void notes.push(note), fail: () => {} };
  const lane = new Lane('t', { recorder, randomName: '0', signal, log: services.log });
  const bodies = () => server.requests.map(({ body }) => body as Record<string, unknown>);
  const close = async () => {
    await block.close();
    await server.close();
  };
  return { block, lane, notes, bodies, server, [Symbol.asyncDispose]: close };
}

const prompt = 'Capital of Peru?';

describe('response_format', () => {
  it('of a run makes the result the typed value of a data point', async () => {
    await using test = await open();
    const rows = await test.block.run([{ input: prompt, id: 1 }], { response_format: Capital }).toArray();
    const [row] = rows;
    expect(row).toMatchObject({ input: prompt, id: 1, result: lima });
    expect(new Capital(row?.result as never)).toMatchObject(lima);
    type Row = (typeof rows)[number];
    expectTypeOf<Row['result']>().toEqualTypeOf<{ country: string; city: string }>();
    expectTypeOf<Row['id']>().toEqualTypeOf<number>();
  });

  it('of a row does the same for that row, for messages too', async () => {
    await using test = await open();
    const messages = [{ role: 'user', content: prompt }] as const satisfies readonly Message[];
    const Sized = Type.Object({ city: Type.String(), size: Type.Optional(Type.Integer()) });
    const rows = await test.block.run([{ input: messages, response_format: Capital }]).toArray();
    expect(rows[0]?.result).toEqual(lima);
    expectTypeOf<(typeof rows)[number]['result']>().toEqualTypeOf<{ country: string; city: string }>();
    const sized = await test.block.run([{ input: prompt, response_format: Sized }]).toArray();
    expectTypeOf<(typeof sized)[number]['result']>().toEqualTypeOf<{ city: string; size?: number }>();
    const both = test.block.run([{ input: prompt, response_format: Sized }], { response_format: Capital });
    expectTypeOf<Awaited<ReturnType<typeof both.toArray>>[number]['result']>().toEqualTypeOf<{
      city: string;
      size?: number;
    }>();
  });

  it('leaves the types of all else as they were', async () => {
    await using test = await open();
    const text = await test.block.run([{ input: prompt }]).toArray();
    expectTypeOf<(typeof text)[number]['result']>().toEqualTypeOf<string>();
    const unknown = await test.block.run([{ input: prompt }], { response_format: { type: 'json_object' } }).toArray();
    expectTypeOf<(typeof unknown)[number]['result']>().toEqualTypeOf<unknown>();
    expect(unknown[0]?.result).toEqual(lima);
    const failed = await test.block.run([{ input: prompt }], { response_format: Capital, failures: 'yield' }).toArray();
    expectTypeOf<(typeof failed)[number]>().toExtend<{ input: string } & (FailedRow | { result: { city: string } })>();
    const several = test.block.run([{ input: prompt, gen_kwargs: { n: 2 } }], { response_format: Capital });
    expectTypeOf<Awaited<ReturnType<typeof several.toArray>>[number]['result']>().toEqualTypeOf<
      readonly { country: string; city: string }[]
    >();
    expect((await several.toArray())[0]?.result).toEqual([lima, lima]);
  });

  it.each(['ollama', 'openai'] as const)(
    'in YAML leaves the text and puts the value beside it: %s',
    async (provider) => {
      const format = { type: 'json_schema', json_schema: { name: 'capital', schema } };
      for (const response_format of [format, schema]) {
        const server = { answer: () => `Here:\n\`\`\`json\n${json}\n\`\`\`` };
        await using test = await open({ provider, config: { response_format }, server });
        const [row] = await test.block.run([{ input: prompt }], { lane: test.lane }).toArray();
        expect(row).toMatchObject({ result: json, parsed: lima });
        expect(test.notes).toEqual([
          { block: expect.any(String) as string, counter: 'answers_repaired', cause: 'fence' },
        ]);
        const [chat] = await test.block.run([{ input: [{ role: 'user', content: prompt }] }]).toArray();
        expect(chat).toMatchObject({ result: { role: 'assistant', content: json }, parsed: lima });
      }
    },
  );

  it('in gen_kwargs counts before that of the block, and that of the run before both', async () => {
    await using test = await open({
      config: { response_format: { type: 'object', required: ['never'] }, max_reasks: 0 },
    });
    const own = { input: prompt, gen_kwargs: { response_format: schema } };
    expect(await test.block.run([own]).toArray()).toMatchObject([{ result: json, parsed: lima }]);
    const coded = await test.block.run([own], { response_format: Capital }).toArray();
    expect(coded).toMatchObject([{ result: lima }]);
    expect(coded[0]).not.toHaveProperty('parsed');
    expect(await test.block.run([{ input: prompt }], { lane: test.lane }).toArray()).toEqual([]);
  });

  it('asks Ollama by its option, and OpenAI in strict mode where the schema allows it', async () => {
    await using ollama = await open({ provider: 'ollama' });
    await ollama.block.run([{ input: prompt }], { response_format: Capital }).toArray();
    expect(ollama.bodies()).toMatchObject([{ prompt, format: { type: 'object', additionalProperties: false } }]);
    await using openai = await open();
    await openai.block.run([{ input: prompt }], { response_format: Capital }).toArray();
    const open_ended = { type: 'object', properties: { a: { type: 'string' } } };
    await openai.block.run([{ input: prompt }], { response_format: open_ended }).toArray();
    expect(openai.bodies()).toMatchObject([
      { response_format: { type: 'json_schema', json_schema: { name: 'Capital', strict: true } } },
      { response_format: { json_schema: { name: 'answer', schema: open_ended } } },
    ]);
    expect(openai.bodies()[1]).not.toHaveProperty('response_format.json_schema.strict');
  });

  it('asks Anthropic by its option where the objects of the schema are closed, and in words where not', async () => {
    await using test = await open({ provider: 'anthropic' });
    const Sized = Type.Object({ country: Type.String(), city: Type.String({ minLength: 2 }) });
    const OpenEnded = Type.Object({ country: Type.String(), city: Type.Optional(Type.String()) });
    for (const response_format of [Sized, OpenEnded, { type: 'json_object' } as const]) {
      const rows = await test.block.run([{ input: prompt }], { response_format }).toArray();
      expect(rows).toMatchObject([{ input: prompt, result: lima }]);
    }
    const [sized, openEnded, anything] = test.bodies();
    const city = { type: 'string' };
    expect(sized).toMatchObject({
      output_config: { format: { schema: { properties: { city }, additionalProperties: false } } },
    });
    expect(sized).not.toHaveProperty('output_config.format.schema.properties.city.minLength');
    for (const body of [openEnded, anything]) {
      expect(body).not.toHaveProperty('output_config');
      expect(JSON.stringify(body)).toContain('Answer with one JSON');
    }
  });

  it('puts the schema into the prompt where the API has no option for it', async () => {
    await using test = await open({ config: { method: 'completion', response_format: schema } });
    const [row] = await test.block.run([{ input: prompt, continuation: ' ' }]).toArray();
    expect(row).toMatchObject({ input: prompt, parsed: lima });
    const [body] = test.bodies();
    expect(body).not.toHaveProperty('response_format');
    expect(body?.['prompt']).toBe(
      `${prompt}\n\nAnswer with one JSON value that fits this JSON Schema, and with nothing else:\n${JSON.stringify(schema)}\n\n `,
    );
  });

  it('asks one row again while the others go on, and gives them in order', async () => {
    const inputs = Array.from({ length: 40 }, (_, id) => `row ${id}`);
    const told: string[] = [];
    const answer = ({ prompt, body }: { prompt: string; body: Config }) => {
      const [first] = body['messages'] as { content: string }[];
      const city = first?.content as string;
      told.push(prompt);
      const isBad = city.endsWith('7') && !prompt.includes('cannot be used');
      return isBad ? 'Sorry?' : JSON.stringify({ country: 'X', city });
    };
    await using test = await open({
      server: { answer, latency: { medianMs: 3, sigma: 1 } },
      config: { call_limit: 8 },
    });
    const rows = await test.block
      .run(
        inputs.map((input) => ({ input })),
        { response_format: Capital, lane: test.lane },
      )
      .toArray();
    expect(rows.map(({ result }) => result.city)).toEqual(inputs);
    expect(told.filter((prompt) => prompt.includes('cannot be used'))).toHaveLength(4);
    expect(test.server.counts().mostInFlight).toBeGreaterThan(4);
    expect(test.notes.map(({ counter, cause }) => `${counter} ${cause}`)).toEqual(
      Array.from({ length: 4 }, () => 'answers_reasked not_json'),
    );
    // Each re-ask is a call of its own, with a number of its own in the lane of its row.
    const names = test.server.requests.map(({ key }) => key);
    expect(new Set(names).size).toBe(44);
  });

  it('ends a row alone whose answers never fit', async () => {
    const answer = ({ prompt }: { prompt: string }) =>
      prompt.includes('bad') || prompt.includes('used') ? '{}' : json;
    await using test = await open({ server: { answer }, config: { max_reasks: 2, name: 'generator' } });
    const rows = ['good', 'bad', 'fine'].map((input) => ({ input }));
    const results = await test.block
      .run(rows, { response_format: Capital, failures: 'yield', lane: test.lane })
      .toArray();
    expect(results).toMatchObject([{ result: lima }, { error: { code: 'DGT_ANSWER_SHAPE' } }, { result: lima }]);
    const [, failed] = results;
    expect((failed as FailedRow).error.message).toBe(
      'block "generator" got no Capital from the model in 3 calls: missing "country"; missing "city"; it answered "{}"',
    );
    expect(test.server.requests).toHaveLength(5);
  });

  it('is refused where it is no schema: the one of the block at once, the one of a row for this row', async () => {
    await using server = await startFakeServer();
    const { services } = createTestServices();
    const make = (response_format: unknown) => providers.openai(server, { response_format }, services as never);
    expect(() => make({ type: 'strnig' })).toThrow('response_format: schema is invalid');
    expect(() => make({ type: 'json_schema' })).toThrow('response_format: json_schema: missing "schema"');
    expect(() => make('json')).toThrow('response_format');
    await using test = await open();
    const rows = [{ input: prompt, gen_kwargs: { response_format: { type: 'strnig' } } }, { input: prompt }];
    const results = await test.block.run(rows, { failures: 'yield' }).toArray();
    expect(results.map((row) => ProviderError.isInstance((row as Partial<FailedRow>).error))).toEqual([true, false]);
  });

  it('defines the answers of the block, with max_reasks where it is given', async () => {
    await using test = await open({ config: { response_format: schema, max_reasks: 3 } });
    expect(test.block.definition).toMatchObject({
      parameters: { response_format: { type: 'json_schema', json_schema: { name: 'answer', schema } } },
      max_reasks: 3,
    });
    await using plain = await open();
    expect(plain.block.definition).not.toHaveProperty('max_reasks');
  });
});
