import { Option, type Command } from 'commander';
import type { TranslatedRunFlags } from '../running/run-translation.js';

/** The options of `dgt pipeline` that settings of `config.yaml` have too. Numbers are still text. */
export interface PipelineSettingFlags {
  readonly provider?: string;
  readonly baseUrl?: string;
  readonly model?: string;
  readonly rateLimit?: string;
  readonly maxTokens?: string;
  readonly temperature?: string;
  readonly systemPromptPath?: string;
  readonly userPromptPath?: string;
  readonly outputDir?: string;
  readonly experimentName?: string;
  readonly needTimeStamp?: 'true' | 'false';
}

/** The options of `dgt pipeline`. */
export interface ParsedPipelineFlags extends PipelineSettingFlags, Omit<TranslatedRunFlags, 'maxTokens'> {
  readonly data?: string;
  readonly parse?: string;
  readonly concurrencyLimit?: string;
  readonly timestamp?: string;
}

/** All that `dgt pipeline` is told. */
export interface PipelineFlags extends ParsedPipelineFlags {
  readonly config: string | undefined;
}

/** Defines `dgt pipeline`, its action left out. */
export function definePipeline(program: Command): Command {
  return program
    .command('pipeline')
    .showHelpAfterError('`dgt pipeline --help` explains its options.')
    .summary('run a config.yaml of the template "Data Generations Pipeline"')
    .description(
      'Asks a model for each row of a data pool, as a config.yaml and its two prompt files say, and writes result.jsonl. Run it again to go on.',
    )
    .argument('[config]', 'the configuration (default: config.yaml, where it is there)')
    .option('--data <file>', 'a module (.ts, .mts, .js, .mjs) with a function that gives the rows, or a file of rows')
    .option('--parse <module>', 'the module of parse_response, where it is not beside the rows')
    .option('--concurrency-limit <n>', 'rows that are worked on at once (default: 5)')
    .option('--timestamp <name>', 'go on with this experiment, or apply parse_response to it again')
    .optionsGroup('Instead of config.yaml:')
    .option('--provider <label>')
    .option('--base-url <url>')
    .option('--model <name>')
    .option('--rate-limit <n>', 'requests a minute, of all rows together')
    .option('--max-tokens <n>', 'of each response')
    .option('--temperature <n>')
    .option('--system-prompt-path <file>')
    .option('--user-prompt-path <file>')
    .option('--output-dir <folder>')
    .option('--experiment-name <name>')
    .addOption(new Option('--need-time-stamp <bool>', 'a folder for each experiment').choices(['true', 'false']))
    .optionsGroup('Earlier results:')
    .option('--retry-errors', 'ask again for the rows that failed, of the newest experiment')
    .option('--replay', 'after a change: ask only for what changed')
    .option('--continue', 'after a change: keep what is there')
    .option('--restart', 'start anew; the old run is kept as .previous')
    .optionsGroup('When to give up:')
    .option('--max-cost <dollars>', 'what all calls may cost')
    .option('--max-time <time>', 'of this run, such as 90s, 30min or 2h')
    .option('--quiet', 'print errors and one line');
}
