import { LMProvider, ProviderError, TransformationDataBuilder, TransformationTask, Type, dataPoint } from '@dgt/core';
import type { BatchContext, Row, RowContext } from '@dgt/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TestDataset, type DatasetRun } from '../__fixtures__/dataset.js';
import { ScriptedModel, type Answer } from '../__fixtures__/scripted-model.js';

class Question extends dataPoint({ question: Type.String() }) {}
class Rated extends dataPoint({ question: Type.String(), rating: Type.String() }) {}
class RateTask extends TransformationTask.of({ input: Question, output: Rated }) {}
const declared = { task: RateTask, blocks: { generator: LMProvider } };

/** One call a row; `none` gives no row, `twice` two, `throw` an exception. */
class RateBuilder extends TransformationDataBuilder.of(declared) {
  override async *transform({ question }: Question, ctx: RowContext) {
    if (question === 'throw') throw new TypeError('cannot rate this');
    for await (const { result } of this.blocks.generator.run([{ input: question }])) {
      if (result === 'none') return;
      if (result === 'reject') ctx.reject('not a rating', result);
      else yield new Rated({ question, rating: result });
      if (result === 'twice') yield new Rated({ question, rating: 'again' });
    }
  }
}

/** Rows that must be seen together. */
class CompareBuilder extends TransformationDataBuilder.of(declared) {
  override async transformBatch(rows: readonly Question[], ctx: BatchContext) {
    const input = rows.map(({ question }) => question).join('+');
    const [answer] = await this.blocks.generator.run([{ input }]).toArray();
    return rows.map((row) => ctx.from(row, new Rated({ question: row.question, rating: answer?.result ?? '' })));
  }
}

const echo: Answer = (prompt) => `rated ${prompt}`;

function run(
  input: readonly Row[],
  options: Partial<DatasetRun> & { answer?: Answer } = {},
): DatasetRun & { model: ScriptedModel } {
  const { answer = echo, ...more } = options;
  return { builder: RateBuilder, input, ...more, model: new ScriptedModel(answer) };
}

const questions = (...names: string[]) => names.map((question) => ({ question }));
const ratings = (dataset: TestDataset) =>
  dataset.read('finalData').map(({ question, rating }) => `${question}: ${rating}`);

describe('a transformation', () => {
  it('makes what each row gives, in the order of the input, whenever answers come', async () => {
    using dataset = new TestDataset();
    const gates = new Map<string, () => void>();
    const answer: Answer = (prompt) =>
      new Promise((resolve) => {
        gates.set(prompt, () => resolve(prompt === 'b' ? 'twice' : prompt === 'c' ? 'none' : 'ok'));
        if (gates.size === 4) for (const name of ['d', 'c', 'b', 'a']) gates.get(name)?.();
      });
    const { ending, results } = await dataset.run(run(questions('a', 'b', 'c', 'd'), { answer }));
    expect(ratings(dataset)).toEqual(['a: ok', 'b: twice', 'b: again', 'd: ok']);
    expect(ending).toMatchObject({ reason: 'complete', message: '4 rows of 4 input rows' });
    expect(results).toMatchObject({ rows: 4, inputs: 4, funnel: { candidates: 5, accepted: 4 } });
    expect(dataset.read('rejected')).toMatchObject([{ reason: 'transform gave no row', answer: { question: 'c' } }]);
  });

  it('lets columns that the task does not declare travel beside, the made fields last', async () => {
    using dataset = new TestDataset();
    await dataset.run(run([{ id: '007', question: 'a', rating: 'old', source: { page: 1 }, is_seed: true }]));
    expect(dataset.bytes('finalData')).toBe(
      '{"task_name":"test/pairs","is_seed":false,"id":"007","rating":"rated a","source":{"page":1},"question":"a"}\n',
    );
  });

  it('hands the columns to the builder', async () => {
    using dataset = new TestDataset();
    class Sees extends RateBuilder {
      override async *transform(row: Question, ctx: RowContext) {
        yield new Rated({ question: row.question, rating: `${ctx.number} ${String(ctx.columns['level'])}` });
      }
    }
    await dataset.run(
      run(
        [
          { question: 'a', level: 3 },
          { question: 'b', level: 4 },
        ],
        { builder: Sees },
      ),
    );
    expect(ratings(dataset)).toEqual(['a: 1 3', 'b: 2 4']);
  });

  it('ends at once when there are no rows', async () => {
    using dataset = new TestDataset();
    const { ending, results } = await dataset.run(run([]));
    expect(ending).toMatchObject({ reason: 'complete', message: '0 rows of 0 input rows' });
    expect(results.rows).toBe(0);
    expect(dataset.bytes('finalData')).toBe('');
  });

  it('calls nothing and changes nothing when it is run again', async () => {
    using dataset = new TestDataset();
    await dataset.run(run(questions('a', 'b')));
    const again = run(questions('a', 'b'));
    const { untouched } = await dataset.run(again);
    expect([untouched, again.model.sent]).toEqual([true, []]);
  });

  it('works on batches where the builder takes them, each row keeping its columns', async () => {
    using dataset = new TestDataset();
    const rows = ['a', 'b', 'c'].map((question, id) => ({ question, id }));
    const { ending } = await dataset.run(run(rows, { builder: CompareBuilder, units: { size: 2 } }));
    expect(dataset.read('finalData').map(({ id, rating }) => [id, rating])).toEqual([
      [0, 'rated a+b'],
      [1, 'rated a+b'],
      [2, 'rated c'],
    ]);
    expect(ending.message).toBe('3 rows of 2 input batches');
  });
});

describe('an input that changes', () => {
  /** Runs a first input, then a second, and tells what the second run sent and said. */
  async function change(first: readonly Row[], second: readonly Row[], options: Partial<DatasetRun> = {}) {
    using dataset = new TestDataset();
    await dataset.run(run(first, options));
    dataset.announcements.length = 0;
    const again = run(second, options);
    await dataset.run(again);
    using fresh = new TestDataset();
    await fresh.run(run(second, options));
    expect(dataset.bytes('finalData')).toBe(fresh.bytes('finalData'));
    return { sent: again.model.sent, said: dataset.announcements };
  }

  it('is worked on from the rows that were appended', async () => {
    const { sent, said } = await change(questions('a', 'b'), questions('a', 'b', 'c', 'd'));
    expect(sent).toEqual(['c', 'd']);
    expect(said).toEqual(['test/pairs: input: 2 rows new']);
  });

  it('costs the rows that are new in the middle, and none that moved or left', async () => {
    const { sent, said } = await change(questions('a', 'b', 'c', 'd'), questions('d', 'a', 'new', 'c'));
    expect(sent).toEqual(['new']);
    expect(said[0]).toBe('test/pairs: input: 1 row new, 3 moved, 1 gone');
  });

  it('knows a row by its unique key, and makes it again when it holds something else', async () => {
    const named = (...names: string[]) => names.map((question, id) => ({ id, question }));
    const units = { uniqueKey: 'id' };
    const { sent, said } = await change(named('a', 'b', 'c'), named('a', 'B', 'c'), { units });
    expect(sent).toEqual(['B']);
    expect(said[0]).toBe('test/pairs: input: 1 row edited');
  });

  it('may hold the same row several times', async () => {
    const { sent, said } = await change(questions('a', 'a', 'b'), questions('a', 'b', 'a', 'a'));
    expect(sent).toEqual(['a']);
    expect(said[0]).toBe('test/pairs: input: 1 row new, 2 moved');
  });

  it('gives what a new dataset would, and pays for no row twice', async () => {
    const rows = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(rows, rows, async (before, after) => {
        const { sent } = await change(questions(...before), questions(...after));
        const left = [...before];
        const fresh = after.filter((name) => {
          const at = left.indexOf(name);
          if (at >= 0) left.splice(at, 1);
          return at < 0;
        });
        expect(sent.toSorted()).toEqual(fresh.toSorted());
      }),
      { numRuns: 40 },
    );
  });

  it('is refused when a unique key is missing or repeated, naming the rows', async () => {
    using dataset = new TestDataset();
    const units = { uniqueKey: 'id' };
    const { ending: missing } = await dataset.run(run([{ question: 'a' }], { units }));
    expect(missing).toMatchObject({
      reason: 'failed',
      message: 'row 1 of the input has no "id"; it has: question',
    });
    const { ending: repeated } = await dataset.run(
      run(
        [
          { question: 'a', id: 1 },
          { question: 'b', id: 2 },
          { question: 'c', id: 1 },
        ],
        { units },
      ),
    );
    expect(repeated).toMatchObject({ reason: 'failed', message: 'rows 1 and 3 of the input have the same id: 1' });
  });
});

describe('a row that fails', () => {
  const poison: Answer = (prompt) => {
    if (prompt !== 'bad') return 'ok';
    throw new ProviderError('DGT_PROVIDER_REQUEST', 'permanent', {
      provider: 'scripted',
      endpoint: 'nowhere',
      status: 400,
      reason: 'no',
    });
  };

  it('costs itself alone, with the cause and the row, and the run says so', async () => {
    using dataset = new TestDataset();
    const { ending, results } = await dataset.run(run(questions('a', 'bad', 'throw', 'b'), { answer: poison }));
    expect(ratings(dataset)).toEqual(['a: ok', 'b: ok']);
    expect(ending.reason).toBe('partial');
    expect(ending.message).toBe('2 rows of 4 input rows; 2 ended as errors, which --retry-errors tries again');
    expect(dataset.read('errors')).toMatchObject([
      { attempt: 2, block: 'generator', code: 'DGT_PROVIDER_REQUEST', row: { input: 'bad' } },
      { attempt: 3, block: 'builder', code: 'DGT_BUILDER_THREW', row: { question: 'throw' } },
    ]);
    expect(dataset.read('errors')[1]?.['reason']).toContain('cannot rate this');
    expect(results.funnel).toMatchObject({ candidates: 4, accepted: 2 });
  });

  it('is not what the task declares: that is its error', async () => {
    using dataset = new TestDataset();
    await dataset.run(run([{ question: 5 }, { question: 'a' }]));
    expect(ratings(dataset)).toEqual(['a: rated a']);
    expect(dataset.read('errors')[0]?.['reason']).toContain('question: expected a string, got 5');
  });

  it('is tried again when that is asked for, and nothing else is called', async () => {
    using dataset = new TestDataset();
    const input = questions('a', 'bad', 'b');
    await dataset.run(run(input, { answer: poison }));
    const unasked = run(input);
    await dataset.run(unasked);
    expect(unasked.model.sent).toEqual([]);
    const again = run(input, { answer: () => 'better', retryErrors: true });
    const { ending } = await dataset.run(again);
    expect([ending.reason, again.model.sent]).toEqual(['complete', ['bad']]);
    expect(ratings(dataset)).toEqual(['a: ok', 'bad: better', 'b: ok']);
    expect(dataset.read('errors')).toEqual([]);
  });

  it('ends the run when too many do', async () => {
    using dataset = new TestDataset();
    const input = Array.from({ length: 100 }, (_, index) => ({ question: index % 3 === 0 ? 'throw' : `q${index}` }));
    const { ending } = await dataset.run(run(input));
    expect(ending).toMatchObject({ reason: 'failed', error: { code: 'DGT_TOO_MANY_ERRORS' } });
    expect(ending.message).toBe(
      '7 of 20 inputs ended as errors, more than the share of 0.2 that max_error_rate allows',
    );
    const tolerant = await dataset.run(run(input, { settings: { max_error_rate: 0.5 } }));
    expect(tolerant.ending.reason).toBe('partial');
    expect(tolerant.results.rows).toBe(66);
  });
});

describe('a transformation that is interrupted', () => {
  it('goes on with the same bytes and asks nothing again that was answered', async () => {
    const input = questions(...Array.from({ length: 60 }, (_, index) => `q${index % 40}`));
    using whole = new TestDataset();
    await whole.run(run(input));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 59 }), async (stopAfter) => {
        using dataset = new TestDataset();
        let answered = 0;
        let stop: (() => void) | undefined;
        const first = run(input, {
          answer: (prompt) => {
            if (++answered === stopAfter) stop?.();
            return echo(prompt, '', undefined as never);
          },
          onStart: (session) => {
            stop = () => session.run.stop();
          },
        });
        await dataset.run(first);
        const second = run(input);
        const { ending } = await dataset.run(second);
        expect(ending.reason).toBe('complete');
        expect(first.model.sent.length + second.model.sent.length).toBe(60);
        expect(dataset.bytes('finalData')).toBe(whole.bytes('finalData'));
      }),
      { numRuns: 15 },
    );
  });
});

describe('what blocks count', () => {
  it('stands in the results, whatever was made by this run and what by earlier ones', async () => {
    class Noting extends ScriptedModel {
      override async process(...[row, context]: Parameters<ScriptedModel['process']>) {
        context.lane.note({
          block: 'generator',
          counter: 'answers_repaired',
          cause: row.input === 'a' ? 'fence' : 'syntax',
        });
        return super.process(row, context);
      }
    }
    using dataset = new TestDataset();
    const runOn = (...names: string[]) => dataset.run({ ...run(questions(...names)), model: new Noting(echo) });
    await runOn('a', 'b');
    const { results } = await runOn('a', 'b', 'c');
    const noted = { block: 'generator', counter: 'answers_repaired' };
    expect(results.notes).toEqual([
      { ...noted, cause: 'fence', count: 1 },
      { ...noted, cause: 'syntax', count: 2 },
    ]);
  });
});
