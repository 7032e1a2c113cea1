import { join, resolve } from 'node:path';
import {
  findEarlierRows,
  holdsRowsOf,
  keepMark,
  openOutput,
  readFormat,
  readGendataTask,
  readModelArgs,
  readModelParams,
  translateGendata,
  writeOutput,
  type EarlierRows,
  type GendataTranslation,
  type OutputPlace,
} from '@dgt/compat/gendata';
import { compileTemplate } from '@dgt/blocks/templates';
import { ConfigError, type Row } from '@dgt/core';
import { parameterAliases, parameterNameList } from '@dgt/llm';
import { outputNames, Problems, readDataset } from '@dgt/runner';
import { defaultReadOptions, formatOf, readFileRows, writeRows, type FileFormat } from '@dgt/stores/files';
import type { CommandSession } from '../command-session.js';
import { formatNumberOf } from '../printing/quantities.js';
import { readWholeNumber } from '../running/run-request.js';
import { runTranslation } from '../running/run-translation.js';
import { fillTemplate } from '../scaffold/planned-file.js';
import { writeNewFiles } from '../scaffold/write-new-files.js';
import type { GendataFlags } from './gendata-flags.js';

/** Runs that worked on every row, some of which may have ended as errors. */
const finishedCodes = new Set([0, 2]);

/** `dgt gendata`: runs a task of gendata. */
export async function gendata(flags: GendataFlags, session: CommandSession): Promise<number> {
  const isAnswered = await answerAtOnce(flags, session);
  return isAnswered ? 0 : new GendataRun(flags, session, await readCommand(flags, session)).run();
}

/** What does without a run: lists and samples. */
async function answerAtOnce(flags: GendataFlags, session: CommandSession): Promise<boolean> {
  const { generateTaskSample: sample, generateModelParams: params } = flags;
  if (flags.listDataMethods === true) session.print('Available data methods: default');
  else if (flags.listModelApis === true) session.print('Available model methods: openai');
  else if (sample !== undefined) await writeSample('task_example.yml', `gendata/${sample}.yml`, session);
  else if (params !== undefined) await writeSample('model_params_example.yml', `gendata/${params}.yml`, session);
  else return false;
  return true;
}

async function writeSample(path: string, template: string, session: CommandSession): Promise<void> {
  await writeNewFiles(session.context.workingFolder, [{ path, text: fillTemplate(template, {}) }]);
  session.print(`Created: ${path}`);
}

interface Command {
  readonly input: string;
  readonly output: string;
  readonly translation: GendataTranslation;
}

/** @throws {@link ConfigError} for everything in flags and files that cannot be run. */
async function readCommand(flags: GendataFlags, { context, secrets }: CommandSession): Promise<Command> {
  const { workingFolder, environment } = context;
  const modelArgs = readModelArgs(flags.modelArgs ?? []);
  if (modelArgs.api_key) secrets.keep(modelArgs.api_key);
  const { input, output, task: taskFile, uniqueKey } = requireFlags(flags);
  if (flags.dataArgs !== undefined && flags.dataArgs !== '')
    throw new ConfigError('DGT_OPTION_INVALID', {
      option: '--data-args',
      expected: 'nothing, since the data method "default" takes no arguments',
      value: JSON.stringify(flags.dataArgs),
    });
  for (const [option, file] of [
    ['--input', input],
    ['--output', output],
  ] as const)
    readFormat(file, option);
  const concurrency = flags.concurrency === undefined ? undefined : readWholeNumber(flags.concurrency, '--concurrency');
  const problems = new Problems({ workingFolder, secrets });
  const reading = { problems, environment, secrets, workingFolder };
  const task = await readGendataTask(resolve(workingFolder, taskFile), reading);
  const paramsFile = flags.modelParams === undefined ? undefined : resolve(workingFolder, flags.modelParams);
  const parameterNames = new Map<string, string>([
    ...parameterNameList.map((name) => [name, name] as const),
    ...Object.entries(parameterAliases),
  ]);
  const modelParams = await readModelParams(paramsFile, { ...reading, parameterNames });
  problems.throwIfAny();
  if (task === undefined || modelParams === undefined) throw new Error('a file was refused without a reason');
  const waitForModel = flags.waitForModel === true;
  const translation = translateGendata(
    { input, output, uniqueKey, task, modelArgs, modelParams, waitForModel, concurrency },
    { namesIn: (prompt, where) => compileTemplate(prompt, { syntax: 'python', where: `${taskFile}: ${where}` }).names },
  );
  return { input, output, translation };
}

function requireFlags({ input, output, task, model, uniqueKey }: GendataFlags) {
  const missing = Object.entries({ input, output, task, model }).filter(([, value]) => !value);
  if (input && output && task && missing.length === 0) return { input, output, task, uniqueKey };
  const options = missing.map(([name]) => `--${name}`).join(', ');
  throw new ConfigError('DGT_OPTIONS_MISSING', { command: 'dgt gendata', options });
}

/** One call of the command, its flags and files read. */
class GendataRun {
  readonly #flags: GendataFlags;
  readonly #session: CommandSession;
  readonly #command: Command;

  constructor(flags: GendataFlags, session: CommandSession, command: Command) {
    this.#flags = flags;
    this.#session = session;
    this.#command = command;
  }

  /** @returns the exit code. */
  async run(): Promise<number> {
    const { restart, replay, continue: goesOn, retryErrors, finish = false } = this.#flags;
    const mayChange = [restart, replay, goesOn, retryErrors, finish].includes(true);
    const mark = await openOutput(this.#place, mayChange);
    await this.#checkColumns();
    const earlier = await this.#findEarlier();
    if (finish) return this.#write(readDataset(this.#taskFile('')), earlier);
    const adoptFrom = await this.#keepForAdoption(earlier.known);
    const code = await runTranslation(this.#command.translation, this.#flags, this.#session, { adoptFrom });
    const rows = this.#taskFile(outputNames.finalData);
    if (!finishedCodes.has(code) || (await holdsRowsOf(mark, rows))) return code;
    await this.#write(readFileRows(rows, { ...defaultReadOptions(), format: 'jsonl' }), earlier);
    return code;
  }

  get #place(): OutputPlace {
    return { ...this.#command, workingFolder: this.#session.context.workingFolder };
  }

  /** What gendata refuses: the answers would take the place of what they were asked of. */
  async #checkColumns(): Promise<void> {
    const { input, translation } = this.#command;
    const file = this.#resolve(input);
    for await (const row of readFileRows(file, {
      ...defaultReadOptions(),
      format: formatOf(file) as FileFormat,
      name: input,
    })) {
      const taken = translation.outputKeys.filter((key) => Object.hasOwn(row, key));
      if (taken.length === 0) return;
      const problems = `output_keys: ${taken.map((key) => `"${key}"`).join(', ')} stand in ${input} already; rename them in the task`;
      throw new ConfigError('DGT_CONFIG_INVALID', { problems });
    }
  }

  async #findEarlier(): Promise<EarlierRows> {
    const { input, output, translation } = this.#command;
    const earlier = await findEarlierRows({
      ...translation,
      input: this.#resolve(input),
      output: this.#resolve(output),
    });
    const say = (text: string) => this.#session.say(text.replaceAll(`${this.#session.context.workingFolder}/`, ''));
    const { files, known, others, unusable } = earlier;
    if (files.length > 0 && this.#flags.quiet !== true)
      say(`${formatNumberOf(known.length + others.length, 'row')} of ${files.join(', ')} were made before`);
    if (others.length > 0) say(`${others.length} of them are not in ${input}; they will stand last in ${output}`);
    for (const line of unusable) say(`${line}; left out`);
    return earlier;
  }

  /** @returns the file in which the engine finds rows that count as made; undefined without any. */
  async #keepForAdoption(rows: readonly Row[]): Promise<string | undefined> {
    if (rows.length === 0) return undefined;
    const file = this.#resolve(join(this.#command.translation.folder, 'earlier.jsonl'));
    await writeRows(rows, { file, format: 'jsonl', csv: defaultReadOptions().csv });
    return file;
  }

  async #write(rows: AsyncIterable<Row>, { known, others }: EarlierRows): Promise<number> {
    const { output, translation } = this.#command;
    const count = await writeOutput(this.#resolve(output), { ...translation, rows, earlier: [...known, ...others] });
    await keepMark(this.#place, this.#taskFile(outputNames.finalData));
    if (this.#session.json) {
      if (this.#flags.finish === true) this.#session.printJson({ output, rows: count, exit_code: 0 });
    } else this.#session.print(`${output}: ${count} ${count === 1 ? 'row' : 'rows'}`);
    return 0;
  }

  #taskFile(name: string): string {
    return this.#resolve(`${this.#command.translation.taskFolder}/${name}`);
  }

  #resolve(path: string): string {
    return resolve(this.#session.context.workingFolder, path);
  }
}
