import { describe, expect, expectTypeOf, it } from 'vitest';
import { createRecordingLane } from './__fixtures__/recording-lane.js';
import {
  bindBlocks,
  Block,
  createLaneContext,
  dataBuilders,
  dataPoint,
  GenerationDataBuilder,
  GenerationTask,
  LMProvider,
  registerDataBuilder,
  registerTask,
  Type,
  ValidatorBlock,
  type AssistantMessage,
  type Attempt,
  type FailedRow,
  type LMResult,
  type LMRow,
  type Message,
  type Provenance,
} from './index.js';

class Pair extends dataPoint({ question: Type.String(), answer: Type.String() }) {}
@registerTask('test/pair_task')
class PairTask extends GenerationTask.of({ input: Pair, output: Pair, fields: { topic: Type.String() } }) {}

@registerDataBuilder('test/authoring')
class PairBuilder extends GenerationDataBuilder.of({
  task: PairTask,
  blocks: { generator: LMProvider },
  config: { shots: Type.Integer({ default: 3 }) },
  setup: () => ({ greeting: 'hello' }),
}) {
  async *generate(seeds: readonly Pair[], ctx: Attempt) {
    const requests = seeds.map(() => {
      const examples = ctx.random.choices(seeds, this.config.shots);
      return { input: examples.map(({ question }) => question).join('\n'), reference: examples };
    });
    for await (const { result, reference } of this.blocks.generator.run(requests)) {
      expectTypeOf(result).toEqualTypeOf<string>();
      expectTypeOf(reference).toEqualTypeOf<Pair[]>();
      const [question, answer] = result.split(' = ');
      if (question !== undefined && answer !== undefined) yield new Pair({ question, answer });
      else ctx.reject('no question-answer pair', result);
    }
  }
}

/** Answers each prompt with its last line, as a pair. */
class Parrot extends LMProvider {
  async process({ input }: LMRow): Promise<LMResult<LMRow>> {
    const last = String(input).split('\n').at(-1) ?? '';
    const result = last === 'mute' ? '...' : `${last} = yes`;
    return { result, addtl: { finish_reason: 'stop' } };
  }
}

describe('a data builder as an author writes it', () => {
  const task = new PairTask({
    task_name: 'geo',
    task_description: '',
    created_by: '',
    fields: { topic: 'maps' },
  });
  const open = () => {
    const record = createRecordingLane();
    const context = createLaneContext(record.lane, (lane) => bindBlocks(new Map([['generator', new Parrot()]]), lane));
    const attempt: Attempt = {
      ...context,
      random: context.random,
      number: 1,
      sampleExamples: () => [],
      recentRejects: () => [],
    };
    const blocks = context.blocks as never;
    const builder = new PairBuilder({ task, blocks, config: { shots: 1 }, shared: { greeting: 'hello' } });
    return { builder, attempt, ...record };
  };

  it('makes data points from the answers of its blocks', async () => {
    const { builder, attempt } = open();
    const points: Pair[] = [];
    for await (const point of builder.generate([new Pair({ question: 'Is it?', answer: '' })], attempt))
      points.push(point);
    expect(points).toEqual([new Pair({ question: 'Is it?', answer: 'yes' })]);
  });

  it('says which answers gave no row', async () => {
    const { builder, attempt, rejections } = open();
    for await (const _point of builder.generate([new Pair({ question: 'mute', answer: '' })], attempt)) expect.fail();
    expect(rejections).toMatchObject([{ block: 'builder', reason: 'no question-answer pair', sample: '...' }]);
  });

  it('carries on its class what the engine checks before a run', async () => {
    expect(await dataBuilders.load('test/authoring')).toBe(PairBuilder);
    const { kind, task, blocks } = PairBuilder;
    expect({ kind, task, blocks }).toEqual({ kind: 'generation', task: PairTask, blocks: { generator: LMProvider } });
    expect(PairBuilder.setup?.()).toEqual({ greeting: 'hello' });
    expect(Object.keys(PairBuilder.configFields)).toEqual(['shots']);
  });

  it('has typed access to its task, options and shared things', () => {
    const { builder } = open();
    expectTypeOf(builder.task.fields.topic).toEqualTypeOf<string>();
    expectTypeOf(builder.config.shots).toEqualTypeOf<number>();
    expectTypeOf(builder.shared.greeting).toEqualTypeOf<string>();
    expect(builder.task).toBe(task);
  });

  it('knows its blocks by name', () => {
    const { builder } = open();
    expectTypeOf(builder.blocks).toHaveProperty('generator');
    // @ts-expect-error a block that the builder does not declare
    expect(() => builder.blocks.judge).toThrow(
      'the data builder uses this.blocks.judge, which neither its class nor its YAML declares; declared: generator',
    );
    expect('judge' in builder.blocks).toBe(false);
    expect(JSON.stringify(builder.blocks)).toBe('{"generator":{}}');
  });
});

describe('a data point as an author writes it', () => {
  it('is a type and a validator at once', () => {
    const pair = new Pair({ question: 'q', answer: 'a' });
    expectTypeOf(pair.question).toEqualTypeOf<string>();
    expectTypeOf(pair).toExtend<Provenance>();
    // @ts-expect-error a field of another type
    expect(() => new Pair({ question: 1, answer: 'a' })).toThrow('question: expected a string, got 1');
    // @ts-expect-error a missing field
    expect(() => new Pair({ question: 'q' })).toThrow('missing "answer"');
    // @ts-expect-error an unknown field
    expect(() => new Pair({ question: 'q', answer: 'a', extra: 1 })).toThrow('unknown key "extra"');
    // @ts-expect-error a field that it does not have
    expect(pair.topic).toBeUndefined();
  });

  it('narrows what it accepts', () => {
    const value: unknown = { question: 'q', answer: 'a' };
    if (!Pair.accepts(value)) throw new Error('not accepted');
    expectTypeOf(value.answer).toEqualTypeOf<string>();
    expect(value.answer).toBe('a');
  });
});

describe('a model block as an author calls it', () => {
  const model = new Parrot();

  it('answers text with text and a chat with a message', async () => {
    const [text] = await model.run([{ input: 'hi' }]).toArray();
    expectTypeOf(text!.result).toEqualTypeOf<string>();
    expect(text?.result).toBe('hi = yes');

    const chat: Message[] = [{ role: 'user', content: 'hi' }];
    const messages = model.run([{ input: chat }]);
    expectTypeOf(messages.toArray).returns.resolves.items.toHaveProperty('result').toEqualTypeOf<AssistantMessage>();
  });

  it('gives failed rows their type when they are asked for', () => {
    const rows = model.run([{ input: 'hi', id: 1 }], { failures: 'yield' });
    type Yielded = Awaited<ReturnType<typeof rows.toArray>>[number];
    expectTypeOf<Extract<Yielded, FailedRow>['id']>().toEqualTypeOf<number>();
    expect(rows).toBeDefined();
  });

  it('takes only rows with an input', () => {
    // @ts-expect-error a row without an input
    expect(model.run([{ prompt: 'hi' }])).toBeDefined();
    // @ts-expect-error an input that is neither text nor messages
    expect(model.run([{ input: 5 }])).toBeDefined();
  });
});

describe('a block as an author writes it', () => {
  class Shout extends Block.of({
    config: { mark: Type.String({ default: '!' }) },
    input: { text: Type.String() },
    output: { loud: Type.String() },
  }) {
    process({ text }: { text: string }) {
      expectTypeOf(this.config.mark).toEqualTypeOf<string>();
      return { loud: text.toUpperCase() + this.config.mark };
    }
  }

  it('gives rows with what they had and what it adds, typed', async () => {
    const [row] = await new Shout({ mark: '?' }).run([{ text: 'a', id: 1 }]).toArray();
    expectTypeOf(row!.loud).toEqualTypeOf<string>();
    expectTypeOf(row!.id).toEqualTypeOf<number>();
    expect(row).toEqual({ text: 'a', id: 1, loud: 'A?' });
  });

  it('is held to its declaration by the compiler', () => {
    // @ts-expect-error an option of another type
    expect(() => new Shout({ mark: 1 })).toThrow('mark: expected a string, got 1');

    class Wrong extends Block.of({ output: { loud: Type.String() } }) {
      // @ts-expect-error an output of another type
      process() {
        return { loud: 1 };
      }
    }
    expect(new Wrong()).toBeInstanceOf(Block);

    class Undecided extends ValidatorBlock.of({ input: { text: Type.String() } }) {
      // @ts-expect-error a verdict that is neither a boolean nor a Verdict
      validate() {
        return 'yes';
      }
    }
    expect(new Undecided()).toBeInstanceOf(ValidatorBlock);
  });
});
