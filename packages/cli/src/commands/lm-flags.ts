import { Option, type Command } from 'commander';
import type { OutputFlags } from '../command-session.js';

/** The options of `dgt lm check` that are its own. */
export interface ParsedLMCheckFlags extends OutputFlags {
  readonly lm: readonly string[];
  readonly baseUrl: readonly string[];
  readonly keyEnv: readonly string[];
  readonly taskPath: readonly string[];
  readonly configPath?: string;
  readonly mode: 'non-stream' | 'stream' | 'all';
  readonly every?: string;
  readonly webhook?: string;
}

/** All that `dgt lm check` is told. */
export interface LMCheckFlags extends ParsedLMCheckFlags {
  /** Files that list models. */
  readonly files: readonly string[];
  readonly includeBuilders: readonly string[];
}

/** Defines `dgt lm`, the group of commands about models. */
export function defineLM(program: Command): Command {
  return program
    .command('lm')
    .showHelpAfterError('`dgt lm --help` lists its commands.')
    .summary('language models')
    .description('Looks at language models and the servers that they are called at.');
}

/** Defines `dgt lm check`, its action left out. */
export function defineLMCheck(lm: Command): Command {
  return lm
    .command('check')
    .showHelpAfterError('`dgt lm check --help` explains its options.')
    .summary('whether models can be called, and how soon they answer')
    .description('Asks each model once, with a short prompt, and prints what came back. Ends with 1 when one is down.')
    .argument('[files...]', 'YAML with a list of model entries under `models:`')
    .addOption(collect('--lm <type:model>', 'a model, such as openai:gpt-4o-mini; repeatable'))
    .addOption(
      collect('--base-url <url>', 'where the models of --lm are asked; repeatable: each model at each address'),
    )
    .addOption(collect('--key-env <name>', 'the variable that holds the key: one for all addresses, or one for each'))
    .addOption(collect('--task-path <path>', 'ask the model blocks of these tasks; repeatable'))
    .option('--config-path <file>', 'YAML that changes these tasks and their builders')
    .addOption(new Option('--mode <mode>', 'how to ask').choices(['non-stream', 'stream', 'all']).default('non-stream'))
    .option('--every <time>', 'ask again and again, such as every 300s, until Ctrl-C')
    .option('--webhook <url>', 'post a JSON message when a model goes down or comes up');
}

/** An option that may be given several times, without taking what follows its value. */
function collect(flags: string, description: string): Option {
  const add = (value: string, values: readonly string[]) => [...values, value];
  return new Option(flags, description).argParser(add).default([], 'none');
}
