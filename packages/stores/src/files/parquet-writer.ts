import type { FileHandle } from 'node:fs/promises';
import { PluginError, type Row, type Rows, type TObject, type TSchema } from '@dgt/core';
import { encodeMembers, toParquetColumn, type ParquetColumn } from './parquet-columns.js';
import { writeWholeFile } from './write-whole-file.js';

/** A row group ends at so many rows, or so much text, whichever comes first: what is in memory at once. */
const groupRows = 10_000;
const groupCharacters = 1 << 24;

/**
 * Writes rows as parquet, row group by row group, so that a file may be larger than the memory. The columns are those of
 * the schema, whatever the rows hold: a value or a field that the schema does not have is an error.
 *
 * @throws {@link PluginError} DGT_ROW_UNWRITABLE; DGT_DISK_FULL, DGT_OUTPUT_UNWRITABLE
 * @returns how many rows were written.
 */
export function writeParquet(rows: Rows<Row>, schema: TObject, file: string): Promise<number> {
  return writeWholeFile(file, (handle) => writeParquetRows(rows, { schema, file, handle }));
}

/** Writes rows as parquet into a file that is open. */
export async function writeParquetRows(
  rows: Rows<Row>,
  { schema, file, handle }: { readonly schema: TObject; readonly file: string; readonly handle: FileHandle },
): Promise<number> {
  const { ByteWriter, ParquetWriter } = await import('hyparquet-writer');
  const columns = Object.entries(schema.properties as Record<string, TSchema>).map(([name, part]) =>
    toParquetColumn(name, part),
  );
  if (columns.length === 0) {
    throw new PluginError('DGT_ROW_UNWRITABLE', { file, row: 1, problem: 'the schema declares no field' });
  }
  const bytes = new ByteWriter();
  const elements = columns.flatMap(({ elements }) => elements);
  const writer = new ParquetWriter({
    writer: bytes,
    schema: [{ name: 'root', num_children: columns.length }, ...elements],
    createdBy: 'dgt',
  });
  const flush = async () => {
    await handle.appendFile(bytes.getBytes());
    bytes.index = 0;
  };
  let count = 0;
  for await (const group of gatherGroups(rows, columns, file)) {
    const columnData = columns.map(({ name }) => ({ name, data: group.map((row) => row[name]) }));
    await writer.write({ columnData, rowGroupSize: group.length });
    count += group.length;
    await flush();
  }
  await writer.finish();
  await flush();
  return count;
}

async function* gatherGroups(
  rows: Rows<Row>,
  columns: readonly ParquetColumn[],
  file: string,
): AsyncGenerator<Record<string, unknown>[]> {
  let group: Record<string, unknown>[] = [];
  let characters = 0;
  let index = 0;
  for await (const row of rows) {
    index++;
    group.push(encodeRow(row, { columns, file, index }));
    characters += countCharacters(row);
    if (group.length >= groupRows || characters >= groupCharacters) {
      yield group;
      group = [];
      characters = 0;
    }
  }
  if (group.length > 0) yield group;
}

function encodeRow(
  row: Row,
  { columns, file, index }: { columns: readonly ParquetColumn[]; file: string; index: number },
): Record<string, unknown> {
  try {
    return encodeMembers(columns, row);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new PluginError('DGT_ROW_UNWRITABLE', { file, row: index, problem: error.message }, { cause: error });
  }
}

/** About how large a row is, without writing it out. */
function countCharacters(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 8;
  return Object.values(value).reduce<number>((sum, member) => sum + countCharacters(member), 16);
}
