import type { Translation } from '../translation.js';

/** Finds what values lack that a prompt needs. @throws {@link ConfigError} DGT_TEMPLATE_FIELD, with `where` in its message. */
export type CheckValues = (values: Readonly<Record<string, unknown>>, where: string) => void;

/** How a run ended. */
export interface PipelineEnding {
  readonly exitCode: number;
  /** Whether every row was worked on. */
  readonly isFinished: boolean;
  /** Why the run ended, in words. */
  readonly message: string;
  readonly error: Error | undefined;
}

/** What a pipeline needs of who runs it, since a translation knows neither models nor blocks. */
export interface PipelineHost {
  readonly workingFolder: string;
  /** Milliseconds since 1970. */
  now(): number;
  /** Says something beside the result. */
  say(message: string): void;
  /** Takes secrets out of a text. */
  redact(text: string): string;
  /** Imports a module of the user, TypeScript or JavaScript. */
  importModule(path: string): Promise<Readonly<Record<string, unknown>>>;
  /** Reads a prompt in the brace format of Python. @throws {@link ConfigError} DGT_TEMPLATE_SYNTAX */
  readTemplate(text: string, where: string): CheckValues;
  /** Makes a function that gives the texts within every `<tag>` of an answer. */
  createTagReader(tag: string): (text: string) => readonly string[];
  /** Runs what the configuration came to. */
  run(translation: Translation, options: { readonly retryErrors: boolean }): Promise<PipelineEnding>;
}
