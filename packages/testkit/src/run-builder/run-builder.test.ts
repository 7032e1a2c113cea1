import {
  Block,
  GenerationDataBuilder,
  GenerationTask,
  LMProvider,
  SequenceValidator,
  TransformationDataBuilder,
  TransformationTask,
  Type,
  ValidatorBlock,
  dataPoint,
  type Attempt,
  type Message,
  type RowContext,
} from '@dgt/core';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { runBuilder } from './run-builder.js';
import { ScriptedModel } from './scripted-model.js';

class Pair extends dataPoint({ question: Type.String(), answer: Type.String() }) {}
class PairTask extends GenerationTask.of({ input: Pair, fields: { topic: Type.String({ default: 'maps' }) } }) {}

class PairBuilder extends GenerationDataBuilder.of({
  task: PairTask,
  blocks: { generator: LMProvider },
  config: { shots: Type.Integer({ default: 1, minimum: 1 }) },
  setup: () => ({ sign: '=' }),
}) {
  async *generate(seeds: readonly Pair[], ctx: Attempt) {
    const requests = seeds.map(() => {
      const shown = ctx.random.choices(seeds, this.config.shots).map(({ question }) => question);
      return { input: `${this.task.fields.topic}: ${shown.join(', ')}` };
    });
    for await (const { result } of this.blocks.generator.run(requests)) {
      const [question, answer] = result.split(this.shared.sign);
      if (question !== undefined && answer !== undefined) yield new Pair({ question, answer });
      else ctx.reject('no pair', result);
    }
  }
}

const seeds = [
  { question: 'a?', answer: 'A' },
  { question: 'b?', answer: 'B' },
];

describe('running a data builder without an engine', () => {
  it('gives its rows as plain typed records, what it gave up, and its calls with their answers', async () => {
    const report = await runBuilder(PairBuilder, { seeds, answers: ['x=1', 'nonsense'], config: { shots: 2 } });
    expectTypeOf(report.rows[0]!).toEqualTypeOf<{ question: string; answer: string }>();
    expect(report.rows).toStrictEqual([{ question: 'x', answer: '1' }]);
    expect(report.rejections).toEqual([{ block: 'builder', reason: 'no pair', sample: 'nonsense' }]);
    expect(report.failures).toEqual([]);
    expect(report.calls).toMatchObject([
      { block: 'generator', prompt: expect.stringMatching(/^maps: [ab]\?, [ab]\?$/), text: 'x=1' },
      { block: 'generator', text: 'nonsense' },
    ]);
    expect(new Set(report.calls.map(({ key }) => key)).size).toBe(2);
  });

  it('draws the same random numbers for the same random seed', async () => {
    const prompts = async (randomSeed: number) => {
      const { calls } = await runBuilder(PairBuilder, {
        seeds: Array.from({ length: 20 }, (_, index) => ({ question: `${index}?`, answer: '' })),
        answers: () => 'x=1',
        randomSeed,
      });
      return calls.map(({ prompt }) => prompt);
    };
    expect(await prompts(1)).toEqual(await prompts(1));
    expect(await prompts(1)).not.toEqual(await prompts(2));
  });

  it('answers by a part of the prompt or by a function of the call', async () => {
    const one = [{ question: 'a?', answer: '' }];
    const byPart = await runBuilder(PairBuilder, { seeds: one, answers: { rivers: 'no', maps: 'x=1', '': 'y=2' } });
    expect(byPart.rows).toEqual([{ question: 'x', answer: '1' }]);
    const byCall = await runBuilder(PairBuilder, {
      seeds: one,
      fields: { topic: 'rivers' },
      answers: async ({ block, prompt, input }) => `${block} ${prompt}=${String(input)}`,
    });
    expect(byCall.rows).toEqual([{ question: 'generator rivers: a?', answer: 'rivers: a?' }]);
  });

  it('fails a call for good where the script says so, and leaves its row out', async () => {
    const { rows, failures, calls } = await runBuilder(PairBuilder, { seeds, answers: [new Error('too long'), 'x=1'] });
    expect(rows).toEqual([{ question: 'x', answer: '1' }]);
    expect(failures).toMatchObject([{ block: 'generator', error: { code: 'DGT_PROVIDER_REQUEST' } }]);
    expect(failures[0]?.error.message).toContain('too long');
    expect(calls[0]).toMatchObject({ answer: undefined, error: { failure: 'permanent' } });
  });

  it('takes a row that does not fit the output for the mistake that it is', async () => {
    class Careless extends GenerationDataBuilder.of({ task: PairTask, blocks: {} }) {
      override generate() {
        return [{ question: 1 }] as never as Pair[];
      }
    }
    await expect(runBuilder(Careless, { seeds })).rejects.toThrow('Pair: missing "answer"');
    class Forgetful extends GenerationDataBuilder.of({ task: PairTask, blocks: {} }) {
      override generate() {
        return undefined as never as Pair[];
      }
    }
    await expect(runBuilder(Forgetful, { seeds })).rejects.toThrow('generate gave undefined instead of rows');
  });
});

describe('a trial that does not fit the builder', () => {
  it.each([
    [{ seeds: [] }, 'PairBuilder is a generation builder and was given no seeds'],
    [{ seeds: [{ question: 'a?' }] }, 'a seed example of task "test": missing "answer"'],
    [{ seeds, config: { shot: 1 } }, 'config of PairBuilder: unknown key "shot" (did you mean "shots"?)'],
    [{ seeds, config: { shots: 0 } }, 'config of PairBuilder: shots: expected'],
    [{ seeds, fields: { topic: 1 } }, 'fields of PairBuilder: topic: expected a string, got 1'],
    [{ seeds, answers: ['x=1'] }, 'block "generator" asked "maps: '],
    [{ seeds, answers: { rivers: 'x=1' } }, 'which holds none of "rivers"'],
    [{ seeds, answers: () => undefined as never }, 'for which the answers function gave nothing'],
  ])('%j is refused', async (trial, message) => {
    await expect(runBuilder(PairBuilder, trial)).rejects.toThrow(message);
  });

  it('is refused though the builder catches what its calls throw', async () => {
    class Catching extends GenerationDataBuilder.of({ task: PairTask, blocks: { generator: LMProvider } }) {
      override async *generate() {
        try {
          await this.blocks.generator.run([{ input: 'hi' }]).toArray();
        } catch {
          yield new Pair({ question: 'caught', answer: '' });
        }
      }
    }
    await expect(runBuilder(Catching, { seeds })).rejects.toThrow('call 1 of a script of 0 answers');
  });
});

class Shout extends Block.of({ input: { text: Type.String() }, output: { loud: Type.String() } }) {
  override process({ text }: { text: string }) {
    return { loud: text.toUpperCase() };
  }
}

describe('the blocks of a builder', () => {
  const task = PairTask;

  it('are made with their defaults, or are the ones given', async () => {
    class Loud extends GenerationDataBuilder.of({ task, blocks: { shout: Shout, judge: LMProvider } }) {
      override async *generate(seeds: readonly Pair[]) {
        const shouted = this.blocks.shout.run(seeds.map(({ question }) => ({ text: question })));
        for await (const { loud } of shouted) {
          const [said] = await this.blocks.judge.run([{ input: loud }]).toArray();
          yield new Pair({ question: loud, answer: said?.result ?? '' });
        }
      }
    }
    const { rows } = await runBuilder(Loud, { seeds, blocks: { judge: new ScriptedModel({ 'A?': 'yes', '': 'no' }) } });
    expect(rows).toEqual([
      { question: 'A?', answer: 'yes' },
      { question: 'B?', answer: 'no' },
    ]);
  });

  it('give values in the shape that a builder asks for', async () => {
    class Shaped extends GenerationDataBuilder.of({ task: PairTask, blocks: { generator: LMProvider } }) {
      async *generate(seeds: readonly Pair[]) {
        const requests = seeds.map(({ question }) => ({ input: question }));
        for await (const { result } of this.blocks.generator.run(requests, { response_format: Pair })) {
          expectTypeOf(result).toEqualTypeOf<{ question: string; answer: string }>();
          yield new Pair(result);
        }
      }
    }
    const answers = { 'a?': '{"question": "x", "answer": "1"}', 'b?': '{"question": "y"}' };
    const { rows, failures } = await runBuilder(Shaped, { seeds, answers });
    expect(rows).toEqual([{ question: 'x', answer: '1' }]);
    expect(failures).toMatchObject([
      { error: { code: 'DGT_ANSWER_SHAPE', message: expect.stringContaining('missing "answer"') as string } },
    ]);
    const broken = runBuilder(Shaped, { seeds, answers: { '': 'Sure!' } });
    for (const { error } of (await broken).failures) {
      expect(error.message).toContain('the text holds no JSON; it answered "Sure!"');
    }
    expect((await broken).failures).toHaveLength(2);
  });

  it('must be given where the class names only their family', async () => {
    for (const family of [SequenceValidator, ValidatorBlock, Block]) {
      class Judged extends GenerationDataBuilder.of({ task, blocks: { judge: family } }) {
        override generate() {
          return [];
        }
      }
      await expect(runBuilder(Judged, { seeds })).rejects.toMatchObject({
        message: expect.stringContaining(`Judged calls a block "judge", and ${family.name} only says`),
        remedy: expect.stringContaining('blocks: { judge: new'),
      });
    }
  });

  it('talk as chats too', async () => {
    class Chatting extends GenerationDataBuilder.of({ task, blocks: { generator: LMProvider } }) {
      override async *generate() {
        const input: Message[] = [
          { role: 'system', content: 'be brief' },
          { role: 'user', content: 'hi' },
        ];
        const requests = [{ input, gen_kwargs: { temperature: 0 } }];
        for await (const { result } of this.blocks.generator.run(requests))
          yield new Pair({ question: result.role, answer: result.content });
      }
    }
    const { rows, calls } = await runBuilder(Chatting, {
      seeds,
      answers: ({ parameters }) => JSON.stringify(parameters),
    });
    expect(rows).toEqual([{ question: 'assistant', answer: '{"temperature":0}' }]);
    expect(calls[0]?.prompt).toBe('system: be brief\nuser: hi');
  });
});

describe('a scripted model', () => {
  const one = [{ question: 'a?', answer: '' }];

  it('gives values of the shape that is asked for, and asks again where a text is not of it', async () => {
    class Shaped extends GenerationDataBuilder.of({ task: PairTask, blocks: { generator: LMProvider } }) {
      override async *generate() {
        const asked = [{ input: 'a pair' }];
        for await (const { result } of this.blocks.generator.run(asked, { response_format: Pair }))
          yield new Pair(result);
      }
    }
    const answers = ['{"question": 1}', '{"question": "q", "answer": "a"}'];
    const { rows, calls } = await runBuilder(Shaped, { seeds: one, answers });
    expect(rows).toEqual([{ question: 'q', answer: 'a' }]);
    expect(calls).toHaveLength(2);
  });

  it('calls tools, thinks, stops at stop strings and gives as many answers as are asked for', async () => {
    const say = new ScriptedModel([{ tool_calls: [{ name: 'find', arguments: { river: 'Nile' } }] }]);
    const [called] = await say.run([{ input: [{ role: 'user' as const, content: 'hi' }] }]).toArray();
    expect(called?.result.tool_calls).toMatchObject([{ function: { name: 'find', arguments: { river: 'Nile' } } }]);
    const thinks = new ScriptedModel([{ content: 'yes. no.', reasoning: 'hm' }], { stop: ['.'] });
    expect((await thinks.run([{ input: 'hi' }]).toArray())[0]).toMatchObject({
      result: 'yes',
      addtl: { reasoning: 'hm', finish_reason: 'stop' },
    });
    const many = new ScriptedModel([['a', 'b'], 'c']);
    const rows = await many.run([1, 2].map(() => ({ input: 'hi', gen_kwargs: { n: 2 } }))).toArray();
    expect(rows.map(({ result }) => result)).toEqual([
      ['a', 'b'],
      ['c', 'c'],
    ]);
  });
});

describe('a transformation builder', () => {
  class Rated extends dataPoint({ question: Type.String(), rating: Type.Integer() }) {}
  class Question extends dataPoint({ question: Type.String() }) {}
  class RateTask extends TransformationTask.of({ input: Question, output: Rated }) {}
  const blocks = { judge: LMProvider };

  class Rate extends TransformationDataBuilder.of({ task: RateTask, blocks }) {
    override async transform({ question }: Question, ctx: RowContext) {
      const [said] = await this.blocks.judge.run([{ input: `${ctx.number} ${question}` }]).toArray();
      if (said === undefined) return undefined;
      const rating = Number(said.result);
      return ctx.columns['twice'] === true
        ? [0, 1].map(() => new Rated({ question, rating }))
        : new Rated({ question, rating });
    }
  }

  it('is run on each row, and may make one, several or none of it', async () => {
    const rows = [{ question: 'a' }, { question: 'b', twice: true }, { question: 'c' }];
    const report = await runBuilder(Rate, { rows, answers: { '1 a': '1', '2 b': '2', c: new Error('no') } });
    expectTypeOf(report.rows[0]!).toEqualTypeOf<{ question: string; rating: number }>();
    expect(report.rows.map(({ question, rating }) => `${question}${rating}`)).toEqual(['a1', 'b2', 'b2']);
    expect(report.failures).toHaveLength(1);
    await expect(runBuilder(Rate, { seeds: rows })).rejects.toThrow(
      'Rate is a transformation builder and was given no rows',
    );
  });

  it('may see all rows of a batch', async () => {
    class Rank extends TransformationDataBuilder.of({ task: RateTask, blocks: {} }) {
      override transformBatch(rows: readonly Question[]) {
        return rows.map(({ question }, index) => new Rated({ question, rating: index }));
      }
    }
    const { rows } = await runBuilder(Rank, { rows: [{ question: 'a' }, { question: 'b' }] });
    expect(rows).toEqual([
      { question: 'a', rating: 0 },
      { question: 'b', rating: 1 },
    ]);
  });
});
