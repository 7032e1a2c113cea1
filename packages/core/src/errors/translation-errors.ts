/** What goes wrong with the commands that take the flags and files of other systems. */
export const translationErrors = {
  DGT_OPTIONS_MISSING: {
    kind: 'config',
    message: '{command} needs {options}',
    cause: 'Options without which there is nothing to run were left out.',
    remedy: 'Add them; `--help` after the command explains its options.',
  },
  DGT_OUTPUT_EXISTS: {
    kind: 'config',
    message: '{output} exists, {why}',
    cause: 'A file that holds rows is never replaced by a run that makes others.',
    remedy:
      'Name another --output, or move this file away: rows that are recorded in {folder} are written again without a call. Moved to {pattern} (any text or number for the star), its rows count as made and stand in the new output too. With --replay, --continue or --restart the command replaces what it wrote itself.',
  },
  DGT_BATCH_UNFIT: {
    kind: 'config',
    message: 'the calls of task "{task}" make no batch file: {problem}',
    cause: "A batch file holds requests of OpenAI's API, all to one model and one address.",
    remedy:
      'Give all blocks one model of that API, such as `--lm openai:gpt-4o-mini`; or make the dataset with `dgt run`, which calls any model.',
  },
} as const;
