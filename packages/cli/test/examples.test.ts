import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { TemporaryProject, repository } from './project.js';

it(
  'rates the pairs of the example with the bundled model, and says that it is a demonstration',
  { timeout: 120_000 },
  async () => {
    using project = new TemporaryProject();
    for (const folder of ['builders/public/examples/qa_rater', 'tasks/public/examples/qa_rater'])
      cpSync(join(repository, folder), join(project.folder, folder), { recursive: true });
    const run = () =>
      project.run(['run', 'tasks/public/examples/qa_rater/task.yaml'], { OLLAMA_HOST: 'http://127.0.0.1:9' });
    const { code, stderr } = await run();
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stderr).toContain('dgt-geo-micro is a tiny demonstration model');
    const output = 'output/public/examples/qa_rater/final_data.jsonl';
    const rows = project.rows(output);
    expect(rows.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    for (const { ratings } of rows)
      expect(['easy', 'medium', 'hard']).toContain((ratings as { difficulty: string }).difficulty);
    const before = project.read(output);
    expect((await run()).stdout).toContain('nothing called');
    expect(project.read(output)).toBe(before);
  },
);
