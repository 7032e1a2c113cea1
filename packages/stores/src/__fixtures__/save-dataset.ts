import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tableFromArrays, tableToIPC } from '@uwdata/flechette';

/** Texts of a column, in the files of a split. */
export type SavedSplits = Readonly<Record<string, readonly (readonly string[])[]>>;

/** Writes what `DatasetDict.save_to_disk` does: for each split a folder with its files, in Arrow's format of streams. */
export function saveDataset(folder: string, column: string, splits: SavedSplits): void {
  const write = (name: string, content: string | Uint8Array) => {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), content);
  };
  write('dataset_dict.json', JSON.stringify({ splits: Object.keys(splits) }));
  for (const [split, files] of Object.entries(splits)) {
    const nameOf = (index: number) => `data-${pad(index)}-of-${pad(files.length)}.arrow`;
    for (const [index, texts] of files.entries()) {
      const stream = tableToIPC(tableFromArrays({ [column]: [...texts] }), { format: 'stream' });
      write(`${split}/${nameOf(index)}`, stream as Uint8Array);
    }
    const _data_files = files.map((_, index) => ({ filename: nameOf(index) }));
    write(`${split}/state.json`, JSON.stringify({ _data_files, _fingerprint: '0123456789abcdef', _split: split }));
    write(
      `${split}/dataset_info.json`,
      JSON.stringify({ features: { [column]: { dtype: 'string', _type: 'Value' } } }),
    );
  }
}

function pad(number: number): string {
  return String(number).padStart(5, '0');
}
