import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { TemporaryProject } from './project.js';

/** Rows of the dataset; `DGT_TEST_ROWS=20000 npx vitest run packages/cli/test/repetition.test.ts` makes as many. */
const quota = Number(process.env['DGT_TEST_ROWS'] ?? 2000);
const threshold = 0.7;
const output = 'output/repetition';

function addProject(): TemporaryProject {
  const builder = readFileSync(join(import.meta.dirname, '__fixtures__/repeating/generate.ts'), 'utf8');
  return new TemporaryProject()
    .write('builders/repeating/generate.ts', builder)
    .write(
      'builders/repeating/repeating.yaml',
      `name: test/repeating
blocks:
  - { name: generator, type: repeating_model }
  - { name: dedup, type: rouge_scorer, filter: true, threshold: ${threshold}, input_map: { question: input } }
postprocessors:
  - name: dedup
`,
    )
    .write(
      'task.yaml',
      `task_name: repetition
task_description: Questions of a model that repeats itself
data_builder: test/repeating
num_outputs_to_generate: ${quota}
runner_config: { machine_batch_size: 0, seed_batch_size: 20 }
seed_examples:
${Array.from({ length: 20 }, (_, index) => `  - question: seed ${index}`).join('\n')}
`,
    );
}

/** The definition: the F1 of precision and recall of the longest common subsequence, by dynamic programming. */
function rougeL(a: Int32Array, b: Int32Array, previous: Uint8Array, current: Uint8Array): number {
  previous.fill(0, 0, b.length + 1);
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const [up, left] = [previous[j] as number, current[j - 1] as number];
      current[j] = a[i - 1] === b[j - 1] ? (previous[j - 1] as number) + 1 : up > left ? up : left;
    }
    [previous, current] = [current, previous];
  }
  const common = previous[b.length] as number;
  return common === 0 ? 0 : (2 * common) / (a.length + b.length);
}

function findPairAbove(texts: readonly string[]): [string, string] | undefined {
  const ids = new Map<string, number>();
  const idOf = (word: string) => ids.get(word) ?? (ids.set(word, ids.size), ids.size - 1);
  const tokens = texts.map((text) => Int32Array.from(text.match(/\w+/g) ?? [], idOf));
  const rows = [new Uint8Array(64), new Uint8Array(64)] as const;
  for (const [index, a] of tokens.entries()) {
    for (let other = 0; other < index; other++) {
      const b = tokens[other] as Int32Array;
      if (rougeL(a, b, ...rows) >= threshold) return [texts[index] as string, texts[other] as string];
    }
  }
  return undefined;
}

it(
  'gives exactly the rows asked for, none near another, of a model that repeats itself',
  { timeout: 900_000 },
  async () => {
    using project = addProject();
    const finished = await project.run(['run', '--task-path', 'task.yaml', '--json']);
    expect(finished.code, finished.stderr).toBe(0);
    const questions = project.rows(`${output}/final_data.jsonl`).map(({ question }) => question as string);
    expect(questions).toHaveLength(quota);
    expect(findPairAbove(questions)).toBeUndefined();

    const { funnel } = JSON.parse(finished.stdout).tasks[0];
    const lost = funnel.losses.reduce((sum: number, { count }: { count: number }) => sum + count, 0);
    expect(funnel.accepted + lost).toBe(funnel.candidates);
    expect(lost).toBe(project.rows(`${output}/rejected.jsonl`).length);
    expect(lost / funnel.candidates).toBeGreaterThan(0.4);

    using killed = addProject();
    const first = killed.start(['run', '--task-path', 'task.yaml', '--quiet']);
    const countRows = () => {
      try {
        return killed.rows(`${output}/data.jsonl`).length;
      } catch {
        return 0;
      }
    };
    while (first.process.exitCode === null && countRows() < quota / 2) await delay(5);
    first.process.kill('SIGKILL');
    expect((await first.finished).signal).toBe('SIGKILL');
    expect((await killed.run(['run', '--task-path', 'task.yaml', '--quiet'])).code).toBe(0);
    for (const file of ['final_data', 'rejected']) {
      expect(killed.read(`${output}/${file}.jsonl`) === project.read(`${output}/${file}.jsonl`)).toBe(true);
    }
  },
);
