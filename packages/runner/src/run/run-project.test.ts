import { blocks, LMProvider, type BlockClass } from '@dgt/core';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ProjectFolder, validBuilder, validTask } from '../config/__fixtures__/project.js';
import { SecretStore } from '../config/secrets.js';
import { Ledger } from '../ledger/ledger.js';
import { runProject, type ProjectRunOptions } from './run-project.js';

/** A model whose connection cannot be closed. */
class Clinging extends LMProvider {
  process(): never {
    throw new Error('is not asked');
  }

  override close(): Promise<void> {
    return Promise.reject(new Error('the connection is gone already'));
  }
}
blocks.add('clinging', Clinging as unknown as BlockClass, 'this test');

let warnings: string[];
const keepWarning = ({ name }: Error) => void warnings.push(name);

beforeEach(() => {
  warnings = [];
  process.on('warning', keepWarning);
});

afterEach(() => {
  process.off('warning', keepWarning);
});

/** Runs tasks that are complete from the start. */
async function runTasks(folder: ProjectFolder, options: Pick<ProjectRunOptions, 'onStart'> = {}) {
  const said: string[] = [];
  const signals = { stop: new AbortController().signal, abort: new AbortController().signal };
  const outcomes = await runProject({
    taskPaths: ['tasks'],
    builderRoots: ['builders'],
    workingFolder: folder.path,
    environment: {},
    secrets: new SecretStore(),
    overrides: { num_outputs_to_generate: 0, output_dir: 'output' },
    announce: (message) => said.push(message),
    ...signals,
    ...options,
  });
  return { outcomes, said };
}

describe('a run of many tasks', () => {
  it('listens for an interruption without a warning of Node', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `team/topic_${index}`);
    await using folder = await ProjectFolder.write({
      'builders/pairs/pairs.yaml': validBuilder,
      'builders/pairs/generate.ts': '',
      ...Object.fromEntries(names.map((name) => [`tasks/${name}/task.yaml`, validTask.replace('team/pairs', name)])),
    });
    const { outcomes } = await runTasks(folder);
    expect(outcomes.map(({ ending }) => ending.reason)).toEqual(names.map(() => 'complete'));
    expect(warnings).toEqual([]);
  });

  it('is not spoiled by a block that cannot be closed, which is told', async () => {
    await using folder = await ProjectFolder.write({
      'builders/pairs/pairs.yaml': validBuilder.replace('type: ollama', 'type: clinging').replace(/.*model_id.*\n/, ''),
      'builders/pairs/generate.ts': '',
      'tasks/task.yaml': validTask,
    });
    const { outcomes, said } = await runTasks(folder);
    expect(outcomes[0]?.ending.reason).toBe('complete');
    expect(said).toContain('generator: the connection is gone already');
    expect(await readdir(join(folder.path, 'output/team/pairs'))).not.toContain('.run.json');
  });

  it('gives every folder back, though one of them cannot be', async () => {
    await using folder = await ProjectFolder.write({
      'builders/pairs/pairs.yaml': validBuilder,
      'builders/pairs/generate.ts': '',
      'tasks/a/task.yaml': validTask.replace('team/pairs', 'a'),
      'tasks/b/task.yaml': validTask.replace('team/pairs', 'b'),
    });
    const holder = (name: string) => join(folder.path, 'output', name, '.run.json');
    const onStart = () => {
      rmSync(holder('a'));
      mkdirSync(join(holder('a'), 'full'), { recursive: true });
    };
    await expect(runTasks(folder, { onStart })).rejects.toThrow('EISDIR');
    expect(existsSync(holder('b'))).toBe(false);
    for (const name of ['a', 'b']) Ledger.open(join(folder.path, 'output', name, 'ledger.db')).close();
  });
});
