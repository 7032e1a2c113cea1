export { fileBytes, type ByteRanges, type ByteSource, type StoredBytes } from './byte-source.js';
export { readLines } from './decode-text.js';
export { readFileRows, readStoredRows, fileFormats, formatOf, type FileFormat } from './file-format.js';
export { findFiles, type DataFile, type FileSearch } from './find-files.js';
export { writeParquet } from './parquet-writer.js';
export { countParquetRows } from './parquet-reader.js';
export { defaultReadOptions, type CsvOptions, type FileReadOptions } from './read-options.js';
export { writeText, writeWholeFile } from './write-whole-file.js';
export { outputFormats, writeRows, type OutputFormat, type WriteOptions } from './write-rows.js';
