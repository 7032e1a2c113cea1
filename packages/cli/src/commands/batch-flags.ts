import type { Command } from 'commander';
import type { OutputFlags } from '../command-session.js';

/** The options of `dgt batch create`. */
export interface BatchCreateFlags extends OutputFlags {
  readonly inputFile: string;
  readonly outputFile: string;
  readonly modelName: string;
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
  return batch
    .command('create')
    .showHelpAfterError('`dgt batch create --help` explains its options.')
    .summary('write the file of requests that a batch is made of')
    .description(
      'Writes a request for /v1/chat/completions of each prompt. Beyond 50,000 requests or 200 MB, several files with numbers are written.',
    )
    .requiredOption(
      '--input_file, --input-file <file>',
      'the prompts: jsonl, json, yaml, csv, tsv, parquet, or txt with a prompt a line',
    )
    .option('--output_file, --output-file <file>', 'where to write', 'batchinput.jsonl')
    .requiredOption('--model_name, --model-name <model>', 'the model of all requests');
}
