import { budgetErrors } from './budget-errors.js';
import { inspectErrors } from './inspect-errors.js';
import { providerErrors } from './provider-errors.js';
import { storeErrors } from './store-errors.js';
import { templateErrors } from './template-errors.js';
import { translationErrors } from './translation-errors.js';

/** Who must act on an error: the user, the plug-in's author, the model's vendor, or whoever looks after the machine. */
export type ErrorKind = 'config' | 'plugin' | 'provider' | 'run';

/** What is said of one error code. */
export interface ErrorEntry {
  readonly kind: ErrorKind;
  /** What failed, where, and what was seen; `{name}` is filled from the details of the error. */
  readonly message: string;
  /** What usually causes it. */
  readonly cause: string;
  /** What to do about it. */
  readonly remedy: string;
}

/**
 * Every error that dgt raises on purpose: one code each, with its cause and its remedy. `docs/errors.md` documents the
 * same codes and a test compares the two both ways.
 */
export const errorTable = {
  DGT_CONFIG_INVALID: {
    kind: 'config',
    message: '{problems}',
    cause: 'One or more configuration files do not say what dgt needs; every problem of every file is listed.',
    remedy:
      'Correct the lines named above; `dgt validate --task-path FILE` checks task files again without running anything.',
  },
  DGT_FILE_UNREADABLE: {
    kind: 'config',
    message: '{file}: cannot be read ({reason})',
    cause: 'The path is mistyped, the file is missing, or its permissions forbid reading.',
    remedy: 'Check the path and its permissions; relative paths start at the folder dgt was called in.',
  },
  DGT_NO_TASKS: {
    kind: 'config',
    message: 'no task file found in {paths}',
    cause: 'A folder given with --task-path holds no task.yaml or qna.yaml, at any depth.',
    remedy: 'Name a task file, or a folder that holds files called task.yaml or qna.yaml.',
  },
  DGT_PATHS_MISSING: {
    kind: 'config',
    message: 'no task is named',
    cause: 'The command was called without a task file and without a folder that holds some.',
    remedy:
      'Name a file or a folder, such as `dgt run tasks/team/topic/task.yaml`; `dgt list tasks` shows what is in tasks/.',
  },
  DGT_ENV_MISSING: {
    kind: 'config',
    message: '{where}: the environment variable {name} is not set',
    cause: 'The file refers to ${env:{name}} and neither the environment nor the .env file defines it.',
    remedy: 'Export {name}, or write it into a .env file in the folder dgt is called in.',
  },
  DGT_NAME_UNKNOWN: {
    kind: 'config',
    message: 'unknown {kind} "{name}"{nearest}; known: {known}',
    cause: 'Nothing is registered under this name, and no folder that was searched declares it.',
    remedy: 'Correct the name, or add the folder that declares it with --include-builders.',
  },
  DGT_NAME_TAKEN: {
    kind: 'plugin',
    message: '{kind} "{name}" is registered twice: at {first} and at {second}',
    cause: 'Two classes carry the same name in their decorator, or the same module was loaded from two copies.',
    remedy: 'Rename one of them, or remove the second copy.',
  },
  DGT_NOT_REGISTERED: {
    kind: 'plugin',
    message: '{file} was loaded for {kind} "{name}" but registered {registered}',
    cause: 'The class has no register decorator, or the decorator carries another name.',
    remedy: 'Put {decorator} on the class in {file}.',
  },
  DGT_BLOCK_CONFIG: {
    kind: 'config',
    message: 'block "{block}": {problems}',
    cause: 'The configuration of a block does not fit the schema that the block declares.',
    remedy: 'Correct the named fields; the documentation of the block lists what it takes.',
  },
  DGT_BLOCK_FIELD_MISSING: {
    kind: 'config',
    message: 'block "{block}" needs the field "{field}" and the row has none at "{path}"; the row has: {seen}',
    cause: 'The rows given to the block do not carry a field it needs under the name it expects.',
    remedy: 'Add an input_map entry that says where the row keeps it: `input_map: { <path in your row>: {field} }`.',
  },
  DGT_BLOCK_FIELD_TYPE: {
    kind: 'config',
    message: 'block "{block}" needs {expected} in the field "{field}", got {seen}',
    cause: 'A row given to the block holds another kind of value in this field than the block works on.',
    remedy: 'Map a field of the right kind to "{field}" with input_map, or convert the value before the block.',
  },
  DGT_BLOCK_MISSING: {
    kind: 'config',
    message: 'data builder "{builder}" uses a block "{block}" that {file} does not declare; declared: {known}',
    cause: 'The class of the data builder names a block that its YAML has no entry for.',
    remedy: 'Add a block with `name: {block}` under `blocks:` in {file}.',
  },
  DGT_BLOCK_TYPE: {
    kind: 'config',
    message: 'data builder "{builder}" expects its block "{block}" to extend {expected}; {file} declares type "{type}"',
    cause: 'The YAML names a block type of another family than the class of the data builder uses.',
    remedy:
      'Change `type:` of the block "{block}" to one that extends {expected}; `dgt list blocks` shows what there is.',
  },
  DGT_SCOPE_ORDER: {
    kind: 'config',
    message: 'postprocessor "{block}" comes after "{before}", which needs every row',
    cause:
      'A block of scope `all` runs when the quota is reached, after all that look at single rows or at rows in sequence.',
    remedy: 'Put "{before}" at the end of postprocessors.',
  },
  DGT_VERDICT_COUNT: {
    kind: 'plugin',
    message: '{block} gave {verdicts} verdicts for {rows} rows',
    cause: 'validateAll gives a verdict for each row, in their order.',
    remedy: 'Return a list as long as the rows, with `true` for each row that is kept.',
  },
  DGT_PATH_SYNTAX: {
    kind: 'config',
    message: 'path "{path}": {problem}',
    cause: 'A field path does not follow the path language (a.b, a[0], a[1:], a[:2], a[+]).',
    remedy: 'Write it as keys joined by dots, with [0], [1:], [:2] to read from a list and [+] to append to one.',
  },
  DGT_PATH_VALUE: {
    kind: 'config',
    message: 'path "{path}": {problem}',
    cause: 'The row holds something else at this place than the path expects.',
    remedy: 'Correct the path, or make the row hold a list or an object at that place.',
  },
  ...budgetErrors,
  ...storeErrors,
  ...templateErrors,
  DGT_DATA_POINT_INVALID: {
    kind: 'plugin',
    message: '{name}: {problems}',
    cause: 'A record does not fit the schema of its data point.',
    remedy: 'Check the value before constructing the data point, or correct the schema.',
  },
  DGT_DATA_POINT_FIELD_RESERVED: {
    kind: 'plugin',
    message: 'a data point cannot declare a field called "{field}"',
    cause: 'task_name and is_seed are stamped by dgt on every data point.',
    remedy: 'Choose another name for the field.',
  },
  DGT_INPUT_MISSING: {
    kind: 'config',
    message: 'task "{task}" has no data to transform',
    cause: 'A transformation works on the rows of data, and the task file has none.',
    remedy: 'Say under data in {file} which rows: a list, or a datastore with its `type` and `data_path`.',
  },
  DGT_UNIQUE_KEY_MISSING: {
    kind: 'run',
    message: 'row {row} of the input has no "{key}"; it has: {seen}',
    cause: 'unique_key names the column that tells rows apart, and this row has no value in it.',
    remedy:
      'Give every row a value, name another column, or leave unique_key out: rows are then told apart by what they hold.',
  },
  DGT_UNIQUE_KEY_REPEATED: {
    kind: 'run',
    message: '{rows} of the input have the same {key}: {value}',
    cause: 'unique_key names the column that tells rows apart, so a value may stand in one row only.',
    remedy:
      'Remove the repeated row, name another column, or leave unique_key out: rows are then told apart by what they hold.',
  },
  DGT_FOLDER_FOREIGN: {
    kind: 'config',
    message: '{file} holds {rows} rows and there is no ledger beside it that knows them',
    cause: 'The rows come from another system, such as the Python DGT, or the ledger was removed.',
    remedy:
      'Choose: --adopt (count these rows as made and make what is missing), --restart (start anew; the old folder is kept as .previous), or another --output-dir.',
  },
  DGT_ADOPT_KEY: {
    kind: 'config',
    message: 'the rows of {file} cannot be adopted by task "{task}": {problem}',
    cause: 'Rows that were made elsewhere are told by the unique_key of the input row that they were made of.',
    remedy: 'Name under unique_key a column that the input and these rows have.',
  },
  DGT_TOO_MANY_ERRORS: {
    kind: 'run',
    message: '{failed} of {of} inputs ended as errors, more than the share of {limit} that max_error_rate allows',
    cause:
      'An input ends as an error when the builder throws at it or its calls fail for good; errors.jsonl lists each with its cause.',
    remedy:
      'Correct the cause, then run again with --retry-errors; or allow more with max_error_rate in runner_config.',
  },
  DGT_SEEDS_MISSING: {
    kind: 'config',
    message: 'task "{task}" has no seed examples',
    cause: 'Generation draws its examples from seed_examples, and the task file has none.',
    remedy: 'Add at least one entry under seed_examples in {file}.',
  },
  DGT_SAMPLE_FRACTION: {
    kind: 'plugin',
    message: 'seedFraction must be between 0 and 1, got {fraction}',
    cause: 'sampleExamples was asked for a share of seeds outside the range.',
    remedy: 'Pass a number from 0 (only synthetic rows) to 1 (only seeds).',
  },
  DGT_TASK_NAME_UNSAFE: {
    kind: 'config',
    message: 'task_name "{name}" would write outside of the output folder',
    cause: 'The task name is the path of its output folder, and this one is absolute or climbs with "..".',
    remedy: 'Use a relative name such as team/topic.',
  },
  DGT_BUILDER_LOAD: {
    kind: 'plugin',
    message: 'data builder "{builder}": {file} cannot be loaded: {reason}',
    cause: 'The module of the data builder does not compile, or throws while it is imported.',
    remedy: 'Correct the module; the position named above is in your file.',
  },
  DGT_BUILDER_THREW: {
    kind: 'plugin',
    message: 'data builder "{builder}" threw in attempt {attempt} of task "{task}": {reason}{excerpt}',
    cause: 'The code of the data builder raised an exception; answers recorded so far are kept.',
    remedy: 'Correct the builder and run again: recorded answers are replayed, not paid for again.',
  },
  DGT_FORMATTER_THREW: {
    kind: 'plugin',
    message: 'formatter "{type}" threw at row {row} of final_data: {reason}{excerpt}',
    cause:
      'The code of the formatter raised an exception; final_data and the reports are written, formatted_data is not.',
    remedy: 'Correct the formatter and run again: no row is made anew.',
  },
  DGT_SETUP_THREW: {
    kind: 'plugin',
    message: 'data builder "{builder}": setup threw: {reason}{excerpt}',
    cause: 'The setup function of the data builder, which is called once before a run, raised an exception.',
    remedy: 'Correct it and run again; nothing was called yet.',
  },
  DGT_BLOCK_UNDECLARED: {
    kind: 'plugin',
    message:
      'the data builder uses this.blocks.{block}{nearest}, which neither its class nor its YAML declares; declared: {known}',
    cause: 'The code of a data builder calls a block by a name that it does not have.',
    remedy:
      'Correct the name, or declare it: `blocks: { {block}: LMProvider }` in the class, and an entry `name: {block}` in its YAML.',
  },
  DGT_FUNCTION_THREW: {
    kind: 'plugin',
    message: 'block "{block}": {function} of {file} threw{place}: {reason}',
    cause: 'A function that the configuration of the block names raised an exception for a row.',
    remedy: 'Correct the function, or let it say what is wrong with such a row instead of throwing.',
  },
  DGT_FUNCTION_RESULT: {
    kind: 'plugin',
    message: 'block "{block}": {function} of {file} returned {seen}, not {expected}',
    cause: 'A function that the configuration of the block names gave something that the block cannot use.',
    remedy: 'Return {expected} in every case; an async function may return a promise of it.',
  },
  DGT_PLUG_IN_LOAD: {
    kind: 'plugin',
    message: '{what}: {file} cannot be loaded: {reason}',
    cause:
      'The module of a block of the project, or one that the "dgt" field of a plug-in package names, does not load.',
    remedy:
      'Correct the module, or the field of package.json that names it; of a package that is not yours, tell its author.',
  },
  DGT_PLUG_IN_INVALID: {
    kind: 'plugin',
    message: 'plug-in {plugIn}: {problems} in {file}',
    cause: 'The "dgt" field of a package that the project depends on does not say what dgt can read.',
    remedy: 'Correct the field, or tell the author of {plugIn}; without the package in package.json it is not read.',
  },
  DGT_FILE_EXISTS: {
    kind: 'config',
    message: 'nothing was written: {files} {verb} already',
    cause: 'A command that makes new files was given a name whose files are there.',
    remedy: 'Choose another name, or remove them first.',
  },
  DGT_TEST_SCRIPT: {
    kind: 'plugin',
    message: 'runBuilder: {problem}',
    cause: 'What the test gives to runBuilder or checkBuilder does not fit what the data builder does.',
    remedy: '{advice}',
  },
  ...providerErrors,
  DGT_RUN_LOCKED: {
    kind: 'run',
    message: '{folder} is in use by another run{holder}',
    cause: 'Another dgt process is working on the same task in the same output folder.',
    remedy: 'Wait for it or stop it, or choose another --output-dir.',
  },
  DGT_LEDGER_UNUSABLE: {
    kind: 'run',
    message: '{file} cannot be used as a ledger: {reason}',
    cause: 'The file is not a ledger, is damaged, or was written by a newer version of dgt.',
    remedy: 'Move the file away to start anew, or use --restart, which keeps it under .previous.',
  },
  DGT_DEFINITION_CHANGED: {
    kind: 'config',
    message: 'task "{task}" has {calls} recorded answers, and what defines its rows has changed since: {changes}',
    cause: 'Rows made before and after the change would not belong to one dataset.',
    remedy:
      'Choose: --replay (run the builder again on recorded answers and call only for what changed), --continue (keep what is there and go on with the new definition), or --restart (start anew; the old folder is kept as .previous).',
  },
  DGT_DISK_FULL: {
    kind: 'run',
    message: 'no space left to write {file}: {reason}',
    cause: 'The disk or its quota is full.',
    remedy: 'Free some space and run the same command again: everything recorded so far is kept.',
  },
  DGT_OUTPUT_UNWRITABLE: {
    kind: 'run',
    message: '{file} cannot be written: {reason}',
    cause: 'The output folder is read-only, or a file stands where a folder should be.',
    remedy: 'Correct the permissions, or choose another --output-dir.',
  },
  DGT_OPTIONS_CONFLICT: {
    kind: 'config',
    message: '{options} cannot be used together',
    cause: 'Each of these options decides differently what happens to earlier results.',
    remedy: 'Keep one of them.',
  },
  DGT_OPTION_INVALID: {
    kind: 'config',
    message: '{option}: expected {expected}, got {value}',
    cause: 'An option of the command line or of a call is out of its range.',
    remedy: 'Correct the value; `--help` after the command explains its options.',
  },
  DGT_PIPELINE_UNFINISHED: {
    kind: 'run',
    message: 'the pipeline ended before every row was worked on: {reason}',
    cause: 'It was interrupted, or reached a limit on what it may take. What was answered is recorded.',
    remedy: 'Run the same again: it goes on where it stopped.',
  },
  DGT_SHARD_GENERATION: {
    kind: 'config',
    message:
      'task "{task}" makes rows until its quota is met, so that it has no parts that could be made by themselves',
    cause: 'A part (--shard, dgt merge) is some of the rows of an input, and only tasks that transform rows have one.',
    remedy:
      'Run it in one process, which keeps many calls in flight (call_limit, endpoints); or make several tasks of it, each with a quota and a random_seed of its own.',
  },
  DGT_PARTS_MISSING: {
    kind: 'run',
    message: 'task "{task}" cannot be merged, parts are missing: {parts}',
    cause:
      'These parts were not run to their end, or were made of another input or in another way than the task says now.',
    remedy: 'Run them with the same command as the others, such as `dgt run TASK --shard {next}`, then merge again.',
  },
  DGT_STATUS_MISSING: {
    kind: 'config',
    message: '{path} holds no results of dgt',
    cause: 'The path names neither an output folder of a task nor a folder above one.',
    remedy: 'Give `output/<task_name>`, or a folder above it.',
  },
  ...inspectErrors,
  ...translationErrors,
} as const satisfies Record<string, ErrorEntry>;

/** The code of an error, as printed and as documented in `docs/errors.md`. */
export type ErrorCode = keyof typeof errorTable;
