import { readFileSync } from 'node:fs';
import { Argument, Command, Option } from 'commander';
import type { CommandContext } from './command-context.js';
import { addOutputOptions, type Execute, type RunInSession } from './command-definition.js';
import type { OutputFlags } from './command-session.js';
import { defineDatasetPages } from './commands/dataset-pages.js';
import { defineFakeServer, type FakeServerFlags } from './commands/fake-server-flags.js';
import { defineLM, defineLMCheck, type LMCheckFlags, type ParsedLMCheckFlags } from './commands/lm-flags.js';
import { defineInspect, type InspectFlags, type ParsedInspectFlags } from './commands/inspect-flags.js';
import { defineOtherSystems } from './commands/other-systems.js';
import {
  addIncludeOptions,
  addReadOptions,
  gatherBuilders,
  gatherPaths,
  type ParsedIncludeFlags,
  type ParsedReadFlags,
} from './read-options.js';

/**
 * The commands and options of dgt. Each command's module is imported when it is called: this file must stay cheap to load.
 *
 * @param onExit called with the exit code of the command that ran.
 */
export function createProgram(context: CommandContext, onExit: (code: number) => void): Command {
  /** Loads what every command needs, then the command, and runs it. */
  const execute = async <Options extends OutputFlags>(
    options: Options,
    load: () => Promise<RunInSession<Options>>,
  ): Promise<void> => {
    const [{ runInSession }, run] = await Promise.all([import('./command-session.js'), load()]);
    onExit(await runInSession(context, options, (session) => run(options, session)));
  };
  const program = new Command('dgt')
    .description('Make datasets with language models: reproducible builds with a price.')
    .version(readVersion(), '-V, --version', 'print the version')
    .helpCommand('help [command]', 'explain a command')
    .showHelpAfterError('`dgt --help` lists the commands.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: (text) => context.stderr.write(text),
      getOutHelpWidth: () => context.stdout.columns ?? 100,
      getErrHelpWidth: () => context.stderr.columns ?? 100,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .addHelpText('after', examples);
  defineRun(program, execute);
  defineMerge(program, execute);
  defineValidate(program, execute);
  defineList(program, execute);
  defineStatus(program, execute);
  defineCost(program, execute);
  addOutputOptions(addIncludeOptions(defineInspect(program))).action(
    (path: string, row: string | undefined, flags: ParsedInspectFlags & ParsedIncludeFlags) =>
      execute<InspectFlags>(
        { ...flags, path, row, includeBuilders: gatherBuilders(flags) },
        async () => (await import('./commands/inspect.js')).inspect,
      ),
  );
  defineDatasetPages(program, execute);
  const lm = defineLM(program);
  addOutputOptions(addIncludeOptions(defineLMCheck(lm))).action(
    (files: string[], flags: ParsedLMCheckFlags & ParsedIncludeFlags) =>
      execute<LMCheckFlags>(
        { ...flags, files, includeBuilders: gatherBuilders(flags) },
        async () => (await import('./commands/lm-check.js')).lmCheck,
      ),
  );
  defineNew(program, execute);
  defineTest(program, execute);
  defineSchema(program, execute);
  defineOtherSystems(program, execute);
  addOutputOptions(defineFakeServer(program)).action((flags: FakeServerFlags) =>
    execute(flags, async () => (await import('./commands/fake-server.js')).fakeServer),
  );
  return program;
}

/** What the options of `dgt run` are called once parsed. Numbers are still text: whoever reads them checks them. */
export interface RunFlags extends ReadFlags {
  readonly numOutputsToGenerate?: string;
  readonly seedBatchSize?: string;
  readonly machineBatchSize?: string;
  readonly randomSeed?: string;
  readonly maxGenRequests?: string;
  readonly maxStalledRequests?: string;
  readonly maxTokens?: string;
  readonly maxCost?: string;
  readonly maxTime?: string;
  readonly outputDir?: string;
  readonly buildId?: string;
  readonly restart?: boolean;
  readonly replay?: boolean;
  readonly continue?: boolean;
  readonly retryErrors?: boolean;
  readonly adopt?: boolean;
  readonly shard?: string;
  readonly saveFormattedOutput?: boolean;
  readonly quiet?: boolean;
  /** How many rows to show the making of, instead of making the dataset. */
  readonly preview?: string;
  readonly full?: boolean;
}

/** The options of every command that reads task files. */
export interface ReadFlags extends OutputFlags {
  /** `--task-path`, `--task-paths` and paths without an option. */
  readonly taskPaths: readonly string[];
  readonly includeBuilders: readonly string[];
  readonly lm?: string;
  readonly configPath?: string;
}

/** The options of `dgt list`. */
export interface ListFlags extends OutputFlags {
  readonly paths: readonly string[];
  readonly includeBuilders: readonly string[];
}

/** The options of `dgt status`. */
export interface StatusFlags extends OutputFlags {
  readonly path: string;
}

/** The options of `dgt cost`. */
export interface CostFlags extends StatusFlags {
  /** A file of prices. */
  readonly prices?: string;
}

/** The options of `dgt new`. */
export interface NewFlags extends OutputFlags {
  readonly name: string;
  readonly includeBuilders: readonly string[];
  /** The data builder of a new task. */
  readonly builder?: string;
  /** The kind of a new data builder. */
  readonly kind?: 'generation' | 'transformation';
}

/** The options of `dgt test`. */
export interface TestFlags extends OutputFlags {
  readonly paths: readonly string[];
}

/** The options of `dgt schema`. */
export interface SchemaFlags extends OutputFlags {
  readonly what: 'task' | 'builder';
}

function defineRun(program: Command, execute: Execute): void {
  const command = program
    .command('run')
    .showHelpAfterError('`dgt run --help` explains its options.')
    .summary('make the datasets of task files')
    .description('Makes the datasets of task files. Run it again to go on after a crash, Ctrl-C or a larger quota.')
    .optionsGroup('What to make:');
  addReadOptions(command)
    .option('--num-outputs-to-generate <n>', 'rows to make for each task')
    .option('--output-dir <folder>', 'where the folders of the tasks go (default: output)')
    .option('--save-formatted-output', 'write formatted_data too, where a task has a formatter')
    .option('--build-id <name>', 'a name for this build, kept with the results')
    .option('--preview <n>', 'show how the first n rows are made, and what all would cost; write nothing')
    .optionsGroup('How:')
    .option('--seed-batch-size <n>', 'seed examples in each attempt')
    .option('--machine-batch-size <n>', 'synthetic examples in each attempt, at most')
    .option('--seed, --random-seed <n>', 'the randomness of the run')
    .option('--shard <i/n>', 'work on part i of n of the input; `dgt merge` brings the parts together')
    .optionsGroup('Earlier results:')
    .option('--replay', 'run the builder again on recorded answers, call only for what changed')
    .option('--continue', 'keep what is there and go on with what changed')
    .option('--restart', 'start anew; the old folder is kept as .previous')
    .option('--retry-errors', 'make the calls and rows again that ended as errors')
    .option('--adopt', 'count the rows of a folder that has no ledger, such as those of another system')
    .optionsGroup('When to give up:')
    .option('--max-gen-requests <n>', 'attempts in all')
    .option('--max-stalled-requests <n>', 'attempts in a row without a new row')
    .option('--max-tokens <n>', 'tokens in all')
    .option('--max-cost <dollars>', 'what all calls may cost')
    .option('--max-time <time>', 'of this run, such as 90s, 30min or 2h');
  addOutputOptions(command)
    .option('--quiet', 'print errors and one line for each task')
    .option('--full', 'with --preview: print long texts whole');
  command.action((positional: string[], flags: ParsedReadFlags & Omit<RunFlags, keyof ReadFlags>) =>
    execute<RunFlags>({ ...flags, ...gatherPaths(positional, flags) }, async () =>
      flags.preview === undefined
        ? (await import('./commands/run.js')).run
        : (await import('./commands/run-preview.js')).runPreview,
    ),
  );
}

function defineMerge(program: Command, execute: Execute): void {
  const command = program
    .command('merge')
    .showHelpAfterError('`dgt merge --help` explains its options.')
    .summary('bring the parts together that were made with --shard')
    .description(
      'Makes the datasets of what `dgt run --shard i/n` has recorded, as one process would have. Ends with 75 while parts are missing.',
    );
  addReadOptions(command).option('--output-dir <folder>', 'where the folders of the tasks are (default: output)');
  addOutputOptions(command).option('--quiet', 'print errors and one line for each task');
  command.action((positional: string[], flags: ParsedReadFlags & Pick<RunFlags, 'outputDir' | 'quiet'>) =>
    execute<RunFlags>(
      { ...flags, ...gatherPaths(positional, flags) },
      async () => (await import('./commands/merge.js')).merge,
    ),
  );
}

function defineValidate(program: Command, execute: Execute): void {
  const command = program
    .command('validate')
    .showHelpAfterError('`dgt validate --help` explains its options.')
    .summary('check task files and their builders without running anything')
    .description('Reads task files and loads their builders, and lists every problem. Nothing is called or written.');
  addOutputOptions(addReadOptions(command));
  command.action((positional: string[], flags: ParsedReadFlags) =>
    execute<ReadFlags>(
      { ...flags, ...gatherPaths(positional, flags) },
      async () => (await import('./commands/validate.js')).validate,
    ),
  );
}

function defineList(program: Command, execute: Execute): void {
  const loaders = {
    builders: async () => (await import('./commands/list-builders.js')).listBuilders,
    blocks: async () => (await import('./commands/list-blocks.js')).listBlocks,
    tasks: async () => (await import('./commands/list-tasks.js')).listTasks,
  };
  const command = program
    .command('list')
    .showHelpAfterError('`dgt list --help` explains its options.')
    .summary('list data builders, blocks or tasks, and where they are')
    .description('Lists what there is, and where. Looks into builders/ and tasks/, or into the given paths.')
    .addArgument(new Argument('<what>', 'what to list').choices(Object.keys(loaders)))
    .argument('[paths...]', 'folders or files to look into');
  addOutputOptions(addIncludeOptions(command));
  command.action((what: keyof typeof loaders, paths: string[], flags: ParsedIncludeFlags) =>
    execute<ListFlags>({ ...flags, paths, includeBuilders: gatherBuilders(flags) }, loaders[what]),
  );
}

function defineStatus(program: Command, execute: Execute): void {
  const command = program
    .command('status')
    .showHelpAfterError('`dgt status --help` explains its options.')
    .summary('how it stands with the tasks of an output folder, also while they run')
    .argument('[path]', 'the output folder of a task, or a folder above several', 'output');
  addOutputOptions(command);
  command.action((path: string, flags: OutputFlags) =>
    execute<StatusFlags>({ ...flags, path }, async () => (await import('./commands/status.js')).status),
  );
}

function defineCost(program: Command, execute: Execute): void {
  const command = program
    .command('cost')
    .showHelpAfterError('`dgt cost --help` explains its options.')
    .summary('what the tasks of an output folder cost so far, by block and model')
    .description(
      'Prints the bill: every request that reached a server, at the price of its model, also while tasks run.',
    )
    .argument('[path]', 'the output folder of a task, or a folder above several', 'output')
    .option('--prices <file>', 'YAML with the price of models, such as `gpt-4o: { input: 2.5, output: 10 }`');
  addOutputOptions(command);
  command.action((path: string, flags: Omit<CostFlags, 'path'>) =>
    execute<CostFlags>({ ...flags, path }, async () => (await import('./commands/cost.js')).cost),
  );
}

function defineNew(program: Command, execute: Execute): void {
  const loaders = {
    builder: async () => (await import('./commands/new.js')).newBuilder,
    task: async () => (await import('./commands/new.js')).newTask,
    block: async () => (await import('./commands/new.js')).newBlock,
    project: async () => (await import('./commands/new.js')).newProject,
  };
  const command = program
    .command('new')
    .showHelpAfterError('`dgt new --help` explains its options.')
    .summary('write the files of a new data builder, task, block or project')
    .description('Writes files that run as they stand, to be changed. Nothing that is there is overwritten.')
    .addArgument(new Argument('<what>', 'what to make').choices(Object.keys(loaders)))
    .argument('<name>', 'its name, also its folder, such as team/quiz')
    .option('--builder <name>', 'the data builder of a new task, where there are several')
    .addOption(
      new Option(
        '--kind <kind>',
        'what a new data builder does: make rows from examples, or from each row of a dataset',
      )
        .choices(['generation', 'transformation'])
        .default('generation'),
    );
  addOutputOptions(addIncludeOptions(command));
  command.action(
    (what: keyof typeof loaders, name: string, flags: ParsedIncludeFlags & Pick<NewFlags, 'builder' | 'kind'>) =>
      execute<NewFlags>({ ...flags, name, includeBuilders: gatherBuilders(flags) }, loaders[what]),
  );
}

function defineTest(program: Command, execute: Execute): void {
  const command = program
    .command('test')
    .summary('run the tests of data builders and blocks')
    .description(
      "Runs *.test.ts of builders/ and blocks/, or of the given paths, with Node's test runner or the project's vitest.",
    )
    .argument('[paths...]', 'files, or folders that hold tests');
  command.option('--debug', 'print stack traces of errors');
  command.action((paths: string[], flags: OutputFlags) =>
    execute<TestFlags>({ ...flags, paths }, async () => (await import('./commands/test.js')).test),
  );
}

function defineSchema(program: Command, execute: Execute): void {
  program
    .command('schema')
    .summary('print the JSON Schema of task or builder files, for editors')
    .description('Prints a JSON Schema to standard output; block types of the project and its plug-ins are in it.')
    .addArgument(new Argument('<what>', 'which files').choices(['task', 'builder']))
    .action((what: SchemaFlags['what']) =>
      execute<SchemaFlags>({ what }, async () => (await import('./commands/schema.js')).schema),
    );
}

function readVersion(): string {
  return (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }).version;
}

const examples = `
Examples:
  dgt new builder team/quiz
  dgt run tasks/public/test/geography_qa/task.yaml
  dgt run tasks/public/test/geography_qa/task.yaml --preview 3
  dgt run --task-path tasks/team --lm openai:gpt-4o-mini --num-outputs-to-generate 500
  dgt validate tasks
  dgt status output
  dgt cost output
  dgt inspect output/public/test/geography_qa 3
  dgt stats output/public/test/geography_qa
  dgt card output/public/test/geography_qa

Exit codes: 0 complete, 1 error, 2 short of the quota, 75 waiting for answers, 130 or 143 cancelled.
`;
