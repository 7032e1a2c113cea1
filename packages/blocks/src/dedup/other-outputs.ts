import type { GateContext, Json } from '@dgt/core';
import { resolve } from 'node:path';
import { globSync } from 'tinyglobby';
import { isAsMarked, markFile, type FileMark } from './file-marks.js';
import type { OutsideFile } from './outside-texts.js';

/** What the other tasks of an output folder had when a dataset was begun. */
export interface OtherOutputs {
  readonly files: readonly OutsideFile[];
  /** To be kept with the dataset. */
  readonly marks: readonly FileMark[];
}

/**
 * Finds the final data of the other tasks in the output folder. A dataset goes on with what it was begun with: files that
 * have grown since are read as far as they reached, and new ones not at all.
 *
 * @param pinned the marks of an earlier run of the same dataset.
 * @param warn is told of files that cannot be read, or hold something else now.
 */
export function findOtherOutputs(
  { name, outputDir }: NonNullable<GateContext['task']>,
  pinned: Json | undefined,
  warn: (message: string) => void,
): OtherOutputs {
  const marks = pinned === undefined ? markOutputs(name, outputDir, warn) : (pinned as readonly FileMark[]);
  const kept = marks.filter((mark) => {
    if (isAsMarked(resolve(outputDir, mark.file), mark)) return true;
    warn(`${mark.file} in the output folder is gone or was made anew since this dataset was begun; it is left out`);
    return false;
  });
  return {
    marks: kept,
    files: kept.map(({ file, length }) => ({ path: resolve(outputDir, file), name: file, length })),
  };
}

function markOutputs(name: string, outputDir: string, warn: (message: string) => void): FileMark[] {
  const files = globSync('**/final_data.*', { cwd: outputDir, onlyFiles: true }).sort();
  const others = files.filter((file) => !file.startsWith(`${name}/final_data.`));
  for (const file of others) {
    if (!file.endsWith('.jsonl'))
      warn(`${file} in the output folder is not compared: only final_data.jsonl can be read`);
  }
  return others.filter((file) => file.endsWith('.jsonl')).map((file) => markFile(file, resolve(outputDir, file)));
}
