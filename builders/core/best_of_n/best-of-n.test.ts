import { describe, expect, it } from 'vitest';
import { fieldsOf, TaskFolder, type OutputRow } from '../__fixtures__/task-folder.js';

const data_builder = 'core/best_of_n';

interface Asked {
  readonly prompt: string;
  readonly body: OutputRow;
  readonly identity: string;
}

/** Candidates are `good`, `fair` and `poor` by turns; the judge knows which is which, wherever it stands. */
function createModel() {
  let candidates = 0;
  return ({ prompt, body }: Asked): string => {
    const isJudge = JSON.stringify(body).includes('json_schema');
    if (!isJudge) return ['fair', 'good', 'poor'][candidates++ % 3] as string;
    const worth = (text: string) => ['poor', 'fair', 'good'].indexOf(text);
    if (prompt.includes('Score it'))
      return JSON.stringify({ score: worth(/The answer:\n(\w+)/.exec(prompt)?.[1] ?? '') * 5 });
    const shown = Array.from(prompt.matchAll(/Answer \d+:\n(\w+)/g), ([, text = '']) => worth(text));
    return JSON.stringify({ choice: shown.indexOf(Math.max(...shown)) + 1 });
  };
}

const open = () => TaskFolder.open({ answer: createModel() as never });
const task = { data_builder, data: [{ topic: 'maps' }], user: 'Write on {topic}' };

describe('the best of several answers', () => {
  it.each([
    ['vote', { samples: 5 }, [0, 5, 0]],
    ['score', { samples: 2 }, [5, 10, 0]],
    ['pairwise', {}, [1, 2, 0]],
  ])('is chosen by %s, and every candidate is kept', async (method, more, scores) => {
    await using folder = await open();
    const run = await folder.run({ ...task, judge: { method, ...more } });
    expect(run.code, run.stderr).toBe(0);
    const [row] = run.rows.map(fieldsOf) as [OutputRow & { candidates: string[]; scores: number[]; choice: number }];
    const order = ['fair', 'good', 'poor'];
    expect(row.candidates.toSorted()).toEqual(order);
    expect(row.candidates.map((text, index) => [text, row.scores[index]])).toEqual(
      row.candidates.map((text) => [text, scores[order.indexOf(text)]]),
    );
    expect(row).toMatchObject({ topic: 'maps', best: 'good', choice: row.candidates.indexOf('good') });
    if (method !== 'vote') expect(row['worst']).toBe('poor');
    expect(run.prompts.filter((prompt) => prompt.includes('The task:\nWrite on maps'))).not.toHaveLength(0);
  });

  it('is judged by a prompt of the user where there is one', async () => {
    const asked: string[] = [];
    await using folder = await TaskFolder.open({
      answer: ({ prompt, body }) => {
        if (!JSON.stringify(body).includes('json_schema')) return 'text';
        asked.push(prompt);
        return '{"choice": 2}';
      },
    });
    const judge = { method: 'pairwise', system: 'You judge.', user: '{topic}: {first} or {second}?' };
    const { rows } = await folder.run({ ...task, n: 2, judge });
    expect(asked).toEqual(['maps: text or text?']);
    expect(rows[0]).toMatchObject({ candidates: ['text', 'text'], best: 'text' });
  });

  it('is one of the choices, or fits a schema', async () => {
    const wanted = (body: OutputRow) => JSON.stringify(body).includes('"yes"');
    await using folder = await TaskFolder.open({
      answer: ({ body }) => (wanted(body as OutputRow) ? '{"choice": "yes"}' : '{"score": 3}'),
    });
    const choice = await folder.run({ ...task, choices: ['yes', 'no'], judge: { method: 'score' } });
    expect(choice.rows[0]).toMatchObject({
      candidates: ['yes', 'yes', 'yes'],
      scores: [3, 3, 3],
      choice: 0,
      best: 'yes',
    });
    const schema = { type: 'object', properties: { score: { type: 'integer' } }, required: ['score'] };
    const shaped = await folder.run({
      ...task,
      task_name: 'shaped',
      type: 'json',
      schema,
      n: 2,
      judge: { method: 'score' },
    });
    expect(shaped.rows[0]).toMatchObject({ candidates: [{ score: 3 }, { score: 3 }], best: { score: 3 } });
    const even = { ...task, task_name: 'even', choices: ['yes', 'no'], judge: { method: 'score', min_margin: 1 } };
    expect((await folder.run(even)).rejected).toMatchObject([
      { reason: 'the best is better than the worst by 0, less than min_margin' },
    ]);
  });

  it('is not made again when only the judge is changed, and nothing is called for what stays', async () => {
    await using folder = await open();
    const first = await folder.run({ ...task, judge: { method: 'vote', samples: 2 } });
    expect(first.prompts.filter((prompt) => prompt === 'user: Write on maps')).not.toHaveLength(0);
    const second = await folder.run({ ...task, judge: { method: 'score' } }, '--replay');
    expect(second.prompts.every((prompt) => prompt.includes('Score it'))).toBe(true);
    expect(second.rows[0]?.['candidates']).toEqual(first.rows[0]?.['candidates']);
    expect((await folder.run({ ...task, judge: { method: 'score' } })).prompts).toEqual([]);
  });

  it('needs two candidates that can be read, and a column for each name in a prompt', async () => {
    await using folder = await TaskFolder.open({ answer: () => 'no tag' });
    const judge = { method: 'vote' };
    const unread = await folder.run({ ...task, extract: { tag: 'draft' }, judge });
    expect([unread.rows, unread.code]).toEqual([[], 0]);
    expect(unread.rejected.at(-1)).toMatchObject({
      reason: 'no candidate could be read, and there is nothing to choose from',
    });
    const missing = await folder.run({ ...task, task_name: 'missing', judge: { ...judge, user: '{candidates} {x}' } });
    expect(missing.stderr).toContain(
      'judge.user: row 1: the judge, user needs {x}; there are: topic, TASK, candidates',
    );
    expect([missing.code, missing.prompts]).toEqual([1, []]);
  });
});
