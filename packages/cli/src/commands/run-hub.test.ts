import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { StandInHub } from '../../../stores/src/__fixtures__/stand-in-hub.js';
import { TestTerminal } from '../__fixtures__/command-line.js';
import '../__fixtures__/builders/counting/fake-model.js';

const task = `task_name: graded
task_description: Grades
data_builder: test/grading
data: { type: default, data_path: hf://datasets/ada/answers, data_split: test }
final_datastore: { type: hub, path: hf://datasets/ada/grades }
runner_config: { records_per_chunk: 2, random_seed: 1 }
`;

/** A terminal whose environment knows the hub, with a task that reads from it and writes to it. */
function openTerminal(hub: StandInHub): TestTerminal {
  const terminal = new TestTerminal();
  Object.assign(terminal.environment, { HOME: terminal.workingFolder, ...hub.environment });
  terminal.write('task.yaml', task);
  const rows = Array.from({ length: 5 }, (_, index) => `{"text":"answer ${index}"}\n`);
  hub.put('ada/answers', { 'test.jsonl': rows.join(''), 'train.jsonl': '{"text":"other"}\n' }, { isPrivate: true });
  return terminal;
}

const chunksOf = (hub: StandInHub) => Object.keys(hub.files('ada/grades') ?? {}).sort();

describe('a task between two datasets of a hub', () => {
  it('uploads each chunk when it is closed, and the token is written nowhere', async () => {
    await using hub = await StandInHub.start();
    using terminal = openTerminal(hub);
    const { code, stdout, stderr } = await terminal.runTask('task.yaml');
    expect([code, stdout.split('\n')[0]]).toEqual([0, 'graded: complete, 5 rows']);
    expect(chunksOf(hub)).toEqual(['README.md', 'train-00000.parquet', 'train-00001.parquet', 'train-00002.parquet']);
    expect(hub.isPrivate('ada/grades')).toBe(true);
    const again = await terminal.runTask('task.yaml');
    expect(again.stdout).toContain('graded: already complete, 5 rows, nothing called');
    // Three chunks and the card.
    expect(hub.count(/\/commit\//)).toBe(4);
    const written = readdirSync(terminal.workingFolder, { recursive: true, encoding: 'utf8' })
      .map((name) => join(terminal.workingFolder, name))
      .filter((file) => statSync(file).isFile());
    expect(written.filter((file) => readFileSync(file).includes(hub.token))).toEqual([]);
    expect(stdout + stderr).not.toContain(hub.token);
  });

  it('goes on after an upload that was refused, without another call', async () => {
    await using hub = await StandInHub.start();
    using terminal = openTerminal(hub);
    hub.put('ada/grades', {});
    hub.faults.push({ when: /\/commit\//, status: 403, error: 'storage is full' });
    const { code, stderr } = await terminal.runTask('task.yaml');
    expect(code).toBe(1);
    expect(stderr).toContain('DGT_HUB_UPLOAD');
    expect(stderr).toContain(
      'final_data-00000.parquet is written, but could not be uploaded to hf://datasets/ada/grades',
    );
    expect(stderr).toContain('storage is full');
    expect(readdirSync(join(terminal.workingFolder, 'output/graded'))).toContain('final_data-00000.parquet');
    const again = await terminal.runTask('task.yaml');
    expect([again.code, again.stdout.split('\n')[0]]).toEqual([0, 'graded: complete, 5 rows']);
    expect(chunksOf(hub)).toEqual(['README.md', 'train-00000.parquet', 'train-00001.parquet', 'train-00002.parquet']);
  });

  it('notices that the dataset has changed, and works on what is new', async () => {
    await using hub = await StandInHub.start();
    using terminal = openTerminal(hub);
    await terminal.runTask('task.yaml');
    const [rows] = Object.values(hub.files('ada/answers') ?? {});
    hub.put('ada/answers', { 'test.jsonl': `${rows?.toString()}{"text":"late"}\n` });
    const { stdout, stderr } = await terminal.runTask('task.yaml');
    expect(stderr).toContain('graded: input: 1 row new');
    expect(stdout).toContain('graded: complete, 6 rows');
    expect(hub.count(/\/commit\//)).toBe(6);
  });

  it('is told of a wrong token, which is not repeated', async () => {
    await using hub = await StandInHub.start();
    using terminal = openTerminal(hub);
    terminal.environment['HF_TOKEN'] = 'hf_wrong';
    const { code, stderr } = await terminal.runTask('task.yaml');
    expect([code, stderr]).toEqual([1, expect.stringContaining('DGT_HUB_REFUSED')]);
    expect(stderr).toContain('asked with the token of HF_TOKEN');
    expect(stderr).not.toContain('hf_wrong');
  });
});
