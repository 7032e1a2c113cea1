import { datastores, Type } from '@dgt/core';
import { SecretStore, runProject, type ShardName, type TaskOutcome } from '@dgt/runner';
import { writeParquet } from '@dgt/stores/files';
import { datastoreManifest } from '@dgt/stores/manifest';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const builders = new URL('./builders', import.meta.url).pathname;
const columns = Type.Object({ id: Type.Integer(), text: Type.String() });

/** Writes a parquet file of rows of about 600 characters, each another. */
export async function writeInput(folder: string, rows: number): Promise<void> {
  await writeParquet(createRows(rows), columns, join(folder, 'input.parquet'));
}

function* createRows(count: number) {
  for (let id = 0; id < count; id++) {
    yield { id, text: `${`Town number ${id} lies on the river ${id % 977} and has a bridge. `.repeat(11)}` };
  }
}

/** Works on the rows of a folder, as `dgt run` would. */
export async function transformInput(
  folder: string,
  options: { stop?: AbortSignal; shard?: ShardName; merge?: boolean } = {},
): Promise<TaskOutcome> {
  datastores.announce(datastoreManifest);
  const task = {
    task_name: 'bench',
    task_description: '',
    created_by: '',
    data_builder: 'rated',
    data: { type: 'default', data_path: 'input.parquet' },
  };
  writeFileSync(join(folder, 'task.yaml'), JSON.stringify(task));
  const [outcome] = await runProject({
    taskPaths: ['task.yaml'],
    builderRoots: [builders],
    workingFolder: folder,
    environment: {},
    secrets: new SecretStore(),
    ...options,
  });
  const expected = options.stop?.aborted ? 'cancelled' : 'complete';
  if (outcome?.ending.reason !== expected) throw new Error(`ended ${outcome?.ending.message}`, { cause: outcome });
  return outcome;
}
