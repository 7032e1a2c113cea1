import { type Command, CommanderError, Option } from 'commander';
import type { OutputFlags } from '../command-session.js';
import type { RunFlags } from '../program.js';

/** The options of `dgt gendata`. Numbers are still text. */
export interface GendataFlags
  extends OutputFlags, Pick<RunFlags, 'replay' | 'continue' | 'restart' | 'retryErrors' | 'quiet'> {
  readonly input?: string;
  readonly output?: string;
  readonly model?: string;
  readonly task?: string;
  readonly uniqueKey?: string;
  /** One text for each time that the option was given. */
  readonly modelArgs?: readonly string[];
  readonly modelParams?: string;
  readonly dataArgs?: string;
  readonly listDataMethods?: boolean;
  readonly listModelApis?: boolean;
  readonly waitForModel?: boolean;
  readonly finish?: boolean;
  readonly generateTaskSample?: 'simple' | 'complex';
  readonly generateModelParams?: 'openai';
  readonly concurrency?: string;
}

/** Defines `dgt gendata`, its action left out. */
export function defineGendata(program: Command): Command {
  const command = program
    .command('gendata')
    .showHelpAfterError('`dgt gendata --help` explains its options.')
    .summary('run a task of gendata, with its flags and files as they are')
    .description('Takes the flags and files of gendata (`python -m innovation.gendata`). Call it again to go on.')
    .option('--input <path>', 'the rows: .json, .jsonl, .ndjson, .csv or .parquet')
    .option('--output <path>', 'where the rows that are made go, in the format of its ending')
    .option('--task <path>', 'messages_list, output_keys, output_types and random_extra_keys, in YAML or JSON')
    .addOption(new Option('--model <name>', 'how the model is called').choices(['openai']))
    .option(
      '--model-args <name=value,...>',
      'api_url, api_key and model; may be repeated',
      (text: string, before: readonly string[] = []) => [...before, text],
    )
    .option('--model-params <path>', 'YAML with generation parameters (default: max_tokens 5000, temperature 0.2)')
    .option('--unique-key <column>', 'what tells rows apart (default: their place, as _index)')
    .addOption(new Option('--data-method <name>', 'how rows are made').choices(['default']).default('default'))
    .option('--data-args <name=value,...>', 'arguments of the data method; `default` takes none')
    .option('--wait-for-model', 'wait until the model can be called')
    .option('--nproc_per_node, --concurrency <n>', 'requests at once; torchrun had as many processes (default: 10)')
    .option('--finish', 'make nothing, and write what there is')
    .optionsGroup('Earlier results:')
    .option('--replay', 'make rows again of recorded answers, call only for what changed')
    .option('--continue', 'keep the rows that are there and go on with what changed')
    .option('--restart', 'start anew; what was there is kept as .previous')
    .option('--retry-errors', 'make the calls and rows again that ended as errors')
    .optionsGroup('Instead of a run:')
    .option('--list-data-methods', 'list the data methods')
    .option('--list-model-apis', 'list the ways to call a model')
    .addOption(new Option('--generate-task-sample <kind>', 'write task_example.yml').choices(['simple', 'complex']))
    .addOption(new Option('--generate-model-params <model>', 'write model_params_example.yml').choices(['openai']))
    .optionsGroup('Output:')
    .option('--quiet', 'print errors and one line for the task');
  return hideValues(command);
}

/** A mistyped `--model-args=api_key=...` must not be printed with its key. */
function hideValues(command: Command): Command {
  const hide = (text: string) => text.replace(/(unknown option '[^'=]*)=[^\n]*'/, "$1'");
  return command.configureOutput({ outputError: (text, write) => write(hide(text)) }).exitOverride((error) => {
    throw new CommanderError(error.exitCode, error.code, hide(error.message));
  });
}
