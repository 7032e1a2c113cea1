import { Option, type Command } from 'commander';
import type { OutputFlags } from '../command-session.js';

/** The options of `dgt convert`, once parsed. */
export interface ConvertFlags extends OutputFlags {
  readonly inputs: readonly string[];
  readonly inputFile?: string;
  readonly from?: string;
  readonly sourceType?: string;
  readonly to: string;
  readonly output?: string;
  readonly outputFile?: string;
  readonly requests: readonly string[];
  readonly idField?: string;
  readonly promptField?: string;
  readonly textField?: string;
}

/** Defines `dgt convert`, its action left out. */
export function defineConvert(program: Command): Command {
  return program
    .command('convert')
    .showHelpAfterError('`dgt convert --help` explains its options.')
    .summary('write answers of a batch, or rows, as a training library reads them')
    .description(
      'Reads output and error files of a batch, records of a fine-tuned model, or rows of dgt, and writes them in another form. ' +
        'Ends with 2 when lines are missing or failed.',
    )
    .argument('[inputs...]', 'files, folders or quoted patterns; output and error files together, in any order')
    .option('--from <source>', 'openai-batch, finetuned or dgt')
    .option('--to <form>', 'simple ({id, generated_text}), messages, sharegpt, alpaca or dpo', 'simple')
    .option('--output <file>', 'where to write: .jsonl, .json, .csv or .parquet')
    .addOption(
      new Option('--requests <file>', 'the requests that were sent: for their prompts and their order; repeatable')
        .argParser((file: string, files: readonly string[]) => [...files, file])
        .default([], 'none'),
    )
    .optionsGroup('Rows of dgt:')
    .option('--id-field <path>', 'the field of the id, where it has no usual name')
    .option('--prompt-field <path>', 'of the prompt')
    .option('--text-field <path>', 'of the answer')
    .optionsGroup('As reformat_results.py has them:')
    .option('--input_file, --input-file <file>', 'an input')
    .option('--output_file, --output-file <file>', 'the same as --output')
    .option('--source_type, --source-type <source>', 'the same as --from; openai and openai_batch are openai-batch');
}
