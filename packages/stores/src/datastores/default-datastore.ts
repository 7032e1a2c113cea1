import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  Datastore,
  registerDatastore,
  Type,
  type Json,
  type ReadOptions,
  type Row,
  type Rows,
  type WriteTarget,
  type WrittenRows,
} from '@dgt/core';
import {
  fileFormats,
  isStreamFormat,
  readStoredRows,
  readStreamRows,
  type StreamFormat,
} from '../files/file-format.js';
import { countParquetRows } from '../files/parquet-reader.js';
import type { FileReadOptions } from '../files/read-options.js';
import { outputFormats, writeRows } from '../files/write-rows.js';
import { createSplitter, splitConfig } from '../split/splitter.js';
import { InputFinder, type InputFile } from './find-inputs.js';
import { StandardInput } from './standard-input.js';
import { writeTogether } from './write-together.js';

/** Files of a hub whose rows are counted: each takes a request. */
const mostCounted = 50;

const one = <T extends string>(values: readonly T[]) => Type.Union(values.map((value) => Type.Literal(value)));

const config = {
  /** Rows that stand in the configuration itself; they come before those of files. */
  data: Type.Optional(Type.Array(Type.Record(Type.String(), Type.Unknown()))),
  /** Files, folders and patterns, of this machine or of a hub (`hf://datasets/owner/name`); `-` is standard input. */
  data_path: Type.Optional(
    Type.Union([Type.String({ minLength: 1 }), Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })]),
  ),
  /** Endings of the files that folders and patterns give; for standard input, its format. */
  data_formats: Type.Optional(Type.Array(one(fileFormats), { minItems: 1 })),
  /** The part of a dataset folder that is read. */
  data_split: Type.Optional(Type.String({ minLength: 1 })),
  /** Which of several datasets in one folder is read. */
  data_config: Type.Optional(Type.String({ minLength: 1 })),
  output_data_format: Type.Optional(
    Type.Union(
      outputFormats.map((value) => Type.Literal(value)),
      { default: 'jsonl' },
    ),
  ),
  /** Writes the parts of a divided dataset into a folder: `train`, and those that have a share. */
  split: Type.Optional(splitConfig),
  encoding: Type.Optional(Type.String({ default: 'utf-8' })),
  has_header: Type.Optional(Type.Boolean({ default: true })),
  delimiter: Type.Optional(Type.String({ minLength: 1 })),
  quotechar: Type.Optional(Type.String({ minLength: 1, maxLength: 1, default: '"' })),
  skipinitialspace: Type.Optional(Type.Boolean({ default: false })),
};

/** Rows in files, here or on a hub: jsonl, json, yaml, csv, parquet, text, or dataset folders; in the configuration; from standard input. */
@registerDatastore('default')
export class DefaultDatastore extends Datastore.of({ config }) {
  readonly #isStandardInput: boolean;
  readonly #inputs = new InputFinder(this.services);
  readonly #standardInput = new StandardInput(this.services.input);

  constructor(...parameters: ConstructorParameters<ReturnType<typeof Datastore.of<typeof config>>>) {
    super(...parameters);
    const { encoding = 'utf-8' } = this.config;
    if (!isEncoding(encoding)) throw this.configError(`encoding: "${encoding}" is none that is known, such as latin1`);
    this.#isStandardInput = this.#paths.includes('-');
    if (this.#isStandardInput && this.#paths.length > 1) {
      throw this.configError('data_path: "-" (standard input) stands alone');
    }
    const stored = this.#isStandardInput && this.config.data_formats?.find((format) => !isStreamFormat(format));
    if (stored) throw this.configError(`data_formats: ${stored} cannot be read from standard input`);
  }

  override async *read({ skip = 0, signal }: ReadOptions = {}): AsyncGenerator<Row> {
    const { data, data_path } = this.config;
    if (data === undefined && data_path === undefined)
      throw this.configError('has neither data nor data_path, so nothing can be read');
    const options = { ...this.#readOptions(), skip: { remaining: skip }, signal };
    for (const row of data ?? []) {
      if (options.skip.remaining > 0) options.skip.remaining--;
      else yield structuredClone(row);
    }
    if (this.#isStandardInput) yield* this.#readStandardInput(options);
    else
      for (const { open, format } of await this.#findFiles())
        yield* readStoredRows(open(signal), { ...options, format });
  }

  override async fingerprint(): Promise<Json | undefined> {
    if (this.#isStandardInput) return undefined;
    const files = await this.#findFiles();
    const data = createHash('sha256')
      .update(JSON.stringify(this.config.data ?? []))
      .digest('hex');
    return { data, files: files.map(({ mark }) => mark) };
  }

  override async count(): Promise<number | undefined> {
    const { data = [] } = this.config;
    if (this.#isStandardInput) return undefined;
    const files = await this.#findFiles();
    if (files.some(({ format }) => format !== 'parquet')) return undefined;
    if (files.filter(({ isRemote }) => isRemote).length > mostCounted) return undefined;
    let count = data.length;
    for (const { open } of files) count += await countParquetRows(open());
    return count;
  }

  override async write(rows: Rows<Row>, { folder, name, schema, signal }: WriteTarget): Promise<WrittenRows> {
    const format = this.config.output_data_format ?? 'jsonl';
    const { csv } = this.#readOptions();
    const { split } = this.config;
    if (split === undefined) {
      const file = join(folder, `${name}.${format}`);
      return { places: [file], rowCount: await writeRows(rows, { file, format, schema, csv, signal }) };
    }
    const partOf = createSplitter(split);
    const parts = (['train', 'validation', 'test'] as const).filter(
      (part) => part === 'train' || (split[part] ?? 0) > 0,
    );
    const files = parts.map((part) => join(folder, name, `${part}.${format}`));
    await mkdir(join(folder, name), { recursive: true });
    const counts = await writeTogether(
      rows,
      parts.map((part, index) => (copy) => {
        const own = selectRows(copy, (row, at) => partOf(row, at) === part);
        return writeRows(own, { file: files[index] as string, format, schema, csv, signal });
      }),
    );
    return { places: files, rowCount: counts.reduce((sum, count) => sum + count, 0) };
  }

  get #paths(): readonly string[] {
    return [this.config.data_path ?? []].flat();
  }

  #findFiles(): Promise<readonly InputFile[]> {
    const { type = 'default', data_formats: formats, data_split: split, data_config: config } = this.config;
    return this.#inputs.find(this.#paths, { where: `datastore "${type}"`, formats, split, config });
  }

  #readStandardInput(options: FileReadOptions): AsyncGenerator<Row> {
    if (!this.#standardInput.isThere)
      throw this.configError('data_path: standard input can be read once only; save it to a file first');
    const format = (this.config.data_formats?.[0] ?? 'jsonl') as StreamFormat;
    return readStreamRows(this.#standardInput.open(format), { ...options, format });
  }

  #readOptions(): Pick<FileReadOptions, 'encoding' | 'csv'> {
    const { encoding = 'utf-8', has_header = true, delimiter, quotechar = '"', skipinitialspace = false } = this.config;
    return {
      encoding,
      csv: { hasHeader: has_header, delimiter, quote: quotechar, skipInitialSpace: skipinitialspace },
    };
  }
}

async function* selectRows(
  rows: AsyncIterable<Row>,
  isWanted: (row: Row, index: number) => boolean,
): AsyncGenerator<Row> {
  let index = 0;
  for await (const row of rows) if (isWanted(row, index++)) yield row;
}

function isEncoding(name: string): boolean {
  try {
    return new TextDecoder(name, { fatal: true }).encoding !== '';
  } catch {
    return false;
  }
}
