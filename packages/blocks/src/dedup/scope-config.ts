import { Type } from '@dgt/core';

/** With what a deduplicator compares, beside the rows before. */
export const scopeConfig = {
  /**
   * As a postprocessor: also with the seeds of the task (`seeds`), or only with generated rows (`none`). With
   * `{ files: [...], field }` also with every record of these files, in a script too.
   */
  against: Type.Union(
    [
      Type.Literal('seeds'),
      Type.Literal('none'),
      Type.Object(
        {
          /** Paths or patterns of `.jsonl`, `.json` and text files (one text a line), such as earlier outputs. */
          files: Type.Array(Type.String({ minLength: 1 }), { minItems: 1, uniqueItems: true }),
          /** Where their records have the text; without it they are read like rows. */
          field: Type.Optional(Type.String({ minLength: 1 })),
          /** Whether the seeds count too; true without it. */
          seeds: Type.Optional(Type.Boolean()),
        },
        { additionalProperties: false },
      ),
    ],
    { default: 'seeds' },
  ),
  /**
   * As a postprocessor, which rows are compared: those of the `task`, which is the default; those of all tasks of the `run`
   * that use this block; or those of the task and what other tasks had in the `output_folder` when this dataset was begun.
   */
  within: Type.Optional(Type.Union([Type.Literal('task'), Type.Literal('run'), Type.Literal('output_folder')])),
};
