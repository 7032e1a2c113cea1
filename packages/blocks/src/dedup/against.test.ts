import { createScriptLane, createScriptServices, type GateContext, type Json } from '@dgt/core';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ExactDeduplicator } from './index.js';

let folder: string;
let said: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dgt-against-'));
  said = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(file: string, rows: readonly unknown[]): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  const lines = rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row)));
  writeFileSync(join(folder, file), lines.map((line) => `${line}\n`).join(''));
}

function createServices() {
  const log = { write: (_level: string, message: string) => void said.push(message) };
  return { ...createScriptServices(), baseFolder: folder, workingFolder: folder, log };
}

function create(config: object, services = createServices()): ExactDeduplicator {
  return new ExactDeduplicator({ name: 'dedup', filter: true, ...config }, services);
}

function contextOf(task: string, pinned?: Json): GateContext {
  return { lane: createScriptLane(), task: { name: task, outputDir: join(folder, 'output') }, pinned };
}

describe('a deduplicator against files', () => {
  it('drops what they hold and says where it stands', async () => {
    write('a.jsonl', [{ question: 'Where?' }, '', { answer: 'no question' }, { question: 'When?' }]);
    write('b.txt', ['Who?', '', '  Why? ']);
    const gate = create({ against: { files: ['*.jsonl', 'b.txt'], field: 'question' } }).openGate();
    expect(gate.judge({ input: 'when?' }, 1)).toEqual({
      valid: false,
      reason: 'repeats a text of a.jsonl',
      score: 1,
      against: { file: 'a.jsonl', line: 4 },
    });
    const found = { reason: 'repeats a text of b.txt', against: { file: 'b.txt', line: 3 } };
    expect(gate.judge({ input: 'why?' }, 2)).toMatchObject(found);
    expect(gate.judge({ input: 'How?' }, 3)).toEqual({ valid: true });
    expect(gate.judge({ input: 'How?' }, 4)).toMatchObject({ reason: 'repeats an earlier row', against: 3 });
  });

  it('reads records like rows unless a field is named, and works in a script', async () => {
    write('old/final_data.jsonl', [{ question: 'Where?', answer: 'Here' }]);
    const rows = [
      { question: 'where?', answer: 'x' },
      { question: 'When?', answer: 'y' },
    ];
    const against = { files: ['old/*.jsonl'] };
    expect(
      await create({ against, input_map: { question: 'input' } })
        .run(rows)
        .toArray(),
    ).toHaveLength(1);
    expect(
      await create({ against, fields: ['question', 'answer'] })
        .run(rows)
        .toArray(),
    ).toHaveLength(2);
  });

  it('compares with the seeds too, unless told not to', () => {
    write('a.txt', ['x']);
    expect(create({ against: { files: ['a.txt'] } }).comparesWithSeeds).toBe(true);
    expect(create({ against: { files: ['a.txt'], seeds: false } }).comparesWithSeeds).toBe(false);
    expect(create({}).comparesWithSeeds).toBe(true);
    expect(create({ against: 'none' }).comparesWithSeeds).toBe(false);
  });

  it('names a file that is not there, and one that has nothing to compare', () => {
    expect(() => create({ against: { files: ['gone/*.jsonl'] } })).toThrow(
      'gone/*.jsonl: cannot be read (no such file)',
    );
    write('a.jsonl', [{ qestion: 'Where?' }]);
    const mistyped = create({ against: { files: ['a.jsonl'], field: 'question' } });
    expect(() => mistyped.openGate()).toThrow(
      'no record of a.jsonl has text at "question"; the first one has: qestion',
    );
    write('b.jsonl', ['{"question":']);
    expect(() => create({ against: { files: ['b.jsonl'] } }).openGate()).toThrow(/b\.jsonl: cannot be read \(not JSON/);
  });

  it('counts what the files hold, not their names, as what defines the rows', () => {
    write('a.txt', ['x']);
    write('b.txt', ['x']);
    const define = (file: string) => create({ against: { files: [file] } }).definition;
    expect(define('a.txt')).toEqual(define('b.txt'));
    const before = define('a.txt');
    write('a.txt', ['y']);
    expect(define('a.txt')).not.toEqual(before);
  });
});

describe('a deduplicator within the output folder', () => {
  const open = (task: string, pinned?: Json) =>
    create({ within: 'output_folder', input_map: { question: 'input' } }).prepareGate(contextOf(task, pinned));

  it('compares with the final data of other tasks, not with its own', async () => {
    write('output/geo/a/final_data.jsonl', [{ question: 'Where?' }]);
    write('output/geo/b/final_data.jsonl', [{ question: 'Mine?' }]);
    write('output/geo/a/.previous/final_data.jsonl', [{ question: 'Old?' }]);
    const gate = await open('geo/b');
    const repeated = { valid: false, against: { file: 'geo/a/final_data.jsonl', line: 1 } };
    expect(gate.judge({ input: 'where?' }, 1)).toMatchObject(repeated);
    for (const input of ['Mine?', 'Old?']) expect(gate.judge({ input }, 2).valid).toBe(true);
    expect(said).toEqual([expect.stringMatching(/^dedup: also compares with 1 texts, read in \d\.\d s$/)]);
  });

  it('goes on with what was there when the dataset was begun', async () => {
    write('output/a/final_data.jsonl', [{ question: 'Where?' }]);
    const { pin } = await open('b');
    appendFileSync(join(folder, 'output/a/final_data.jsonl'), '{"question":"Later?"}\n');
    write('output/c/final_data.jsonl', [{ question: 'New?' }]);
    const again = await open('b', JSON.parse(JSON.stringify(pin)) as Json);
    expect(again.judge({ input: 'Where?' }, 1).valid).toBe(false);
    for (const input of ['Later?', 'New?']) expect(again.judge({ input }, 2).valid).toBe(true);
    expect(again.pin).toEqual(pin);
  });

  it('says which file it leaves out, since it was made anew or cannot be read', async () => {
    write('output/a/final_data.jsonl', [{ question: 'Where?' }]);
    write('output/c/final_data.csv', ['question']);
    const { pin } = await open('b');
    expect(said[0]).toContain('c/final_data.csv in the output folder is not compared');
    write('output/a/final_data.jsonl', [{ question: 'Other' }]);
    const again = await open('b', pin);
    expect(said.at(-1)).toContain('a/final_data.jsonl in the output folder is gone or was made anew');
    expect(again.judge({ input: 'Where?' }, 1).valid).toBe(true);
    expect(again.pin).toEqual([]);
  });
});

describe('a deduplicator within a run', () => {
  it('shares one memory among the tasks, whose labels stay their own', async () => {
    const services = createServices();
    const openFor = (task: string) => create({ within: 'run' }, services).prepareGate(contextOf(task));
    const [one, two] = [await openFor('one'), await openFor('two')];
    one.remember({ input: 'a seed' }, -1);
    expect(one.judge({ input: 'Where?' }, 7).valid).toBe(true);
    expect(one.judge({ input: 'where?' }, 8)).toMatchObject({ valid: false, against: 7 });
    expect(two.judge({ input: 'where?' }, 7)).toMatchObject({
      valid: false,
      against: { task: 'one', input: 'Where?' },
    });
    expect(two.judge({ input: 'A seed' }, 9)).toMatchObject({ against: { task: 'one', input: 'a seed' } });
  });

  it('has a memory for each block of another name or configuration, each run, and each call in a script', async () => {
    const services = createServices();
    const open = (config: object, task?: string) =>
      create(config, services).prepareGate(task === undefined ? { lane: createScriptLane() } : contextOf(task));
    (await open({ within: 'run' }, 'one')).remember({ input: 'x' }, 1);
    const others = [
      await open({ within: 'run', name: 'other' }, 'two'),
      await open({ within: 'run', case_sensitive: true }, 'two'),
      await open({ within: 'task' }, 'one'),
      await open({ within: 'run' }),
      await create({ within: 'run' }).prepareGate(contextOf('two')),
    ];
    expect(others.map((gate) => gate.judge({ input: 'x' }, 2).valid)).toEqual([true, true, true, true, true]);
    expect((await open({ within: 'run' }, 'two')).judge({ input: 'x' }, 2).valid).toBe(false);
  });
});
