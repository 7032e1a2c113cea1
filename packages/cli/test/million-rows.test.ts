import { Type } from '@dgt/core';
import { writeParquet } from '@dgt/stores/files';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { TemporaryProject, type RunningCommand } from './project.js';

/** Rows of the input; `DGT_TEST_ROWS=1000000 npx vitest run packages/cli/test/million-rows.test.ts` for as many. */
const rows = Number(process.env['DGT_TEST_ROWS'] ?? 20_000);
const builders = join(import.meta.dirname, '__fixtures__/shards');
const output = 'output/rate';
const args = ['run', 'task.yaml', '--include-builders', builders, '--quiet'];

async function createProject(): Promise<TemporaryProject> {
  const project = new TemporaryProject().write(
    'task.yaml',
    'task_name: rate\ntask_description: Rates\ndata_builder: test/rated\n' +
      'data: { type: default, data_path: input.parquet }\nrunner_config: { records_per_chunk: 5000 }\n',
  );
  const columns = Type.Object({ question: Type.String(), id: Type.Integer() });
  await writeParquet(createRows(), columns, join(project.folder, 'input.parquet'));
  return project;
}

/** One row in ten stands somewhere else too. */
function* createRows() {
  for (let id = 0; id < rows; id++) yield { question: `question ${id % 10 === 0 ? id % 1000 : id}`, id: id % 7 };
}

/** Resolves when data.jsonl has grown by so many bytes, or the run has ended. */
async function untilGrown(file: string, bytes: number, run: RunningCommand): Promise<void> {
  const size = () => (existsSync(file) ? statSync(file).size : 0);
  const before = size();
  while (run.process.exitCode === null && size() < before + bytes) await delay(5);
}

describe('a transformation of many rows', () => {
  it('is killed at work, goes on, and gives the bytes of an undisturbed run', { timeout: 900_000 }, async () => {
    using calm = await createProject();
    expect(await calm.run(args)).toMatchObject({ code: 0, stderr: '' });
    const { size } = statSync(join(calm.folder, output, 'data.jsonl'));

    using project = await createProject();
    const data = join(project.folder, output, 'data.jsonl');
    for (const share of [0.1, 0.25, 0.3]) {
      const run = project.start(args);
      await untilGrown(data, share * size, run);
      run.process.kill('SIGKILL');
      expect((await run.finished).signal).toBe('SIGKILL');
    }
    expect(existsSync(join(project.folder, output, 'final_data-00000.jsonl'))).toBe(true);
    expect(await project.run(args)).toMatchObject({ code: 0, stderr: '' });
    const chunks = Array.from(
      { length: Math.ceil(rows / 5000) },
      (_, index) => `final_data-${String(index).padStart(5, '0')}.jsonl`,
    );
    for (const name of [...chunks, 'data.jsonl', 'rejected.jsonl', 'errors.jsonl'])
      expect(project.read(`${output}/${name}`) === calm.read(`${output}/${name}`), name).toBe(true);
    const results = JSON.parse(project.read(`${output}/task_results.json`)) as { calls: { answered: number } };
    expect(results.calls.answered).toBe(rows);
  });
});
