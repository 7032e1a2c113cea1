import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Formatter, formatters, type Json, type Row } from '@dgt/core';
import { defaultReadOptions, readFileRows } from '@dgt/stores/files';
import { describe, expect, it } from 'vitest';
import { TestTerminal } from '../__fixtures__/command-line.js';
import '../__fixtures__/builders/counting/fake-model.js';

const read = (terminal: TestTerminal, path: string) => readFileSync(join(terminal.workingFolder, path), 'utf8');

const rowsOf = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** Fails at the second row. */
class Failing extends Formatter.of() {
  format(row: Row, index: number) {
    if (index === 1) throw new TypeError('no');
    return row as Json;
  }
}
formatters.add('failing', Failing as never, 'this test');

/** Wants a field of the second row that it does not have. */
class Wanting extends Formatter.of() {
  format(row: Row, index: number) {
    if (index === 1) throw this.missingField(row, index, 'absent');
    return row as Json;
  }
}
formatters.add('wanting', Wanting as never, 'this test');

/** A task of the grading builder over rows that a file has. */
function grade(terminal: TestTerminal, data: string, more = ''): string {
  const head = 'task_name: graded\ntask_description: Grades\ndata_builder: test/grading\n';
  return terminal.write('task.yaml', `${head}data: ${data}\n${more}`);
}

describe('a task that reads rows from files', () => {
  it('takes csv with its types and further columns, and writes parquet of the declared fields', async () => {
    using terminal = new TestTerminal();
    terminal.write('rows.csv', 'id,text,level\n007,first,3\n008,"second, with\na break",\n');
    const parquet = 'final_datastore: { type: default, output_data_format: parquet }';
    const { code, stdout, stderr } = await terminal.runTask(
      grade(terminal, '{ type: default, data_path: rows.csv }', parquet),
    );
    expect(stderr).not.toContain('error');
    expect([code, stdout.split('\n')[0]]).toEqual([2, 'graded: partial, 1 row']);
    expect(rowsOf(read(terminal, 'output/graded/errors.jsonl'))[0]?.['reason']).toContain('level: expected an integer');

    terminal.write('rows.csv', 'id,text,level\n007,first,3\n008,"second, with\na break",4\n');
    const again = await terminal.runTask('task.yaml');
    expect([again.code, again.stdout.split('\n').slice(0, 2)]).toEqual([
      0,
      ['graded: complete, 2 rows', '  output/graded/final_data.parquet'],
    ]);
    expect(again.stderr).toContain('graded: input: 1 row new, 1 gone');
    const rows: unknown[] = [];
    const final = join(terminal.workingFolder, 'output/graded/final_data.parquet');
    for await (const row of readFileRows(final, { ...defaultReadOptions(), format: 'parquet' })) rows.push(row);
    const stamps = { task_name: 'graded', is_seed: false };
    expect(rows).toEqual([
      { ...stamps, id: '007', text: 'first', grade: 'text: first', level: 3 },
      { ...stamps, id: '008', text: 'second, with\na break', grade: 'text: second, with\na break', level: 4 },
    ]);
  });

  it('tries again what ended as an error, and adopts what another system made', async () => {
    using terminal = new TestTerminal();
    terminal.write('rows.jsonl', '{"id":1,"text":"one"}\n{"id":2,"text":"wrong"}\n{"id":3,"text":"three"}\n');
    terminal.write('output/graded/final_data.jsonl', '{"id":3,"text":"three","grade":"made elsewhere"}\n');
    const task = grade(terminal, '{ type: default, data_path: rows.jsonl }', 'unique_key: id\n');
    const refused = await terminal.runTask(task);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('holds 1 rows and there is no ledger')]);
    const adopted = await terminal.runTask(task, '--adopt');
    expect([adopted.code, adopted.stdout.split('\n')[0]]).toEqual([2, 'graded: partial, 2 rows']);
    const grades = () => rowsOf(read(terminal, 'output/graded/final_data.jsonl')).map(({ grade: given }) => given);
    expect(grades()).toEqual(['text: one', 'made elsewhere']);
    const retried = await terminal.runTask(task, '--retry-errors');
    expect([retried.code, retried.stderr]).toEqual([2, expect.stringContaining('trying again what ended as an error')]);
    expect(grades()).toEqual(['text: one', 'made elsewhere']);
  });
});

describe('a task that generates from files', () => {
  it('takes the seeds of its file, then those of the datastore with their fields renamed, and formats the rows', async () => {
    using terminal = new TestTerminal();
    terminal.write('seeds/a.jsonl', '{"content":"from a","lang":"en"}\n');
    terminal.write('seeds/b.jsonl', '{"content":"from b","lang":"de"}\n{"content":"no","lang":"fr"}\n');
    terminal.writeTask('task.yaml', {
      more: `seed_datastore: { type: default, data_path: "seeds/*.jsonl" }
dataloader: { type: default, fields: { content: text }, where: { lang: [en, de] }, loop_over: true }
store_name: elsewhere/topic
final_datastore: { type: default, output_data_format: csv }
formatter: { type: native, format: { prompt: "Say: {{text}}" } }
`,
    });
    const { code, stdout } = await terminal.runTask('task.yaml');
    expect([code, stdout.split('\n').slice(0, 2)]).toEqual([
      0,
      ['topic: complete, 5 of 5 rows', '  output/elsewhere/topic/final_data.csv'],
    ]);
    expect(readdirSync(join(terminal.workingFolder, 'output/elsewhere/topic'))).toContain('formatted_data.jsonl');
    const [first] = rowsOf(read(terminal, 'output/elsewhere/topic/formatted_data.jsonl'));
    expect(first).toEqual({ prompt: expect.stringMatching(/^Say: line \d of attempt 1$/) });
    expect(read(terminal, 'output/elsewhere/topic/final_data.csv').split('\n')[0]).toBe('task_name,is_seed,text');
    const { stdout: again } = await terminal.runTask('task.yaml');
    expect(again).toContain('topic: already complete, 5 rows, nothing called');
  });

  it.each([
    [
      'what it throws',
      'failing',
      'DGT_FORMATTER_THREW: formatter "failing" threw at row 2 of final_data: TypeError: no',
    ],
    ['a field that a row lacks', 'wanting', 'DGT_ROW_FIELD_MISSING: formatter "wanting": row 2 has no "absent"'],
  ])('names a formatter and the row with %s, and reports the rows all the same', async (_, type, message) => {
    using terminal = new TestTerminal();
    terminal.writeTask('task.yaml', { more: `formatter: { type: ${type} }\n` });
    const { code, stderr } = await terminal.runTask('task.yaml');
    expect([code, stderr]).toEqual([1, expect.stringContaining(`error ${message}`)]);
    const results = JSON.parse(read(terminal, 'output/topic/task_results.json')) as object;
    expect(results).toMatchObject({ status: 'complete', rows: 5 });
    expect(rowsOf(read(terminal, 'output/topic/final_data.jsonl'))).toHaveLength(5);
    expect((await terminal.runTask('task.yaml')).stderr).toContain(message);
  });
});
