import { ConfigError, type Row } from '@dgt/core';
import { defaultReadOptions, readFileRows, writeRows } from '@dgt/stores/files';
import type { PipelineHost } from './pipeline-host.js';
import type { PromptFile, PromptFiles } from './prompt-files.js';

/** The columns that fill the prompts; each is the scope of its own, so the two may use one name for different things. */
export const kwargsColumns = { system: 'system_prompt_kwargs', user: 'user_prompt_kwargs' } as const;

/**
 * Writes the rows of a pool to the file that a run reads, and finds what their prompts lack on the way: nothing is called, and
 * an earlier file stays, before every row was seen.
 *
 * @throws {@link ConfigError} DGT_TEMPLATE_FIELD, DGT_DATA_INVALID
 */
export async function writeDataPool(
  file: string,
  rows: AsyncIterable<Row>,
  { prompts, host }: { readonly prompts: PromptFiles; readonly host: Pick<PipelineHost, 'readTemplate'> },
): Promise<void> {
  const checks = (['system', 'user'] as const).flatMap((role) => {
    const prompt = prompts[role];
    return prompt === undefined ? [] : [createCheck(prompt, kwargsColumns[role], host)];
  });
  await writeRows(watch(rows, checks), { file, format: 'jsonl', csv: defaultReadOptions().csv });
}

/** The rows that {@link writeDataPool} wrote. */
export function readDataPool(file: string): AsyncGenerator<Row> {
  return readFileRows(file, { ...defaultReadOptions(), format: 'jsonl' });
}

type CheckRow = (row: Row, number: number) => void;

async function* watch(rows: AsyncIterable<Row>, checks: readonly CheckRow[]): AsyncGenerator<Row> {
  let number = 0;
  for await (const row of rows) {
    number++;
    for (const check of checks) check(row, number);
    yield row;
  }
}

function createCheck({ path, text }: PromptFile, column: string, host: Pick<PipelineHost, 'readTemplate'>): CheckRow {
  const check = host.readTemplate(text, path);
  return (row, number) => {
    const values = row[column] ?? {};
    if (typeof values !== 'object' || Array.isArray(values)) {
      const problem = `${column}: expected an object, got ${JSON.stringify(values)}`;
      throw new ConfigError('DGT_DATA_INVALID', { place: `row ${number}`, problem });
    }
    check(values as Row, `row ${number}: ${path} with ${column}`);
  };
}
