import { createRandom, dataPoint, GenerationDataBuilder, GenerationTask, LMProvider } from '@dgt/core';
import { registerBlock, registerDataBuilder, Type, type BlockContext, type LMResult, type LMRow } from '@dgt/core';

class Question extends dataPoint({ question: Type.String() }) {}
class QuestionTask extends GenerationTask.of({ input: Question }) {}

const words = 20_000;

/** A model that repeats itself: of ten answers six are one that it likes, with a word or none replaced. */
@registerBlock('repeating_model')
export class RepeatingModel extends LMProvider {
  override async process(_row: LMRow, { lane }: BlockContext): Promise<LMResult<LMRow>> {
    const result = await lane.call({
      label: this.name,
      request: 'a question',
      execute: async (call) => {
        call.onTry({ startedAt: 0, durationMs: 1, outcome: 'ok', promptTokens: 10, completionTokens: 10 });
        return answer(call.seed);
      },
    });
    return { result, addtl: { finish_reason: 'stop' } } as LMResult<LMRow>;
  }
}

function answer(seed: number): string {
  const random = createRandom(`answer ${seed}`);
  const repeats = random.next() < 0.6;
  const source = repeats ? createRandom(`liked ${random.integer(300)}`) : random;
  const text = Array.from({ length: 8 + source.integer(8) }, () => `w${source.integer(words)}`);
  if (repeats && random.next() < 0.5) text[random.integer(text.length)] = `w${random.integer(words)}`;
  return `${text.join(' ')}?`;
}

@registerDataBuilder('test/repeating')
export class RepeatingDataBuilder extends GenerationDataBuilder.of({
  task: QuestionTask,
  blocks: { generator: LMProvider },
}) {
  async *generate(seeds: readonly Question[]) {
    for await (const { result } of this.blocks.generator.run(seeds.map(({ question }) => ({ input: question }))))
      yield new Question({ question: result as string });
  }
}
