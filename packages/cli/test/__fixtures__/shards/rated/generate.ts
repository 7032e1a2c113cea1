import {
  dataPoint,
  DatasetValidator,
  LMProvider,
  registerBlock,
  registerDataBuilder,
  TransformationDataBuilder,
  TransformationTask,
  Type,
  ValidatorBlock,
  type BlockContext,
  type LMResult,
  type LMRow,
  type RowContext,
} from '@dgt/core';
import { appendFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const configFields = {
  model_id_or_path: Type.String({ default: 'rating' }),
  delay_ms: Type.Optional(Type.Integer()),
  /** Calls after which no more are answered. */
  answers: Type.Optional(Type.Integer()),
  /** A file that gets a line for each call. */
  calls: Type.Optional(Type.String()),
};

type Config = { model_id_or_path: string; delay_ms?: number; answers?: number; calls?: string };

/** Answers with the prompt, and says in a file that it was asked. */
@registerBlock('rating_model')
export class RatingModel extends LMProvider<Config> {
  static override readonly configFields = configFields;
  static override readonly transportFields = ['delay_ms', 'answers', 'calls'];

  #asked = 0;

  override async process({ input }: LMRow, { lane }: BlockContext): Promise<LMResult<LMRow>> {
    const { delay_ms: delayMs = 0, answers = Infinity, calls } = this.config;
    const result = await lane.call({
      label: this.name,
      request: { input: input as string },
      execute: async ({ onTry, idempotencyKey }) => {
        if (++this.#asked > answers) await new Promise(() => {});
        if (delayMs > 0) await delay(delayMs);
        if (calls !== undefined) appendFileSync(calls, `${input as string}\n`);
        onTry({ startedAt: 0, durationMs: 1, outcome: 'ok', promptTokens: 7, completionTokens: 3 });
        return `${input as string} ${idempotencyKey.slice(0, 4)}`;
      },
    });
    return { result, addtl: { finish_reason: 'stop' } };
  }
}

/** Drops answers of questions that end with 3, so that there is something to drop. */
@registerBlock('short_enough')
export class ShortEnough extends ValidatorBlock.of({ input: { rating: Type.String() } }) {
  validate({ rating }: { rating: string }) {
    return /^question \d*3 /.test(rating) ? { valid: false, reason: 'ends with 3' } : true;
  }
}

/** Looks at all rows, and lets them pass. */
@registerBlock('as_many_of_each')
export class AsManyOfEach extends DatasetValidator {
  override validateAll(rows: readonly object[]) {
    return rows.map(() => true);
  }
}

class Question extends dataPoint({ question: Type.String() }) {}
class Rated extends dataPoint({ question: Type.String(), rating: Type.String() }) {}
class RatedTask extends TransformationTask.of({ input: Question, output: Rated }) {}

/** A call a row: each answer is another where rows are equal, since their lanes are; `none` gives no row, `throw` throws. */
@registerDataBuilder('test/rated')
export class RatedDataBuilder extends TransformationDataBuilder.of({
  task: RatedTask,
  blocks: { generator: LMProvider },
}) {
  override async *transform({ question }: Question, ctx: RowContext) {
    if (question === 'throw') throw new TypeError('cannot rate this');
    for await (const { result } of this.blocks.generator.run([{ input: question }])) {
      if (question === 'none') ctx.reject('nothing to rate', result);
      else yield new Rated({ question, rating: `${result} ${ctx.number} ${ctx.random.integer(1000)}` });
    }
  }
}
