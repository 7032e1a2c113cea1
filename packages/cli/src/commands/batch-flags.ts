import type { Command } from 'commander';
import type { ReadFlags } from '../program.js';
import { addTaskOptions, type ParsedReadFlags } from '../read-options.js';

/** The options about the datasets of tasks. */
interface DatasetFlags {
  readonly outputDir?: string;
}

/** The options of `dgt batch create` that are its own. */
interface CreateFlags extends DatasetFlags {
  readonly inputFile?: string;
  readonly outputFile: string;
  readonly modelName?: string;
}

/** The options of `dgt batch create`, as they are parsed. */
export interface ParsedBatchCreateFlags extends ParsedReadFlags, CreateFlags {}

/** The options of `dgt batch create`. */
export interface BatchCreateFlags extends ReadFlags, CreateFlags {}

/** The options of `dgt batch ingest`, as they are parsed. */
export interface ParsedBatchIngestFlags extends ParsedReadFlags, DatasetFlags {}

/** The options of `dgt batch ingest`. */
export interface BatchIngestFlags extends ReadFlags, DatasetFlags {
  /** Result files of batches. */
  readonly results: readonly string[];
}

/** Defines `dgt batch`, the group of commands about batch files. */
export function defineBatch(program: Command): Command {
  return program
    .command('batch')
    .showHelpAfterError('`dgt batch --help` lists its commands.')
    .summary('files of the batch API')
    .description('Works with the files of the batch API of OpenAI and of servers like it.');
}

/** Defines `dgt batch create`, its action left out. */
export function defineBatchCreate(batch: Command): Command {
  const command = batch
    .command('create')
    .showHelpAfterError('`dgt batch create --help` explains its options.')
    .summary('write the file of requests that a batch is made of')
    .description(
      'Writes a request of each prompt, or of each call that a task makes first. Beyond 50,000 requests or 200 MB, several files with numbers are written.',
    )
    .optionsGroup('Of prompts:')
    .option(
      '--input_file, --input-file <file>',
      'the prompts: jsonl, json, yaml, csv, tsv, parquet, or txt with a prompt a line',
    )
    .option('--model_name, --model-name <model>', 'the model of all requests')
    .optionsGroup('Of a task:');
  return addDatasetOptions(command)
    .optionsGroup('What is written:')
    .option('--output_file, --output-file <file>', 'where to write', 'batchinput.jsonl');
}

/** Defines `dgt batch ingest`, its action left out. */
export function defineBatchIngest(batch: Command): Command {
  const command = batch
    .command('ingest')
    .showHelpAfterError('`dgt batch ingest --help` explains its options.')
    .summary('record the answers of a batch that was made of a task')
    .description(
      'Records the answers in the dataset of the task, as if a run had made the calls. `dgt run` makes the rows of them.',
    )
    .argument('<results...>', 'output files of batches, or patterns');
  return addDatasetOptions(command);
}

function addDatasetOptions(command: Command): Command {
  return addTaskOptions(command).option(
    '--output-dir <folder>',
    'where the folders of the tasks are (default: output)',
  );
}
