import { SecretStore, runProject, type TaskOutcome } from '@dgt/runner';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seeds } from './pairs.js';

const builders = new URL('./builders', import.meta.url).pathname;

/** A folder in which the engine makes a dataset, as `dgt run` would. */
export class BenchDataset implements Disposable {
  readonly folder: string;
  readonly #temporary: boolean;

  /** @param folder one that another process made; a new temporary one when left out. */
  constructor(folder?: string) {
    this.folder = folder ?? mkdtempSync(join(tmpdir(), 'dgt-bench-'));
    this.#temporary = folder === undefined;
    const task = {
      task_name: 'bench',
      task_description: '',
      created_by: '',
      data_builder: 'pairs',
      seed_examples: seeds,
    };
    writeFileSync(join(this.folder, 'task.yaml'), JSON.stringify(task));
  }

  get ledger(): string {
    return join(this.folder, 'output/bench/ledger.db');
  }

  /**
   * @param lm the model instead of the one in this process, as `--lm` takes it.
   * @throws when the run does not end complete.
   */
  async run(quota: number, lm?: string): Promise<TaskOutcome> {
    const [outcome] = await runProject({
      lm,
      taskPaths: ['task.yaml'],
      builderRoots: [builders],
      workingFolder: this.folder,
      environment: {},
      overrides: { num_outputs_to_generate: quota },
      secrets: new SecretStore(),
    });
    if (outcome?.ending.reason !== 'complete') throw new Error(`ended ${outcome?.ending.message}`, { cause: outcome });
    return outcome;
  }

  [Symbol.dispose](): void {
    if (this.#temporary) rmSync(this.folder, { recursive: true, force: true });
  }
}
