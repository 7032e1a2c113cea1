import { isAbsolute, relative } from 'node:path';
import { ConfigError, type DgtError, type ErrorCode } from '@dgt/core';
import type { SecretStore } from './secrets.js';

/** A place in a file, as editors count: the first line is 1 and the first column is 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A position in one of the files that a document is made of. */
export interface Place extends Position {
  readonly file: string;
}

/** One thing that is wrong with what the user wrote. */
export interface Problem {
  /** The file, or the option of the command line (`--lm`), that says it. */
  readonly file: string;
  /** Absent for an option and for a file that could not be read. */
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  /** The place in the document, such as `blocks[0].type`. */
  readonly path?: string | undefined;
  /** What was seen and what was expected. */
  readonly problem: string;
  /** What to do about it. */
  readonly hint?: string | undefined;
  /** The entry of the error table that tells the cause at length. */
  readonly code?: ErrorCode | undefined;
}

/** Gathers everything that is wrong with all files, so that the user corrects them in one go. */
export class Problems {
  readonly #workingFolder: string;
  readonly #secrets: SecretStore;
  readonly #problems: Problem[] = [];
  #errors: DgtError[] = [];

  /** Files are shown relative to `workingFolder`; secrets are taken out of every text. */
  constructor(options: { workingFolder: string; secrets: SecretStore }) {
    this.#workingFolder = options.workingFolder;
    this.#secrets = options.secrets;
  }

  get count(): number {
    return this.#problems.length;
  }

  add(problem: Problem): void {
    const shown = { ...problem, file: this.showFile(problem.file) };
    if (problem.path === '') delete shown.path;
    this.#problems.push(this.#secrets.redactDeep(shown));
  }

  /** Adds an error that other code threw, at the place that caused it. */
  addError(error: DgtError, place: Pick<Problem, 'file' | 'line' | 'column' | 'path'>): void {
    this.#errors.push(error);
    // What to do about problems as such is said once, below all of them.
    const hint = error.code === 'DGT_CONFIG_INVALID' ? {} : { hint: error.remedy };
    this.add({ ...place, problem: error.message, ...hint, code: error.code });
  }

  /** A file as the user would name it: relative when it is below the working folder. */
  showFile(file: string): string {
    if (!isAbsolute(file)) return file;
    const short = relative(this.#workingFolder, file);
    return short === '' || short.startsWith('..') ? file : short;
  }

  /** Everything found so far, by file and line; what several tasks have in common once. */
  list(): Problem[] {
    return [...new Map(this.#problems.map((problem) => [formatProblem(problem), problem])).values()].sort(
      (a, b) => compareText(a.file, b.file) || (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0),
    );
  }

  /**
   * Ends the reading when something is wrong. An error of a data builder's own code that stands alone is thrown as it is, for
   * its author must act and not the user.
   *
   * @throws {@link ConfigError} DGT_CONFIG_INVALID with `details.problems`; {@link PluginError} as above.
   */
  throwIfAny(): void {
    const [first] = this.#errors;
    if (this.#problems.length === 1 && first?.kind === 'plugin') throw first;
    if (this.#problems.length > 0) {
      throw new ConfigError('DGT_CONFIG_INVALID', { problems: new ProblemList(...this.list()) });
    }
  }
}

/** One line (or more, where the hint holds an excerpt) for people. */
export function formatProblem({ file, line, column, path, problem, hint }: Problem): string {
  const position = line === undefined ? '' : `:${line}:${column ?? 1}`;
  const sentence = hint === undefined ? problem : `${problem}. ${hint}`;
  return `${file}${position}: ${path === undefined ? '' : `${path}: `}${sentence}`;
}

/** A list for programs that fills the `{problems}` of a message with one line each. */
class ProblemList extends Array<Problem> {
  static override get [Symbol.species]() {
    return Array;
  }

  override toString(): string {
    return this.map(formatProblem).join('\n');
  }
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
