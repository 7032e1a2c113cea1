import type { UserFunction } from '@dgt/blocks/functions';
import { ConfigError, locateFile } from '@dgt/core';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** The files that a task names beside its own: read once, and part of what defines its rows. */
export class TaskFiles {
  readonly #folder: string;
  readonly #digests = new Map<string, string>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The SHA-256 of each file that was read, by its path as written. */
  get digests(): Readonly<Record<string, string>> {
    return Object.fromEntries([...this.#digests].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /**
   * Notes the module of a function. Of a package its name counts.
   *
   * @param place where in the task's file the module stands.
   * @throws {@link ConfigError} DGT_FILE_UNREADABLE
   */
  noteModule(module: string, { file }: Pick<UserFunction, 'file'>, place: readonly (string | number)[]): void {
    if (file === undefined) this.#digests.set(module, module);
    else this.readText(module, place);
  }

  /**
   * The text of a file. Relative paths start at the folder of the task's file, or else at the one that dgt was called in.
   *
   * @param place where in the task's file the path stands.
   * @throws {@link ConfigError} DGT_FILE_UNREADABLE
   */
  readText(path: string, place: readonly (string | number)[]): string {
    const file = locateFile(path, { baseFolder: this.#folder, workingFolder: process.cwd() });
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch (error) {
      const { code = 'unknown' } = error as NodeJS.ErrnoException;
      const reason = code === 'ENOENT' ? 'no such file' : code;
      throw new ConfigError('DGT_FILE_UNREADABLE', { file, reason, path: place }, { cause: error });
    }
    this.#digests.set(path, createHash('sha256').update(text).digest('hex'));
    return text;
  }
}
